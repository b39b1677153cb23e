package dev.quern.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Main;
import dev.quern.cli.Pictures;
import dev.quern.engine.Engine;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ServeCommandTest {
  @TempDir Path dir;

  private byte[] picture() throws Exception {
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, 8, 8, 0x336699);
    return Files.readAllBytes(Pictures.write(dir.resolve("picture.png"), image));
  }

  @Test
  void filesAreServedUnderTheirNames() throws Exception {
    Path one = Serving.model(dir.resolve("one.safetensors"), 1);
    Path two = dir.resolve("a=b.onnx");
    Onnx.save(ModelData.load(one), two);
    Path equals = Serving.model(dir.resolve("x=y.safetensors"), 2);
    try (Serving s =
        Serving.of("--model", one, "--model", "other=" + two, "--model", "third=" + equals)) {
      assertThat(s.names()).isEqualTo("one, other, third");
      assertThat(s.address()).startsWith("http://127.0.0.1:");
      assertThat(s.get("/v2/models/one").body()).contains("\"name\":\"one\"", "[-1,3,8,8]");
      HttpResponse<String> said = s.predict("one", picture());
      assertThat(said.statusCode()).isEqualTo(200);
      assertThat(said.body()).contains("cat", "dog", "owl", "probability");
      assertThat(s.predict("other", picture()).body()).isEqualTo(said.body());
      assertThat(s.predict("third", picture()).body()).isNotEqualTo(said.body());
      assertThat(s.get("/").body()).contains("<html");
      assertThat(s.stop()).isEqualTo(130);
      assertThat(s.err()).isEmpty();
    }
  }

  @Test
  void optionsReachTheServer() throws Exception {
    Path model = Serving.model(dir.resolve("m.safetensors"), 1);
    Path token = Files.writeString(dir.resolve("token"), "0123456789abcdef\n");
    try (Serving s =
        Serving.of(
            "--model",
            model,
            "--token-file",
            token,
            "--max-batch",
            1,
            "--window",
            0,
            "--queue",
            9,
            "--address",
            "localhost",
            "--threads",
            1)) {
      assertThat(s.get("/v2/models/m").statusCode()).isEqualTo(401);
      String right = "Bearer 0123456789abcdef";
      assertThat(s.get("/v2/models/m", "Authorization", right).statusCode()).isEqualTo(200);
      assertThat(s.get("/v2/models/m", "Authorization", right + "0").statusCode()).isEqualTo(401);
      assertThat(s.get("/v2/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void limitsReachTheServer() throws Exception {
    Path model = Serving.model(dir.resolve("m.safetensors"), 1);
    try (Serving s = Serving.of("--model", model, "--max-pixels", 63, "--plan-memory", 1)) {
      HttpResponse<String> refused = s.predict("m", picture());
      assertThat(refused.statusCode()).isBetween(400, 413);
      assertThat(refused.body()).contains("63");
    }
    Path large = dir.resolve("large.onnx");
    Network network =
        Network.of("large", Shape.of(3, 700, 700), new Conv2d(1, 3).padding(1), new Relu());
    Onnx.save(ModelData.untrained(network, 1), large);
    Cli.run("serve", "--port", 0, "--model", large, "--plan-memory", 1)
        .fails("bytes for one sample, the limit is 1048576");
    Cli.run("serve", "--model", model, "--max-pixels", 0).isRefused("--max-pixels", "'0'");
    Cli.run("serve", "--model", model, "--plan-memory", 0).isRefused("--plan-memory", "'0'");
  }

  /** From the first connection on: who finds the server ready finds all models. */
  @Test
  void readyWhenAllModelsAreThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> words = new ArrayList<>(List.of("serve", "--port", "" + port));
    for (int i = 0; i < 30; i++) {
      Path file = Serving.model(dir.resolve("m" + i + ".safetensors"), i);
      words.addAll(List.of("--model", file.toString()));
    }
    Thread serving =
        new Thread(
            () ->
                Main.run(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(new StringWriter()),
                    words.toArray(String[]::new)));
    serving.start();
    HttpClient client = HttpClient.newHttpClient();
    String at = "http://127.0.0.1:" + port;
    try {
      Serving.await(
          () -> {
            int ready = status(client, at + "/v2/health/ready");
            int last = status(client, at + "/v2/models/m29/ready");
            assertThat(last).isIn(0, 200, 503);
            if (ready == 200) {
              assertThat(last).isEqualTo(200);
              assertThat(status(client, at + "/v2/models/none/ready")).isEqualTo(404);
            }
            return ready == 200;
          });
    } finally {
      serving.interrupt();
      serving.join();
    }
  }

  /** 0 where nobody listens. */
  private static int status(HttpClient client, String uri) throws Exception {
    try {
      return client
          .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (ConnectException e) {
      return 0;
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 1", "9, 1", "2 --threads 3, 3"})
  void workersDivideTheThreads(String workers, int each) throws Exception {
    int before = Engine.info().threads();
    Engine.setThreads(4);
    List<Object> words = new ArrayList<>(List.of("--model"));
    words.add(Serving.model(dir.resolve("m.safetensors"), 1));
    words.addAll(List.of(("--workers " + workers).split(" ")));
    try (Serving s = Serving.of(words.toArray())) {
      assertThat(Engine.info().threads()).isEqualTo(each);
      assertThat(s.predict("m", picture()).statusCode()).isEqualTo(200);
    } finally {
      Engine.setThreads(before);
    }
  }

  @Test
  void whatCannotBeServedIsOneLine() throws Exception {
    Path model = Serving.model(dir.resolve("m.safetensors"), 1);
    Path empty = Files.createDirectory(dir.resolve("empty"));
    Path bad = Files.writeString(dir.resolve("bad.onnx"), "no model");
    Cli.run("serve", "--model", dir.resolve("none.onnx")).fails("none.onnx", "does not exist");
    Cli.run("serve", "--port", 0, "--model", empty)
        .fails(empty + " contains no readable model file");
    Cli.run("serve", "--port", 0, "--model", bad).fails("bad.onnx");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      Cli.run("serve", "--model", model, "--port", port).fails("" + port, "in use");
    }
    Cli.run("serve", "--port", 0, "--model", model, "--address", "192.0.2.1").fails("192.0.2.1");
  }

  @Test
  void wrongOptionsAreOneLine() throws Exception {
    Path model = Serving.model(dir.resolve("m.safetensors"), 1);
    Path odd = Serving.model(dir.resolve("a b.safetensors"), 1);
    Object[] twice = {"serve", "--port", 0, "--model", model, "--model", "m=" + odd};
    Cli.run(twice).isRefused(odd + ": the name m is already used by " + model);
    Cli.run("serve", "--port", 0, "--model", odd).isRefused("a b", "letters, digits");
    Cli.run("serve", "--model", "m=" + dir).isRefused("--model", "gives a name to a folder");
    Cli.run("serve", "--model", model, "--port", 65536).isRefused("'65536' is not a port");
    Cli.run("serve", "--model", model, "--max-batch", 0).isRefused("--max-batch", "'0'");
    Cli.run("serve", "--model", model, "--window", -1).isRefused("--window", "'-1'");
    Cli.run("serve", "--model", model, "--max-queue", "x").isRefused("--max-queue", "'x'");
    Cli.run("serve", "--model", model, "--address", "no address").isRefused("is not an address");
    Cli.run("serve", "--model", model, "--address", "").isRefused("is not an address");
    Cli.run("serve", "--port", 0, "--model", model, "--max-batch", 70_000)
        .isRefused("max_batch 70000 is outside [1, 65536]");
    Cli.Result none = Cli.run("serve");
    assertThat(none.status()).isEqualTo(2);
    assertThat(none.err()).contains("--model", "Usage: quern serve");
  }

  @Test
  void tokensThatCannotServeAreOneLine() throws Exception {
    Path model = Serving.model(dir.resolve("m.safetensors"), 1);
    Path token = dir.resolve("token");
    Object[] line = {"serve", "--port", 0, "--model", model, "--token-file", token};
    Cli.run(line).fails("token does not exist");
    Files.writeString(token, "short\n");
    Cli.Result refused = Cli.run(line).isRefused("the token must have at least 16 characters");
    assertThat(refused.err()).doesNotContain("short\n");
    Files.writeString(token, "\n0123456789abcdef");
    Cli.run(line).fails("the first line of " + token + " is empty");
    Files.writeString(token, "0123456789 abcdef");
    Cli.run(line).fails("the token in " + token);
  }

  @Test
  void helpSaysWhatThereIs() {
    assertThat(Cli.run("help", "serve").succeeds().out())
        .contains("--model=[NAME=]FILE|DIR", "--port", "--token-file", "/metrics", "8000")
        .doesNotContainPattern(".{81}");
  }
}
