package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batched results are bit-identical to those of single samples. */
@Timeout(120)
class BatchingModelTest {
  private final Model model = ServedModels.model(1);
  private final AtomicInteger largest = new AtomicInteger();
  private final BatchingModel serving =
      BatchingModel.builder(model)
          .window(Duration.ofMillis(20))
          .maxBatch(7)
          .statistics(
              new BatchStatistics() {
                @Override
                public void ran(int samples, long nanos) {
                  largest.accumulateAndGet(samples, Math::max);
                }
              })
          .build();

  @AfterEach
  void end() {
    serving.close();
    model.close();
  }

  private static Map<String, TensorValues> batch(float... values) {
    long samples = values.length / ServedModels.SHAPE.elements();
    return Map.of("input", new TensorValues(ServedModels.SHAPE.batch(samples), values));
  }

  @Test
  void theBitsOfSamplesAlone() {
    List<CompletableFuture<Map<String, TensorValues>>> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(serving.predict(batch(ServedModels.values(i, 1 + i % 3))));
    }
    for (int i = 0; i < 60; i++) {
      TensorValues answer = all.get(i).join().get("scores");
      assertThat(answer.shape()).isEqualTo(Shape.of(1 + i % 3, 3));
      assertThat(answer.values())
          .isEqualTo(ServedModels.alone(model, ServedModels.values(i, 1 + i % 3)));
    }
    assertThat(largest.get()).isBetween(2, 7);
  }

  @Test
  void picturesAsTheModelSays() {
    List<CompletableFuture<Map<String, Prediction>>> all =
        IntStream.range(0, 20).mapToObj(i -> serving.predict(ServedModels.image(i))).toList();
    for (int i = 0; i < 20; i++) {
      assertThat(all.get(i).join()).isEqualTo(model.predict(ServedModels.image(i)));
    }
    assertThat(largest.get()).isBetween(2, 7);
    assertThatThrownBy(() -> serving.detect(ServedModels.image(1)).join())
        .hasCauseInstanceOf(InvalidArgumentException.class);
  }

  /** What is asked twice at once, once given up, is computed once. */
  @Test
  void whoGivesUpCostsNothing() {
    CompletableFuture<Map<String, TensorValues>> gone =
        serving.predict(batch(ServedModels.values(1, 6)));
    assertThat(gone.cancel(false)).isTrue();
    float[] values = ServedModels.values(2, 6);
    assertThat(serving.predict(batch(values)).join().get("scores").values())
        .isEqualTo(ServedModels.alone(model, values));
    assertThat(largest.get()).isEqualTo(6);
    assertThat(serving.waiting()).isZero();
  }

  @Test
  void whatIsDoneWithAnAnswerHoldsNobodyUp() {
    CountDownLatch never = new CountDownLatch(1);
    serving
        .predict(batch(ServedModels.values(1, 1)))
        .thenAccept(
            answer -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(serving.predict(batch(ServedModels.values(2, 1))).join()).isNotEmpty();
    never.countDown();
  }

  /** An executor that is slow to complete futures, as a busy machine is. */
  @Test
  void closingCompletesTheFuturesBeforeItReturns() {
    BatchingModel slow =
        BatchingModel.builder(model)
            .answering(CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS, Runnable::run))
            .build();
    CompletableFuture<Map<String, TensorValues>> pending =
        slow.predict(batch(ServedModels.values(1, 1)));
    slow.close();
    assertThat(pending).isCompleted();
  }

  @Test
  void anAnswerMayCloseAndAskAgain() {
    CompletableFuture<Object> closed =
        serving
            .predict(batch(ServedModels.values(1, 1)))
            .thenApply(
                answer -> {
                  serving.predict(batch(ServedModels.values(2, 1))).join();
                  serving.close();
                  return "done";
                });
    assertThat(closed.join()).isEqualTo("done");
    assertThatThrownBy(() -> serving.predict(batch(ServedModels.values(1, 1))))
        .isInstanceOf(ClosedException.class);
    assertThat(ServedModels.alone(model, ServedModels.values(1, 1))).hasSize(3); // still open
  }

  @Test
  void refusals() {
    float[] sample = ServedModels.values(1, 1);
    TensorValues fits = new TensorValues(Shape.of(1, 3, 8, 8), sample);
    assertThatThrownBy(() -> serving.predict(Map.of("wrong", fits)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("[wrong]");
    assertThatThrownBy(() -> serving.predict(Map.of()))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> serving.predict((Map<String, TensorValues>) null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> serving.predict((Image) null))
        .isInstanceOf(InvalidArgumentException.class);
    for (Shape wrong : List.of(Shape.of(3, 8, 8), Shape.of(1, 3, 64), Shape.of(192))) {
      assertThatThrownBy(() -> serving.predict(Map.of("input", new TensorValues(wrong, sample))))
          .isInstanceOf(ShapeException.class);
    }
    for (Shape wrong : List.of(Shape.of(2, 3, 8, 8), Shape.of(), Shape.of(Shape.FREE, 3))) {
      assertThatThrownBy(() -> new TensorValues(wrong, sample)).isInstanceOf(ShapeException.class);
    }
    assertThatThrownBy(() -> new TensorValues(Shape.of(1L << 40, 0), new float[0]))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> BatchingModel.builder(model).maxBatch(0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("max_batch 0");
    for (Duration wrong : new Duration[] {Duration.ofNanos(-1), Duration.ofDays(2), null}) {
      assertThatThrownBy(() -> BatchingModel.builder(model).window(wrong))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> BatchingModel.builder(model).queueTimeout(wrong))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> BatchingModel.builder(model).maxQueue(1 << 17))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> BatchingModel.builder(null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(
            () ->
                BatchingModel.builder(model)
                    .window(Duration.ofSeconds(2))
                    .queueTimeout(Duration.ofSeconds(1))
                    .build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("shorter than window");
  }
}
