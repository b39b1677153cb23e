package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.DownloadException;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.io.ModelFile;
import dev.quern.io.NetworkJson;
import dev.quern.io.SmallRun;
import dev.quern.io.file.AtomicFile;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F12: files are written and read by an interrupted thread as by any other. */
@Timeout(60)
class InterruptTest {
  @TempDir Path dir;

  @BeforeEach
  void interrupt() {
    Thread.currentThread().interrupt();
  }

  @AfterEach
  void clear() {
    assertThat(Thread.interrupted()).as("the thread is still interrupted").isTrue();
  }

  @Test
  void models() {
    ModelData model = ModelData.untrained(network(), 1);
    ModelFile.save(dir.resolve("m.safetensors"), model);
    ModelData read = ModelFile.load(dir.resolve("m.safetensors"));
    assertThat(read.weights().get("linear1.weight"))
        .isEqualTo(model.weights().get("linear1.weight"));
  }

  private static Network network() {
    try (Trainer t = SmallRun.builder().build()) {
      return t.network();
    }
  }

  @Test
  void checkpoints() {
    try (Trainer t = SmallRun.builder().build()) {
      Checkpoints.in(dir).save(t);
      t.restore(Checkpoints.in(dir).latest().state());
    }
  }

  @Test
  void dataAndDescriptions() throws IOException {
    Files.writeString(dir.resolve("n.json"), NetworkJson.write(network()));
    assertThat(NetworkJson.load(dir.resolve("n.json"))).isEqualTo(network());
    for (String name : List.of("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz")) {
      IdxFile images = new IdxFile(new int[] {2, 2, 2}, new byte[8]);
      images.write(dir.resolve(name));
      assertThat(IdxFile.read(dir.resolve(name))).isEqualTo(images);
    }
  }

  /** A part is kept, and the error says why the download ended. */
  @Test
  void downloads() throws IOException {
    try (PartialFile part = new PartialFile(dir.resolve("x"))) {
      assertThat(part.size()).isZero();
    }
    TestServer server = new TestServer(new byte[1000]);
    try {
      assertThatThrownBy(
              () ->
                  new Downloader(Duration.ofSeconds(5), Duration.ofMillis(1))
                      .fetch(server.file("f"), dir, DownloadListener.NONE))
          .isInstanceOf(DownloadException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      server.close();
      Thread.currentThread().interrupt(); // the server's end waits for its threads
    }
  }

  /** Many at once, interrupted at any moment. */
  @Test
  void interruptsAtAnyMoment() throws InterruptedException {
    Thread.interrupted();
    Throwable[] failure = new Throwable[1];
    Thread worker =
        new Thread(
            () -> {
              byte[] content = new byte[1 << 16];
              for (int i = 0; i < 300; i++) {
                AtomicFile.write("test", dir.resolve("f"), out -> out.write(content));
                IdxFile idx = new IdxFile(new int[] {content.length}, content);
                idx.write(dir.resolve("i"));
                IdxFile.read(dir.resolve("i"));
                Thread.interrupted();
              }
            });
    worker.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    worker.start();
    while (worker.isAlive()) {
      worker.interrupt();
      Thread.sleep(0, 100_000);
    }
    Thread.currentThread().interrupt();
    assertThat(failure[0]).isNull();
  }

  /** Fit ends after the current step, with a checkpoint; the next fit continues bit-identically. */
  @Test
  void fitEndsWithACheckpoint() {
    Thread.interrupted();
    Map<String, float[]> wanted;
    try (Trainer t = SmallRun.builder().build()) {
      t.fit(SmallRun.data(), 2);
      wanted = t.state().tensors();
    }
    Checkpoints checkpoints = Checkpoints.in(dir);
    try (Trainer t = SmallRun.builder().build()) {
      History history =
          t.fit(
              SmallRun.data(),
              2,
              checkpoints.of(
                  t,
                  new TrainingListener() {
                    @Override
                    public void onStep(Step step) {
                      if (step.epoch() == 2 && step.step() == 1) {
                        Thread.currentThread().interrupt();
                      }
                    }
                  }));
      assertThat(history.stopReason()).isEqualTo(History.StopReason.STOPPED);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(t.fit(SmallRun.data(), 2).stopReason()).isEqualTo(History.StopReason.STOPPED);
    }
    Checkpoint last = checkpoints.latest();
    assertThat(last.state().progress().steps()).isEqualTo(4);
    Thread.interrupted();
    try (Trainer t = SmallRun.builder().build()) {
      t.restore(last.state());
      assertThat(t.fit(SmallRun.data(), 2, checkpoints.of(t)).stopReason())
          .isEqualTo(History.StopReason.FINISHED);
      t.state().tensors().forEach((name, v) -> assertThat(v).as(name).isEqualTo(wanted.get(name)));
    }
    Thread.currentThread().interrupt();
  }
}
