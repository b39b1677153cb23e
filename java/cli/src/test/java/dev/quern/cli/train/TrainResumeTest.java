package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.engine.Engine;
import dev.quern.io.Checkpoints;
import dev.quern.io.FolderLock;
import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs that go on, and folders that hold one already. */
class TrainResumeTest extends SmallTrainingCase {
  private static byte[] model(Path out) throws IOException {
    return Files.readAllBytes(out.resolve("model.safetensors"));
  }

  @Test
  void finishedRunResumedOnlyTestsAgain() throws IOException {
    Path out = dir.resolve("run");
    Cli.Result first = train("--epochs", 2, "--out", out).succeeds();
    byte[] before = model(out);
    Cli.Result r = Cli.run("train", "--resume", out).succeeds();
    assertThat(r.lastLine()).isEqualTo(first.lastLine());
    assertThat(model(out)).isEqualTo(before);
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(3);
  }

  /** As after a full disk: there is a history, and no checkpoint. */
  @Test
  void aRunThatFailedBeforeItsFirstCheckpointStartsAgain() throws IOException {
    Path out = dir.resolve("run");
    train("--epochs", 1, "--no-report", "--out", out).succeeds();
    Path kept = out.resolve("checkpoints");
    for (String file : new String[] {"checkpoint-000000005", "best", "../model"}) {
      Files.deleteIfExists(kept.resolve(file + ".safetensors"));
    }
    Cli.run("train", "--resume", out)
        .fails(
            "no checkpoint found in " + kept,
            "start the run again with quern train --config "
                + out.resolve("config.json")
                + " --out "
                + out);
    Cli.run("train", "--config", out.resolve("config.json"), "--out", out).succeeds();
    train("--epochs", 1, "--out", out).isRefused(out.toString(), "--overwrite");
    train("--epochs", 1, "--out", out, "--overwrite").succeeds();
  }

  /** A run that goes on has its own threads, or those that it is given anew, from then on. */
  @Test
  void resumeKeepsTheThreads() {
    Path out = dir.resolve("run");
    int usual = Engine.info().threads();
    try {
      train("--epochs", 1, "--threads", 3, "--out", out).succeeds();
      Engine.setThreads(1);
      assertThat(Cli.run("train", "--resume", out).succeeds().lines().get(1))
          .contains("; 3 threads");
      Cli.Result other = Cli.run("train", "--resume", out, "--threads", 2).succeeds();
      assertThat(other.lines().get(1)).contains("; 2 threads");
    } finally {
      Engine.setThreads(usual);
    }
  }

  /** F13: a second run in one folder is refused with who holds it, and touches nothing. */
  @Test
  void oneRunInAFolderAtATime() throws IOException {
    Path out = dir.resolve("run");
    train("--epochs", 2, "--out", out).succeeds();
    byte[] before = model(out);
    FolderLock held = FolderLock.take("test", out, this);
    String who = "in use by process " + ProcessHandle.current().pid();
    train("--epochs", 1, "--out", out).fails(out.toString(), who);
    Cli.run("train", "--resume", out).fails(out.toString(), who);
    held.close();
    assertThat(model(out)).isEqualTo(before);
    String left = ".model.safetensors.0123456789abcdef0123456789abcdef.tmp";
    Files.createFile(out.resolve(left));
    train("--epochs", 1, "--out", out, "--overwrite").succeeds();
    assertThat(out.resolve(left)).as("left by a killed run").doesNotExist();
    assertThat(out.resolve(FolderLock.NAME)).doesNotExist();
  }

  @Test
  void resumeTakesNoOptionsThatChangeTheRun() throws IOException {
    Path out = dir.resolve("run");
    Cli.run("train", "--resume", out).fails("train: no run found in " + out + " to resume");
    Files.createDirectories(out.resolve("checkpoints"));
    Cli.run("train", "--resume", out).fails("no checkpoint found in", out.toString());
    Cli.run("train", "--resume", out, "--lr", 3).isRefused("--lr cannot change");
    Cli.run("train", "--resume", out, "--overwrite").isRefused("--overwrite cannot change");
    Cli.run("train", "--resume", out, "--epochs", 0).isRefused("'0'");
  }

  /** A finished run goes on; under a schedule without an end, to the bits of a longer one. */
  @Test
  void finishedRunGoesOnToMoreEpochs() throws IOException {
    Path out = dir.resolve("run");
    train("--epochs", 2, "--schedule", "constant", "--out", out).succeeds();
    Cli.run("train", "--resume", out, "--epochs", 1)
        .isRefused("--epochs 1 is less than the number of started epochs, 2");
    Cli.Result r = Cli.run("train", "--resume", out, "--epochs", 4).succeeds();
    assertThat(r.lines().get(2)).startsWith("resumed from ");
    assertThat(r.lines().get(3)).startsWith("epoch 3/4 ");
    assertThat(r.lines().get(4)).startsWith("epoch 4/4 ");
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(5);

    Path whole = dir.resolve("whole");
    train("--epochs", 4, "--schedule", "constant", "--out", whole).succeeds();
    ModelData a = ModelFile.load(out.resolve("model.safetensors"));
    ModelData b = ModelFile.load(whole.resolve("model.safetensors"));
    assertThat(a.provenance()).isEqualTo(b.provenance()).containsEntry("epochs", "4");
    b.weights().forEach((name, w) -> assertThat(a.weights().get(name)).as(name).isEqualTo(w));

    // the new number is the run's own from now on
    Cli.Result again = Cli.run("train", "--resume", out).succeeds();
    assertThat(again.lines()).noneMatch(l -> l.startsWith("epoch "));
    assertThat(again.lastLine()).isEqualTo(r.lastLine());
    assertThat(optionsOf(out)).containsOnlyOnce("--epochs\n4").doesNotContain("--epochs\n2");
  }

  private static String optionsOf(Path run) {
    return Checkpoints.in(run.resolve("checkpoints")).latest().info().get("options");
  }

  @Test
  void theBarGoesOnWhereItWas() {
    Path out = dir.resolve("run");
    train("--epochs", 2, "--out", out).succeeds();
    System.setProperty("quern.terminal", "true");
    try {
      assertThat(Cli.run("train", "--resume", out, "--epochs", 3).err())
          .startsWith("\repoch 3/3  73% [=") // after one step of five
          .contains("epoch 3/3 100% [=");
    } finally {
      System.clearProperty("quern.terminal");
    }
  }

  @Test
  void aRunIsNotWrittenOverUnlessAsked() throws IOException {
    Path out = dir.resolve("run");
    train("--epochs", 2, "--out", out).succeeds();
    byte[] before = model(out);
    train("--epochs", 1, "--seed", 3, "--out", out)
        .isRefused(
            out + " contains a run already (",
            "checkpoint-000000010.safetensors",
            "history.csv, model.safetensors, report.html, report.json): ",
            "--resume " + out + ", choose another --out, or delete it with --overwrite");
    assertThat(model(out)).isEqualTo(before);
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(3);

    Path other = Files.writeString(out.resolve("checkpoints/notes.txt"), "mine");
    train("--epochs", 1, "--seed", 3, "--out", out, "--overwrite").succeeds();
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(2);
    assertThat(model(out)).isNotEqualTo(before);
    assertThat(out.resolve("checkpoints/checkpoint-000000010.safetensors")).doesNotExist();
    assertThat(other).hasContent("mine");
    Cli.run("train", "--resume", out).succeeds();
    train("--overwrite").isRefused("--overwrite needs --out");
    Path alone = Files.createDirectories(dir.resolve("alone"));
    Files.createFile(alone.resolve("history.csv"));
    train("--out", alone).isRefused("run already (history.csv): choose another --out, or delete");
  }
}
