package dev.quern.serve;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** For each test a server of narrow limits with one small model, and a client of it. */
abstract class SmallServer {
  static final String INFER = "/v2/models/small/infer";
  static final String PREDICT = "/v1/models/small:predict";

  ModelServer server;
  Client client;

  @BeforeEach
  void serve() {
    server = ModelServer.builder().maxBodyBytes(100_000).maxPixels(10_000).build();
    server.deploy("small", ServedModels.model(1));
    client = new Client(server);
  }

  @AfterEach
  void end() {
    server.close();
  }

  /** A request of two samples, whose values or parameters these are. */
  static String request(String data) {
    return "{\"id\":\"7\",\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3,8,8],"
        + data
        + "}]}";
  }
}
