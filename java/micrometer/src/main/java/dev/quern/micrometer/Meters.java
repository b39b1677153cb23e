package dev.quern.micrometer;

import dev.quern.serve.BatchStatistics;
import dev.quern.serve.BatchingModel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The metrics of a batching model in one registry. Thread-safe. */
final class Meters implements BatchStatistics {
  /** Bounds of the buckets of times in microseconds, and of sizes: those of the server. */
  private static final Duration[] TIMES =
      Stream.of(
              500,
              1_000,
              2_500,
              5_000,
              10_000,
              25_000,
              50_000,
              100_000,
              250_000,
              500_000,
              1_000_000,
              2_500_000,
              5_000_000,
              10_000_000)
          .map(micros -> Duration.ofNanos(micros * 1000L))
          .toArray(Duration[]::new);

  private static final double[] SAMPLES = {1, 2, 4, 8, 16, 32, 64, 128};

  private final MeterRegistry registry;
  private final Tags tags;
  private final Timer queue;
  private final Timer batch;
  private final DistributionSummary samples;
  private final Counter refused;
  private final Counter late;
  private final Counter failed;
  private final List<Meter> all;

  Meters(MeterRegistry registry, Tags tags, BatchingModel model) {
    this.registry = registry;
    this.tags = tags;
    queue = timer("quern.queue", "Time that a request waited for its batch.");
    batch = timer("quern.batch", "Time to compute a batch.");
    samples =
        DistributionSummary.builder("quern.batch.samples")
            .description("Samples per batch.")
            .baseUnit("samples")
            .serviceLevelObjectives(SAMPLES)
            .tags(tags)
            .register(registry);
    refused = counter("quern.refused", "Requests refused because the queue was full.");
    late = counter("quern.late", "Requests that timed out while waiting.");
    failed = counter("quern.failed", "Requests for which a model failed.");
    Gauge waiting =
        Gauge.builder("quern.waiting.samples", model, BatchingModel::waiting)
            .description("Samples waiting at present.")
            .baseUnit("samples")
            .tags(tags)
            .register(registry);
    Gauge bytes =
        Gauge.builder("quern.model", model, Meters::bytes)
            .description(
                "Off-heap memory of a model's weights and plans; shared weights count in part.")
            .baseUnit(BaseUnits.BYTES)
            .tags(tags)
            .register(registry);
    all = List.of(queue, batch, samples, refused, late, failed, waiting, bytes);
  }

  private static double bytes(BatchingModel model) {
    return model.model().isClosed() ? 0 : model.model().bytes();
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(TIMES)
        .tags(tags)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  MeterRegistry registry() {
    return registry;
  }

  void remove() {
    all.forEach(registry::remove);
  }

  @Override
  public void ran(int samples, long nanos) {
    this.samples.record(samples);
    batch.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void waited(long nanos) {
    queue.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void refused() {
    refused.increment();
  }

  @Override
  public void late() {
    late.increment();
  }

  @Override
  public void failed() {
    failed.increment();
  }
}
