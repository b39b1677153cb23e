package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FileAccessException;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may write to a folder of checkpoints, and what a killed writer leaves. */
@Timeout(120)
class CheckpointFolderTest {
  @TempDir Path dir;

  private List<String> names() throws IOException {
    try (var files = Files.list(dir)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** F4: in a container each first process is number 1, and counts its files from 1. */
  @Test
  void filesOfAKilledProcessOfTheSameNumberAreNotInTheWay() throws IOException {
    long pid = ProcessHandle.current().pid();
    for (int n = 1; n <= 2000; n++) {
      Files.createFile(dir.resolve(".checkpoint-000000003.safetensors." + pid + "-" + n + ".tmp"));
      Files.createFile(dir.resolve(".best.safetensors." + pid + "-" + n + ".tmp"));
    }
    try (Trainer t = SmallRun.builder().build()) {
      t.fit(SmallRun.data(), 1, Checkpoints.in(dir).of(t));
    }
    assertThat(names()).containsExactly("best.safetensors", "checkpoint-000000003.safetensors");
  }

  /** F4: what others write is theirs. */
  @Test
  void onlyTheRunsOwnLeftOversGo() throws IOException {
    String random = "0123456789abcdef0123456789abcdef";
    String other = ".model.safetensors." + random + ".tmp";
    Files.createFile(dir.resolve(other));
    Files.createFile(dir.resolve(".checkpoint-000000001.safetensors." + random + ".tmp"));
    try (Trainer t = SmallRun.builder().build()) {
      Checkpoints.in(dir).save(t);
    }
    assertThat(names()).containsExactly(other, "checkpoint-000000000.safetensors");
  }

  /** F9: of a call of fit that never began, as one that a caller makes up. */
  @Test
  void anEndWithoutABeginningDoesNothing() throws IOException {
    try (Trainer t = SmallRun.builder().build()) {
      TrainingListener listener = Checkpoints.in(dir).of(t);
      listener.onEnd(null);
      listener.onBegin();
      listener.onEnd(null);
      listener.onEnd(null);
    }
    assertThat(names()).isEmpty();
  }

  /** F13: within one JVM. */
  @Test
  void oneTrainerAtATime() throws IOException {
    Checkpoints checkpoints = Checkpoints.in(dir);
    try (Trainer first = SmallRun.builder().build();
        Trainer second = SmallRun.builder().build()) {
      List<String> heard = new ArrayList<>();
      first.fit(
          SmallRun.data(),
          1,
          checkpoints.of(
              first,
              new TrainingListener() {
                @Override
                public void onEpoch(History.Epoch epoch) {
                  for (Runnable r :
                      List.<Runnable>of(
                          () -> second.fit(SmallRun.data(), 1, Checkpoints.in(dir).of(second)),
                          () -> Checkpoints.in(dir.resolve(".")).save(second))) {
                    assertThatThrownBy(r::run)
                        .isInstanceOf(FolderInUseException.class)
                        .hasMessageContainingAll(
                            dir.toString(),
                            "in use by process " + ProcessHandle.current().pid() + " on ",
                            " since 20");
                  }
                  Checkpoints.in(dir).save(first); // its own
                  assertThat(Checkpoints.in(dir).latest().state().progress().steps()).isEqualTo(3);
                  heard.add("epoch");
                }
              }));
      assertThat(heard).hasSize(1);
      assertThat(names()).doesNotContain(FolderLock.NAME);
      second.fit(SmallRun.data(), 2, Checkpoints.in(dir).of(second));
    }
  }

  /** F13: a refused fit has not begun, and a stopped one can still go on. */
  @Test
  void refusedFitChangesNothing() {
    Object other = new Object();
    FolderLock lock = FolderLock.take("test", dir, other);
    try (Trainer t = SmallRun.builder().build()) {
      t.stop();
      t.fit(SmallRun.data(), 2);
      assertThatThrownBy(() -> t.fit(SmallRun.data(), 2, Checkpoints.in(dir).of(t)))
          .isInstanceOf(FolderInUseException.class);
      lock.close();
      assertThat(t.fit(SmallRun.data(), 2, Checkpoints.in(dir).of(t)).epochs()).hasSize(2);
    }
  }

  /** F13: across processes, and a dead holder holds nobody off. */
  @Test
  void oneProcessAtATime() throws IOException, InterruptedException {
    Process holder = SmallRun.jvm(List.of(), FolderLockMain.class, dir.toString()).start();
    try (BufferedReader out = holder.inputReader();
        Trainer t = SmallRun.builder().build()) {
      assertThat(out.readLine()).isEqualTo("held");
      for (int i = 0; i < 3; i++) { // a refusal does not break the lock
        assertThatThrownBy(() -> t.fit(SmallRun.data(), 1, Checkpoints.in(dir).of(t)))
            .isInstanceOf(FolderInUseException.class)
            .hasMessageContaining("in use by process " + holder.pid() + " on ");
      }
      assertThat(Checkpoints.in(dir).isEmpty()).isTrue();
      holder.destroyForcibly();
      assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(names()).containsExactly(FolderLock.NAME);
      Checkpoints.in(dir).save(t);
      assertThat(names()).containsExactly("checkpoint-000000000.safetensors");
    } finally {
      holder.destroyForcibly();
    }
  }

  /** F13: this JVM's own work in the folder must not drop the lock that it holds. */
  @Test
  void lockStandsWhileItsHolderSavesAndOthersTry() throws IOException, InterruptedException {
    try (Trainer t = SmallRun.builder().build()) {
      FolderLock lock = FolderLock.take("test", dir, t);
      Checkpoints.in(dir).save(t);
      Checkpoints.in(dir).latest();
      assertThatThrownBy(() -> FolderLock.take("test", dir, this))
          .isInstanceOf(FolderInUseException.class);
      Process second = SmallRun.jvm(List.of(), FolderLockMain.class, dir.toString()).start();
      second.getOutputStream().close();
      assertThat(new String(second.getInputStream().readAllBytes()))
          .contains("FolderInUseException", "in use by process " + ProcessHandle.current().pid());
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
      lock.close();
    }
  }

  @Test
  void whatIsInTheWayOfALockIsTold() throws IOException {
    Path mine = Files.writeString(dir.resolve("mine"), "text");
    Files.createSymbolicLink(dir.resolve(FolderLock.NAME), mine);
    assertThatThrownBy(() -> FolderLock.take("test", dir, this))
        .isInstanceOf(FileAccessException.class)
        .hasMessageContaining("not a regular file");
    assertThat(mine).hasContent("text");
    Files.delete(dir.resolve(FolderLock.NAME));
    Files.createDirectory(dir.resolve(FolderLock.NAME));
    assertThatThrownBy(() -> FolderLock.take("test", dir, this))
        .isInstanceOf(FileAccessException.class);
  }
}
