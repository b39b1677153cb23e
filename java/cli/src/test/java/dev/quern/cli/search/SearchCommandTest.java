package dev.quern.cli.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import dev.quern.io.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern search}. */
class SearchCommandTest {
  @TempDir Path dir;
  private Path config;
  private Path out;

  @BeforeEach
  void writeData() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 200, 50);
    out = dir.resolve("made").resolve("search");
    config =
        Files.writeString(
            dir.resolve("base.json"),
            """
            {"data": "mnist", "data-dir": "%s", "net": "%s", "epochs": 4, "validation": 40,
             "provenance": {"seed": "1"}}
            """
                .formatted(small.data(), small.net()));
  }

  private Cli.Result search(String space, Object... more) throws IOException {
    Path file = Files.writeString(dir.resolve("space.json"), space);
    return Cli.run(List.of("search", "--config", config, "--space", file, "--out", out), more);
  }

  private JsonNode read() throws IOException {
    return Json.parse("test", Files.readString(out.resolve("search.json")));
  }

  private static final String SPACE = "{\"lr\": {\"log\": [0.001, 0.1]}, \"batch\": [16, 32]}";

  @Test
  void trialsAreRunsOfTheirOwn() throws IOException {
    Cli.Result r = search(SPACE, "--trials", 3).succeeds();
    assertThat(r.lines()).filteredOn(l -> l.startsWith("trial ")).hasSize(4);
    assertThat(r.lastLine()).startsWith("best " + out.resolve("trial-00")).contains("accuracy");
    JsonNode all = read();
    assertThat(all.get("trials").size()).isEqualTo(3);
    String best = all.get("best").asText();
    double most = 0;
    for (JsonNode t : all.get("trials")) {
      assertThat(t.get("state").asText()).isEqualTo("ended");
      assertThat(t.get("epochs").asInt()).isEqualTo(4);
      most = Math.max(most, t.get("score").asDouble());
      Path run = out.resolve(t.get("folder").asText());
      JsonNode own = Json.parse("test", Files.readString(run.resolve("config.json")));
      assertThat(own.get("batch")).isEqualTo(t.get("options").get("batch"));
      assertThat(own.get("validation").asInt()).isEqualTo(40);
      if (run.endsWith(best)) {
        assertThat(t.get("score").asDouble()).isGreaterThan(0.5);
      }
    }
    assertThat(r.lastLine()).endsWith(String.format("validation accuracy %.4f", most));
    assertThat(out.resolve("search.html")).content().contains("3 runs", "Differences");
    runsAgain(out.resolve(best));
  }

  /** Training by quern train from the trial's own file is bit-identical. */
  private void runsAgain(Path trial) throws IOException {
    Path again = dir.resolve("again");
    Cli.run("train", "--config", trial.resolve("config.json"), "--out", again).succeeds();
    byte[] weights = Files.readAllBytes(trial.resolve("model.safetensors"));
    assertThat(again.resolve("model.safetensors")).hasBinaryContent(weights);
  }

  /** Survivors go on from where they were: their bits are those of a run in one go. */
  @Test
  void halvingResumesTheBest() throws IOException {
    Cli.Result r = search(SPACE, "--trials", 4, "--method", "halving", "--reduction", 2).succeeds();
    assertThat(r.lines())
        .contains(
            "training 4 trials up to epoch 1",
            "training 2 trials up to epoch 2",
            "training 1 trials up to epoch 4");
    List<Integer> epochs = new ArrayList<>();
    List<String> states = new ArrayList<>();
    for (JsonNode t : read().get("trials")) {
      epochs.add(t.get("epochs").asInt());
      states.add(t.get("state").asText());
      Path history = out.resolve(t.get("folder").asText()).resolve("history.csv");
      assertThat(Files.readAllLines(history)).hasSize(1 + t.get("epochs").asInt());
    }
    assertThat(epochs).containsExactlyInAnyOrder(1, 1, 2, 4);
    assertThat(states).containsExactlyInAnyOrder("dropped", "dropped", "dropped", "ended");
    runsAgain(out.resolve(read().get("best").asText()));
    Cli.run("report", out.resolve("trial-001")).succeeds();
  }

  @Test
  void goesOnWhereItWasStopped() throws IOException {
    search(SPACE, "--trials", 2).succeeds();
    JsonNode first = read();
    FileTime written = Files.getLastModifiedTime(out.resolve("trial-001/model.safetensors"));
    // as if the process had been killed before the second was written down
    ObjectNode left = first.deepCopy();
    ((ArrayNode) left.get("trials")).remove(1);
    Files.writeString(out.resolve("search.json"), left.toString());
    Cli.Result r = search(SPACE, "--trials", 3).succeeds();
    assertThat(r.lines().get(0)).startsWith("resuming with");
    assertThat(r.lines()).noneMatch(l -> l.startsWith("trial 1:"));
    JsonNode all = read().get("trials");
    assertThat(all.size()).isEqualTo(3);
    assertThat(all.get(0)).isEqualTo(first.get("trials").get(0));
    assertThat(all.get(1).get("score")).isEqualTo(first.get("trials").get(1).get("score"));
    assertThat(all.get(1).get("state").asText()).isEqualTo("ended");
    assertThat(Files.getLastModifiedTime(out.resolve("trial-001/model.safetensors")))
        .isEqualTo(written);
    search(SPACE, "--trials", 3, "--seed", 2)
        .fails("a search with other options", "choose another --out");
    search("{\"lr\": [0.1, 0.2]}", "--trials", 3).fails("a search with other options");
    Files.delete(out.resolve("search.json"));
    search(SPACE).isRefused("contains a run", "lacks search.json");
  }

  /** As if the process had been killed in the second round, behind the first of its two trials. */
  @Test
  void halvingGoesOnBetweenRounds() throws IOException {
    Object[] line = {"--trials", 4, "--method", "halving", "--reduction", 2};
    search(SPACE, line).succeeds();
    JsonNode whole = read();
    Path best = out.resolve(whole.get("best").asText());
    byte[] weights = Files.readAllBytes(best.resolve("model.safetensors"));
    ObjectNode left = whole.deepCopy();
    for (JsonNode t : left.get("trials")) {
      if (t.get("epochs").asInt() > 1) {
        setBack((ObjectNode) t, t.get("epochs").asInt() / 2);
      }
    }
    Files.writeString(out.resolve("search.json"), left.toString());
    try (Stream<Path> all = Files.list(best.resolve("checkpoints"))) {
      Files.delete(all.filter(f -> f.toString().contains("checkpoint-")).sorted().toList().get(1));
    }
    Cli.Result r = search(SPACE, line).succeeds();
    assertThat(r.lines().get(0)).startsWith("resuming with");
    assertThat(r.lines()).contains("training 1 trials up to epoch 4");
    assertThat(withoutSeconds(read())).isEqualTo(withoutSeconds(whole));
    assertThat(best.resolve("model.safetensors")).hasBinaryContent(weights);
    search(SPACE, "--trials", 5, "--method", "halving", "--reduction", 2)
        .fails("a search with other options");
  }

  /** An open trial as it was after an earlier epoch. */
  private void setBack(ObjectNode trial, int epoch) throws IOException {
    Path history = out.resolve(trial.get("folder").asText()).resolve("history.csv");
    String[] row = Files.readAllLines(history).get(epoch).split(",");
    trial.put("state", "open").put("epochs", epoch);
    trial.put("validation_loss", Double.parseDouble(row[5]));
    trial.put("score", Double.parseDouble(row[6]));
  }

  private static JsonNode withoutSeconds(JsonNode search) {
    search.get("trials").forEach(t -> ((ObjectNode) t).remove("seconds"));
    return search;
  }

  @Test
  void aTrialThatFailsIsListed() throws IOException {
    Cli.Result r = search("{\"lr\": [0.05, 1e30]}", "--metric", "loss").succeeds();
    assertThat(r.lines().get(0)).isEqualTo("the search space has only 2 different trials");
    assertThat(r.out()).contains("failed: training: loss is NaN", "validation loss");
    assertThat(read().get("trials"))
        .anyMatch(t -> t.path("failure").asText().contains("loss is NaN"));
  }

  @Test
  void whereAllFailItFails() throws IOException {
    Cli.Result r = search("{\"momentum\": [0.5, 0.6], \"optimizer\": [\"adamw\"]}");
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.err()).contains("all trials failed", "--momentum is for sgd");
  }

  /** A score that Quern knows, and this network does not have. */
  @Test
  void aScoreThatIsNotThereIsRefusedBeforeTraining() throws IOException {
    Cli.Result r = search(SPACE, "--metric", "psnr", "--trials", 2);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.err()).contains("all trials failed", "--metric: psnr is not one of the metrics");
    assertThat(out.resolve("trial-001/history.csv")).doesNotExist();
    assertThat(read().get("trials")).allMatch(t -> t.get("epochs").asInt() == 0);
  }

  @Test
  void theTestImagesAreNotLookedAt() throws IOException {
    search(SPACE, "--trials", 1).succeeds();
    String report = Files.readString(out.resolve("trial-001/report.json"));
    assertThat(Json.parse("test", report).get("outputs").size()).isZero();
  }

  @Test
  void wrongOptionsAreRefusedBeforeTheFirstTrial() throws IOException {
    search("{\"lrr\": [1, 2]}").fails("trial 1", "unknown option 'lrr'", "did you mean");
    search("{\"batch\": [8, 0]}").fails("batch 0", "'0' is not an integer");
    search(SPACE, "--method", "grid").isRefused("'grid' is not one of random, halving");
    search(SPACE, "--trials", 0).isRefused("--trials");
    search(SPACE, "--metric", "beauty").isRefused("unknown metric");
    search(SPACE, "--method", "halving", "--reduction", 1).isRefused("--reduction 1");
    search(SPACE, "--method", "halving", "--trials", 2).isRefused("needs at least 3 trials");
    search("{\"epochs\": [1, 2]}", "--method", "halving").isRefused("epochs cannot be in");
    assertThat(out).doesNotExist();
    Files.writeString(config, Files.readString(config).replace("\"validation\": 40,", ""));
    search(SPACE).fails("trials are compared on validation images", "--validation N");
    search(SPACE, "--validation", 30, "--trials", 1).succeeds();
    Files.writeString(out.resolve("search.json"), "{");
    search(SPACE).fails("search.json", "not JSON");
    Files.write(out.resolve("search.json"), new byte[] {'{', (byte) 0xff});
    search(SPACE).fails("search.json", "is not UTF-8 text");
  }
}
