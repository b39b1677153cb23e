package dev.quern.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import dev.quern.io.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern train --config}, and the file that every run writes. */
class ConfigOptionsTest {
  @TempDir Path dir;
  private Path data;
  private Path net;

  @BeforeEach
  void writeData() throws IOException {
    data = Samples.write(dir.resolve("data"), 200, 50);
    net = Samples.network(dir.resolve("small.json"));
  }

  private Cli.Result train(Path out, Object... more) {
    Object[] all = Arrays.copyOf(more, more.length + 3);
    System.arraycopy(more, 0, all, 1, more.length);
    all[0] = "train";
    all[more.length + 1] = "--out";
    all[more.length + 2] = out;
    return Cli.run(all);
  }

  private Path first() {
    Path out = dir.resolve("first");
    train(
            out,
            "--net",
            net,
            "--data",
            "mnist",
            "--data-dir",
            data,
            "--epochs",
            2,
            "--lr",
            "0.05",
            "--crop",
            1,
            "--flip",
            "--freeze",
            "conv2d1.bias",
            "--validation",
            40,
            "--metric",
            "accuracy",
            "--save",
            "best")
        .succeeds();
    return out;
  }

  private static JsonNode read(Path run) throws IOException {
    return Json.parse("test", Files.readString(run.resolve("config.json")));
  }

  @Test
  void aRunRunsAgainToTheSameBits() throws IOException {
    Path out = first();
    JsonNode config = read(out);
    assertThat(config.get("epochs").isInt()).isTrue();
    assertThat(config.get("flip").asText()).isEqualTo("random");
    assertThat(config.get("recompute").booleanValue()).isFalse();
    assertThat(config.get("lr").asText()).isEqualTo("0.05");
    assertThat(config.get("seed").asInt()).isEqualTo(1);
    assertThat(config.get("net").asText()).isEqualTo(net.toAbsolutePath().toString());
    assertThat(config.get("provenance").get("isa").asText()).isNotEmpty();
    assertThat(config.has("out")).isFalse();
    Path again = dir.resolve("again");
    train(again, "--config", out.resolve("config.json")).succeeds();
    assertThat(again.resolve("model.safetensors"))
        .hasBinaryContent(Files.readAllBytes(out.resolve("model.safetensors")));
    assertThat(again.resolve("config.json"))
        .hasContent(Files.readString(out.resolve("config.json")));
  }

  @Test
  void theCommandLineWins() throws IOException {
    Path config = first().resolve("config.json");
    Path again = dir.resolve("again");
    Cli.Result r =
        train(again, "--config", config, "--epochs", 1, "--optimizer", "adamw").succeeds();
    assertThat(r.lines().get(1)).contains("optimizer adamw, lr 0.05");
    assertThat(read(again).get("epochs").asInt()).isEqualTo(1);
    assertThat(Files.readAllLines(again.resolve("history.csv"))).hasSize(2);
    Cli.run("train", "--resume", again, "--epochs", 2).succeeds();
  }

  /** Written by hand: what is left out is as ever. */
  @Test
  void aFileOfTheUsersOwn() throws IOException {
    Path config =
        Files.writeString(
            dir.resolve("own.json"),
            """
            {"data": "mnist", "data-dir": "%s", "net": "%s", "epochs": 1, "lr": 0.05,
             "freeze": ["conv2d1.weight", "conv2d1.bias"], "flip": true, "nesterov": false}
            """
                .formatted(data, net));
    Cli.Result r = train(dir.resolve("out"), "--config", config).succeeds();
    assertThat(r.lines().get(1))
        .contains("flip true", "freeze conv2d1.weight,conv2d1.bias", "lr 0.05");
  }

  /** Where nothing is said, the defaults that hang on the data are written. */
  @Test
  void defaultsAreWritten() throws IOException {
    Path out = dir.resolve("out");
    train(out, "--net", net, "--data", "mnist", "--data-dir", data, "--limit", 64).succeeds();
    JsonNode config = read(out);
    assertThat(config.get("epochs").asInt()).isEqualTo(5);
    assertThat(config.get("lr").asText()).isEqualTo("0.01");
    assertThat(config.get("optimizer").asText()).isEqualTo("sgd");
    assertThat(config.get("limit").asInt()).isEqualTo(64);
    assertThat(config.has("patience")).isFalse();
  }

  @Test
  void aTransferRunsAgain() throws IOException {
    Path model = first().resolve("model.safetensors");
    Path out = dir.resolve("second");
    train(out, "--from", model, "--data", "mnist", "--data-dir", data, "--epochs", 1, "--new-head")
        .succeeds();
    assertThat(read(out).has("net")).isFalse();
    Path again = dir.resolve("again");
    train(again, "--config", out.resolve("config.json")).succeeds();
    assertThat(again.resolve("model.safetensors"))
        .hasBinaryContent(Files.readAllBytes(out.resolve("model.safetensors")));
  }

  @Test
  void wrongFilesAreRefused() throws IOException {
    refused("{\"epoch\": 3}", "unknown option 'epoch' in a file", "did you mean", "epochs");
    refused("{\"resume\": \"x\"}", "unknown option 'resume' in a file");
    refused("{\"epochs\": \"many\"}", "--epochs", "'many' is not an integer");
    refused("{\"recompute\": 1}", "'recompute' must be true or false, not 1");
    refused("{\"epochs\": true}", "'epochs' must be a string or a number, not true");
    refused("{\"epochs\": [1, 2]}", "'epochs' must be one value, not [1,2]");
    refused("{\"epochs\": null}", "'epochs' must be a string or a number, not null");
    refused("[]", "is not a JSON object");
    refused("{\"epochs\": 1, \"epochs\": 2}", "Duplicate");
    refused("", "config");
    train(dir.resolve("out"), "--config", dir.resolve("none.json")).fails("does not exist");
    train(dir.resolve("out"), "--config", dir).fails("not a regular file");
    assertThat(refused("{\"config\": 1}", "unknown option 'config'").err())
        .doesNotContain("did you mean");
    Path binary = Files.write(dir.resolve("binary.json"), new byte[] {-1, 0, 1});
    train(dir.resolve("out"), "--config", binary).fails("is not UTF-8 text");
  }

  private Cli.Result refused(String text, String... parts) throws IOException {
    Path config = Files.writeString(dir.resolve("wrong.json"), text);
    return train(dir.resolve("out"), "--config", config).fails(parts);
  }
}
