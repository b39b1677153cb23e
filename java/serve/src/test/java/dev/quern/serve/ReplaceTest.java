package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.predict.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batching model whose model is replaced while requests arrive, and its statistics. */
@Timeout(120)
@SuppressWarnings("try") // some close what is also closed at the end
class ReplaceTest {
  private static final float[] SAMPLE = ServedModels.values(5, 1);
  private static final Map<String, TensorValues> INPUTS =
      Map.of("input", new TensorValues(ServedModels.SHAPE.batch(1), SAMPLE));

  /** Counts each kind of statistics. */
  private static final class Counts implements BatchStatistics {
    final AtomicInteger samples = new AtomicInteger();
    final AtomicInteger waited = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();

    @Override
    public void ran(int samples, long nanos) {
      this.samples.addAndGet(samples);
    }

    @Override
    public void waited(long nanos) {
      waited.incrementAndGet();
    }

    @Override
    public void refused() {
      refused.incrementAndGet();
    }
  }

  private static float[] scores(CompletableFuture<Map<String, TensorValues>> request) {
    return request.join().get("scores").values();
  }

  @Test
  void pendingRequestsGetTheOldModelAndLaterOnesTheNew() {
    try (Model old = ServedModels.model(1);
        Model next = ServedModels.model(2);
        BatchingModel serving = BatchingModel.builder(old).window(Duration.ofSeconds(5)).build()) {
      CompletableFuture<Map<String, TensorValues>> pending = serving.predict(INPUTS);
      assertThat(serving.waiting()).isEqualTo(1);
      assertThat(serving.replace(next).join()).isSameAs(old); // does not wait for the window
      assertThat(scores(pending)).isEqualTo(ServedModels.alone(old, SAMPLE));
      assertThat(serving.model()).isSameAs(next);
      assertThat(serving.waiting()).isZero();
      CompletableFuture<Map<String, TensorValues>> later = serving.predict(INPUTS);
      serving.close();
      assertThat(scores(later))
          .isEqualTo(ServedModels.alone(next, SAMPLE))
          .isNotEqualTo(ServedModels.alone(old, SAMPLE));
      assertThat(old.isClosed()).isFalse();
    }
  }

  @Test
  void noRequestIsLostDuringReplacements() throws Exception {
    List<Model> replaced = new ArrayList<>();
    BatchingModel serving = BatchingModel.builder(ServedModels.model(1)).build();
    AtomicBoolean end = new AtomicBoolean();
    AtomicInteger answers = new AtomicInteger();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      callers.add(
          CompletableFuture.runAsync(
              () -> {
                while (!end.get()) {
                  assertThat(scores(serving.predict(INPUTS))).hasSize(3);
                  answers.incrementAndGet();
                }
              },
              work -> new Thread(work).start()));
    }
    for (int i = 0; i < 30; i++) {
      int before = answers.get();
      Model old = serving.replace(ServedModels.model(i % 2)).join();
      old.closeWhenFree();
      replaced.add(old);
      while (answers.get() == before && callers.stream().noneMatch(CompletableFuture::isDone)) {
        Thread.sleep(1);
      }
    }
    end.set(true);
    callers.forEach(CompletableFuture::join); // throws the first failure of a request
    serving.close();
    serving.model().close();
    assertThat(replaced).hasSize(30).doesNotHaveDuplicates().allMatch(Model::isClosed);
  }

  @Test
  void invalidReplacements() {
    Model closed = ServedModels.model(2);
    closed.close();
    try (Model model = ServedModels.model(1);
        Model other = ServedModels.model(2);
        BatchingModel serving = BatchingModel.builder(model).build()) {
      assertThatThrownBy(() -> serving.replace(null)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> serving.replace(model))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("already in use");
      assertThatThrownBy(() -> serving.replace(closed))
          .isInstanceOf(ClosedException.class)
          .hasMessageContaining("new model is closed");
      assertThat(scores(serving.predict(INPUTS))).isEqualTo(ServedModels.alone(model, SAMPLE));
      serving.close();
      assertThatThrownBy(() -> serving.replace(other))
          .isInstanceOf(ClosedException.class)
          .hasMessageContaining("batching model is closed");
    }
  }

  @Test
  void statisticsReachAllReceiversUntilTheyAreRemoved() {
    Counts first = new Counts();
    Counts second = new Counts();
    BatchStatistics failing =
        new BatchStatistics() {
          @Override
          public void ran(int samples, long nanos) {
            throw new IllegalStateException("of a receiver");
          }
        };
    try (Model model = ServedModels.model(1);
        Model next = ServedModels.model(2);
        BatchingModel serving = BatchingModel.builder(model).maxQueue(1).build()) {
      serving.addStatistics(failing);
      serving.addStatistics(first);
      serving.addStatistics(second);
      scores(serving.predict(INPUTS));
      serving.replace(next).join();
      scores(serving.predict(INPUTS));
      serving.removeStatistics(second);
      scores(serving.predict(INPUTS));
      assertThat(first.samples).hasValue(3);
      assertThat(first.waited).hasValue(3);
      assertThat(second.samples).hasValue(2);
      assertThatThrownBy(() -> serving.addStatistics(null))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> serving.removeStatistics(null))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void aFullQueueIsCounted() {
    Counts counts = new Counts();
    try (Model model = ServedModels.model(1);
        BatchingModel serving =
            BatchingModel.builder(model).maxQueue(1).window(Duration.ofSeconds(5)).build()) {
      serving.addStatistics(counts);
      serving.predict(INPUTS);
      assertThatThrownBy(() -> serving.predict(INPUTS)).isInstanceOf(OverloadedException.class);
      assertThat(counts.refused).hasValue(1);
    }
  }
}
