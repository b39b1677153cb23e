package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import dev.quern.io.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern lr-find}. */
class LrFindCommandTest {
  @TempDir Path dir;
  private Path data;
  private Path net;
  private Path out;

  @BeforeEach
  void writeData() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 200, 50);
    data = small.data();
    net = small.net();
    out = dir.resolve("made").resolve("here");
  }

  private Cli.Result find(Object... more) {
    List<Object> line = List.of("lr-find", "--net", net, "--data", "mnist", "--data-dir", data);
    return Cli.run(line, Cli.joined(List.of("--out", out), more));
  }

  @Test
  void writesTheCurveAndASuggestion() throws IOException {
    Cli.Result r = find("--start-lr", "1e-5", "--steps", 60, "--batch", 16).succeeds();
    assertThat(r.lines().get(0))
        .isEqualTo("Learning rates for small on mnist: 60 steps from 1.0E-5 to 10.0");
    assertThat(r.lines().get(1)).startsWith("images 200, batch 16, optimizer sgd, momentum 0.9");
    int last = r.lines().size() - 1;
    assertThat(r.lines().get(last - 1)).contains(" steps", "; lr ", "where the loss falls fastest");
    assertThat(r.lastLine()).matches("suggested --lr [0-9][0-9.e-]*");
    double suggested = Double.parseDouble(r.lastLine().split(" ")[2]);
    assertThat(read().get("suggested").asDouble()).isCloseTo(suggested, withinPercentage(6));
    assertThat(out.resolve("lr-find.html")).content().contains("Range test", "falls fastest");
    JsonNode figures = read();
    assertThat(figures.get("points").size()).isBetween(20, 60);
    assertThat(figures.get("points").get(0).get("lr").asDouble()).isBetween(0.9e-5, 1.1e-5);
    assertThat(figures.get("steepest").asDouble()).isBetween(1e-5, 10.0);
    assertThat(figures.get("settings").get("batch").asText()).isEqualTo("16");
    try (var files = Files.list(out)) {
      assertThat(files).hasSize(2);
    }
    String first = Files.readString(out.resolve("lr-find.json"));
    find("--start-lr", "1e-5", "--steps", 60, "--batch", 16).succeeds();
    assertThat(out.resolve("lr-find.json")).hasContent(first);
  }

  private JsonNode read() throws IOException {
    return Json.parse("test", Files.readString(out.resolve("lr-find.json")));
  }

  @Test
  void forScripts() {
    Cli.Result r = find("--steps", 10, "--json-lines").succeeds();
    assertThat(r.lines()).hasSize(1);
    assertThat(Json.parse("test", r.out()).get("event").asText()).isEqualTo("lr-find");
    assertThat(find("--steps", 10, "--quiet").succeeds().lines()).hasSize(1);
  }

  /** A run's file has options that are for the run alone. */
  @Test
  void goesByTheConfigOfARun() throws IOException {
    Path run = dir.resolve("run");
    Cli.run(
            "train",
            "--out",
            run,
            "--net",
            net,
            "--data",
            "mnist",
            "--data-dir",
            data,
            "--epochs",
            1,
            "--optimizer",
            "adamw",
            "--batch",
            32)
        .succeeds();
    Cli.run("lr-find", "--out", out, "--config", run.resolve("config.json"), "--steps", 10)
        .succeeds();
    assertThat(read().get("settings").get("optimizer").asText()).isEqualTo("adamw");
    assertThat(read().get("settings").get("batch").asText()).isEqualTo("32");
    assertThat(read().get("points").size()).isEqualTo(10);
  }

  @Test
  void refusesWhatIsForRuns() throws IOException {
    for (String option : new String[] {"--epochs", "--lr", "--keep", "--resume", "--validation"}) {
      find(option, 1).isRefused(option + " applies only to \"quern train\"");
    }
    find("--recipe").isRefused("--recipe applies only to \"quern train\"");
    find("--start-lr", 1, "--end-lr", "0.1").isRefused("rates from 1.0 to 0.1");
    find("--steps", 1).isRefused("steps 1 must be from 2 to 100000");
    find("--stop-at", 1).isRefused("divergence 1.0");
    find("--momentum", 1, "--optimizer", "adamw").isRefused("--momentum");
    Files.createDirectories(out.getParent());
    Files.writeString(out, "a file");
    find("--steps", 5).fails("cannot make");
  }

  @Test
  void helpHasItsOwnOptions() {
    String help = Cli.run("lr-find", "--help").succeeds().out();
    assertThat(help)
        .contains(
            "--start-lr", "--optimizer", "--augment", "--from", "Output folder of lr-find.html")
        .doesNotContain("--resume=", "--checkpoint-every", "--patience", "--lr=X");
    assertThat(Cli.run("train", "--help").succeeds().out()).contains("--resume", "--patience");
  }
}
