package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.predict.Model;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server tells of itself, and how it begins and ends. */
@Timeout(60)
class ServerLifeTest {
  private ModelServer server;
  private Client client;

  @BeforeEach
  void serve() {
    server = ModelServer.builder().build();
    server.deploy("small", ServedModels.model(1));
    client = new Client(server);
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void eachRequestIsALineOfTheLog() throws InterruptedException {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.FINE);
    Logger log = Logger.getLogger("dev.quern.serve.access");
    log.setUseParentHandlers(false);
    log.addHandler(handler);
    log.setLevel(Level.FINE);
    try {
      client.get("/v2/models/%22none");
      String line = lines.poll(20, TimeUnit.SECONDS);
      JsonNode json = Client.json(line.getBytes(StandardCharsets.UTF_8));
      assertThat(json.get("status").asInt()).isEqualTo(404);
      assertThat(json.get("method").asText()).isEqualTo("GET");
      assertThat(json.get("path").asText()).isEqualTo("/v2/models/%22none");
      assertThat(json.get("client").asText()).contains("127.0.0.1");
      assertThat(json.get("micros").asLong()).isPositive();
    } finally {
      log.removeHandler(handler);
      log.setLevel(null);
    }
  }

  @Test
  void theEnd() {
    server.close();
    server.close();
    assertThatThrownBy(() -> client.get("/v2")).isInstanceOf(UncheckedIOException.class);
    try (Model model = ServedModels.model(1)) {
      assertThatThrownBy(() -> server.deploy("small", model)).isInstanceOf(ClosedException.class);
      assertThat(ServedModels.alone(model, ServedModels.values(1, 1))).hasSize(3); // still open
    }
  }

  @Test
  void arguments() {
    try (Model model = ServedModels.model(1)) {
      for (String name : new String[] {"", "a/b", "a:b", "x".repeat(129)}) {
        assertThatThrownBy(() -> server.deploy(name, model))
            .isInstanceOf(InvalidArgumentException.class);
      }
    }
    assertThatThrownBy(() -> server.deploy("a", null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> server.remove(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> ModelServer.builder().port(70_000))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> ModelServer.builder().port(server.port()).build())
        .isInstanceOf(dev.quern.error.FileAccessException.class)
        .hasMessageContaining(Integer.toString(server.port()));
    ModelServer.Builder builder = ModelServer.builder();
    for (ThrowingCallable wrong :
        List.<ThrowingCallable>of(
            () -> builder.port(-1),
            () -> builder.maxBodyBytes(0),
            () -> builder.maxBodyBytes((1L << 30) + 1),
            () -> builder.maxRequestMemory((1 << 20) - 1),
            () -> builder.maxPixels(0),
            () -> builder.maxConnections(0),
            () -> builder.maxConnections(60_001),
            () -> builder.clientTimeout(Duration.ZERO),
            () -> builder.clientTimeout(Duration.ofDays(2)),
            () -> builder.clientTimeout(null),
            () -> builder.requestTimeout(Duration.ZERO),
            () -> builder.requestTimeout(Duration.ofDays(2)),
            () -> builder.requestTimeout(null),
            () -> builder.token("0123456789abcde"),
            () -> builder.token(null),
            () -> builder.tls(null),
            () -> builder.address(null),
            () -> builder.batching(null))) {
      assertThatThrownBy(wrong).isInstanceOf(InvalidArgumentException.class);
    }
  }
}
