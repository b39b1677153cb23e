package dev.quern.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.predict.Model;
import dev.quern.serve.BatchingModel;
import dev.quern.serve.TensorValues;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A changed file replaces the model, and shutdown waits for requests. */
@Timeout(120)
class ReloadTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    file = Digits.write(folder.resolve("digits.safetensors"), 1);
  }

  private static void awaitVersion(BatchingModel model, long seed) throws Exception {
    float[] expected = Digits.values(seed);
    Digits.await(() -> Arrays.equals(Digits.values(model.model()), expected));
  }

  @Test
  void noRequestIsLost() {
    Digits.runner(file)
        .run(
            context -> {
              BatchingModel model = context.getBean(BatchingModel.class);
              AtomicBoolean end = new AtomicBoolean();
              CompletableFuture<Void> caller =
                  CompletableFuture.runAsync(
                      () -> {
                        while (!end.get()) {
                          assertThat(Digits.values(Digits.request(model))).hasSize(3);
                        }
                      },
                      work -> new Thread(work).start());
              Model first = model.model();
              for (int seed = 2; seed < 6; seed++) {
                Digits.write(file, seed);
                awaitRequest(model, seed);
              }
              end.set(true);
              caller.join(); // throws the first failure of a request
              Digits.await(first::isClosed);
            });
  }

  /** Requests alone, since the old model closes. */
  private static void awaitRequest(BatchingModel model, long seed) throws Exception {
    float[] expected = Digits.values(seed);
    Digits.await(() -> Arrays.equals(Digits.values(Digits.request(model)), expected));
  }

  /** An application that injects it keeps its version, which closes at shutdown. */
  @Test
  void anInjectedModelStaysOpen() {
    AtomicReference<Model> injected = new AtomicReference<>();
    Digits.runner(file)
        .run(
            context -> {
              injected.set(context.getBean(Model.class));
              Digits.write(file, 2);
              awaitRequest(context.getBean(BatchingModel.class), 2);
              assertThat(Digits.values(injected.get())).isEqualTo(Digits.values(1));
              assertThat(Digits.values(context.getBean(Model.class))).isEqualTo(Digits.values(2));
            });
    assertThat(injected.get().isClosed()).isTrue();
  }

  @Test
  void aFileThatCannotBeReadChangesNothing() {
    Digits.runner(file)
        .run(
            context -> {
              BatchingModel model = context.getBean(BatchingModel.class);
              ModelFile loaded = context.getBean(ModelFiles.class).get("digits");
              Files.writeString(file, "not a model");
              Digits.await(() -> loaded.state().lastError() != null);
              assertThat(loaded.state().lastError()).contains("digits.safetensors");
              assertThat(Digits.values(Digits.request(model))).isEqualTo(Digits.values(1));
              Files.delete(file);
              Digits.write(file, 2);
              awaitVersion(model, 2);
              Digits.await(() -> loaded.state().version() == 2);
              assertThat(loaded.state().lastError()).isNull();
            });
  }

  @Test
  void anIntervalOfZeroTurnsReloadingOff() {
    Digits.runner(file)
        .withPropertyValues("quern.reload-interval=0")
        .run(
            context -> {
              ModelFile loaded = context.getBean(ModelFiles.class).get("digits");
              assertThat(Thread.getAllStackTraces().keySet())
                  .noneMatch(thread -> thread.getName().equals("quern-reload"));
              assertThat(loaded.state().version()).isEqualTo(1);
            });
  }

  @Test
  void shutdownCompletesPendingRequestsAndClosesTheModel() {
    AtomicReference<BatchingModel> closed = new AtomicReference<>();
    AtomicReference<CompletableFuture<Map<String, TensorValues>>> pending = new AtomicReference<>();
    Digits.runner(file)
        .withPropertyValues("quern.models.digits.max-delay=9s")
        .run(
            context -> {
              closed.set(context.getBean(BatchingModel.class));
              pending.set(Digits.request(closed.get()));
              assertThat(pending.get()).isNotDone();
            });
    assertThat(pending.get()).isDone();
    assertThat(Digits.values(pending.get())).isEqualTo(Digits.values(1));
    assertThat(closed.get().model().isClosed()).isTrue();
    assertThatThrownBy(() -> Digits.request(closed.get())).isInstanceOf(ClosedException.class);
  }

  /** A bean that computes in its destroy method. */
  record Last(BatchingModel model, AtomicReference<float[]> result) implements AutoCloseable {
    @Override
    public void close() {
      result.set(Digits.values(Digits.request(model)));
    }
  }

  @Test
  void beansThatUseTheModelAreDestroyedBeforeIt() {
    AtomicReference<float[]> result = new AtomicReference<>();
    Digits.runner(file)
        .withBean("last", Last.class, result)
        .run(context -> assertThat(context).hasNotFailed());
    assertThat(result.get()).isEqualTo(Digits.values(1));
  }
}
