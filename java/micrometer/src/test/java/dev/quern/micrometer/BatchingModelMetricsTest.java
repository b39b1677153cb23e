package dev.quern.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.serve.BatchingModel;
import dev.quern.serve.OverloadedException;
import dev.quern.serve.TensorValues;
import dev.quern.tensor.Shape;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a batching model does is in the registry, until the metrics are closed. */
@Timeout(60)
class BatchingModelMetricsTest {
  private static final Network NETWORK =
      Network.of("small", Shape.of(1, 4, 4), new Flatten(), new Linear(3));

  private final Model model = Model.of(ModelData.untrained(NETWORK, 1));
  private final BatchingModel serving =
      BatchingModel.builder(model).maxQueue(3).window(Duration.ofSeconds(5)).build();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final BatchingModelMetrics metrics = new BatchingModelMetrics(serving, "digits");

  @AfterEach
  void end() {
    metrics.close();
    serving.close();
    model.close();
  }

  private CompletableFuture<Map<String, TensorValues>> ask(int samples) {
    Shape shape = Shape.of(samples, 1, 4, 4);
    return serving.predict(Map.of("input", new TensorValues(shape, new float[16 * samples])));
  }

  @Test
  void requestsAreRecorded() {
    metrics.bindTo(registry);
    CompletableFuture<?> first = ask(1);
    CompletableFuture<?> second = ask(2);
    assertThat(registry.get("quern.waiting.samples").tag("model", "digits").gauge().value())
        .isEqualTo(3);
    assertThatThrownBy(() -> ask(1)).isInstanceOf(OverloadedException.class);
    serving.close(); // ends the window
    first.join();
    second.join();
    assertThat(registry.get("quern.queue").tag("model", "digits").timer().count()).isEqualTo(2);
    assertThat(registry.get("quern.batch").timer().count()).isEqualTo(1);
    assertThat(registry.get("quern.batch").timer().totalTime(TimeUnit.NANOSECONDS)).isPositive();
    assertThat(registry.get("quern.batch.samples").summary().totalAmount()).isEqualTo(3);
    assertThat(registry.get("quern.refused").counter().count()).isEqualTo(1);
    assertThat(registry.get("quern.late").counter().count()).isZero();
    assertThat(registry.get("quern.failed").counter().count()).isZero();
    assertThat(registry.get("quern.waiting.samples").gauge().value()).isZero();
    assertThat(registry.get("quern.model").gauge().value()).isEqualTo(model.bytes()).isPositive();
    model.close();
    assertThat(registry.get("quern.model").gauge().value()).isZero();
  }

  @Test
  void failuresAndTimeoutsAreRecorded() {
    try (BatchingModel short1 =
            BatchingModel.builder(model).window(Duration.ZERO).queueTimeout(Duration.ZERO).build();
        BatchingModelMetrics of = new BatchingModelMetrics(short1, "short")) {
      of.bindTo(registry);
      CompletableFuture<?> late =
          short1.predict(Map.of("input", new TensorValues(Shape.of(1, 1, 4, 4), new float[16])));
      assertThatThrownBy(late::join).isInstanceOf(CompletionException.class);
      assertThat(registry.get("quern.late").counter().count()).isEqualTo(1);
    }
    metrics.bindTo(registry);
    CompletableFuture<?> failing = ask(1);
    model.close();
    serving.close();
    assertThatThrownBy(failing::join).hasCauseInstanceOf(ClosedException.class);
    assertThat(registry.get("quern.failed").tag("model", "digits").counter().count()).isEqualTo(1);
  }

  /** So that the dashboards and alerts of the server's metrics fit. */
  @Test
  void prometheusGetsTheNamesOfTheServer() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    metrics.bindTo(prometheus);
    CompletableFuture<?> request = ask(2);
    serving.close();
    request.join();
    assertThat(prometheus.scrape())
        .contains(
            "quern_queue_seconds_count{model=\"digits\"} 1",
            "quern_batch_seconds_bucket{model=\"digits\",le=\"0.0025\"}",
            "quern_batch_samples_bucket{model=\"digits\",le=\"2.0\"} 1",
            "quern_batch_samples_sum{model=\"digits\"} 2.0",
            "quern_refused_total{model=\"digits\"} 0.0",
            "quern_late_total{model=\"digits\"} 0.0",
            "quern_failed_total{model=\"digits\"} 0.0",
            "quern_waiting_samples{model=\"digits\"} 0.0",
            "quern_model_bytes{model=\"digits\"}");
  }

  @Test
  void closingRemovesTheMeters() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    other.counter("of.the.application");
    metrics.bindTo(registry);
    metrics.bindTo(other);
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .filteredOn(name -> !name.endsWith(".histogram")) // buckets, which this registry has apart
        .containsExactlyInAnyOrder(
            "quern.queue",
            "quern.batch",
            "quern.batch.samples",
            "quern.refused",
            "quern.late",
            "quern.failed",
            "quern.waiting.samples",
            "quern.model");
    metrics.close();
    assertThat(registry.getMeters()).isEmpty();
    assertThat(other.getMeters())
        .extracting(Meter::getId)
        .extracting(Meter.Id::getName)
        .containsExactly("of.the.application");
    assertThatThrownBy(() -> metrics.bindTo(registry)).isInstanceOf(ClosedException.class);
    CompletableFuture<?> request = ask(1); // the model itself goes on
    serving.close();
    request.join();
  }

  @Test
  void tags() {
    List<Tag> further = List.of(Tag.of("zone", "a"));
    try (BatchingModelMetrics tagged = new BatchingModelMetrics(serving, "digits", further)) {
      tagged.bindTo(registry);
      assertThat(registry.get("quern.late").tags("zone", "a", "model", "digits").counter())
          .isNotNull();
    }
    assertThatThrownBy(
            () -> new BatchingModelMetrics(serving, "digits", List.of(Tag.of("model", "x"))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must differ from \"model\"");
  }

  @Test
  void invalidArguments() {
    assertThatThrownBy(() -> new BatchingModelMetrics(null, "digits"))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new BatchingModelMetrics(serving, null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> metrics.bindTo(null)).isInstanceOf(InvalidArgumentException.class);
    metrics.bindTo(registry);
    assertThatThrownBy(() -> metrics.bindTo(registry))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("already bound");
  }
}
