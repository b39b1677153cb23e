package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import java.awt.image.BufferedImage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
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
    Cli.run("serve", "--port", 0, "--model", empty).fails(empty + " has no model");
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
    Cli.run(twice).isRefused(odd + ": " + model + " has the name m already");
    Cli.run("serve", "--port", 0, "--model", odd).isRefused("a b", "letters, digits");
    Cli.run("serve", "--model", "m=" + dir).isRefused("--model", "names a folder");
    Cli.run("serve", "--model", model, "--port", 65536).isRefused("'65536' is not a port");
    Cli.run("serve", "--model", model, "--max-batch", 0).isRefused("--max-batch", "'0'");
    Cli.run("serve", "--model", model, "--window", -1).isRefused("--window", "'-1'");
    Cli.run("serve", "--model", model, "--queue", "x").isRefused("--queue", "'x'");
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
    Cli.Result refused = Cli.run(line).isRefused("the token is shorter than 16 signs");
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
