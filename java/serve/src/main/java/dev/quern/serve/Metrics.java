package dev.quern.serve;

import dev.quern.serve.http.Budget;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Supplier;

/** The metrics of a server in Prometheus's text format, with model names and routes as labels. */
final class Metrics {
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };
  private static final double[] SAMPLES = {1, 2, 4, 8, 16, 32, 64, 128};
  private static final double[] MEANS = {-3, -2, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2, 3};
  private static final double[] DEVIATIONS = {0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4};
  private static final double MOST = 1000;
  private static final double NANOS = 1e-9;
  private static final String MODEL = "model";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter requests =
      Counter.builder()
          .name("quern_requests")
          .help("Requests by route and status.")
          .labelNames("route", "status")
          .register(registry);
  private final Histogram latency =
      histogram("quern_request_seconds", "Time from request to response.", "route", SECONDS);
  private final Histogram queued =
      histogram("quern_queue_seconds", "Time that a request waited for its batch.", MODEL, SECONDS);
  private final Histogram computed =
      histogram("quern_batch_seconds", "Time to compute a batch.", MODEL, SECONDS);
  private final Histogram sizes =
      histogram("quern_batch_samples", "Samples per batch.", MODEL, SAMPLES);
  private final Counter refused =
      counter("quern_refused", "Requests refused because the queue was full.");
  private final Counter late = counter("quern_late", "Requests that timed out while waiting.");
  private final Counter failed = counter("quern_failed", "Requests for which a model failed.");
  private final Counter classes =
      Counter.builder()
          .name("quern_predicted")
          .help("Images by predicted class, the most likely one.")
          .labelNames(MODEL, "label")
          .register(registry);

  private final Histogram means =
      histogram(
          "quern_input_mean",
          "Mean of a sample, in standard deviations from the training mean: 0 matches training.",
          MODEL,
          MEANS);
  private final Histogram deviations =
      histogram(
          "quern_input_deviation",
          "Standard deviation of a sample's values, relative to training: 1 matches training.",
          MODEL,
          DEVIATIONS);

  Metrics(Supplier<Collection<Deployment>> models, Budget held) {
    GaugeWithCallback.builder()
        .name("quern_held_bytes")
        .help("Memory that requests use at present.")
        .callback(c -> c.call(held.held()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("quern_waiting_samples")
        .help("Samples waiting at present.")
        .labelNames(MODEL)
        .callback(c -> models.get().forEach(d -> c.call(d.batching().waiting(), d.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("quern_model_bytes")
        .help("Off-heap memory of a model's weights and plans; shared weights count in part.")
        .labelNames(MODEL)
        .callback(c -> models.get().forEach(d -> c.call(d.batching().model().bytes(), d.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("quern_training_share")
        .help("Fraction of a class among the training samples.")
        .labelNames(MODEL, "label")
        .callback(
            c ->
                models
                    .get()
                    .forEach(
                        d ->
                            d.trainingShares()
                                .forEach((label, share) -> c.call(share, d.name(), label))))
        .register(registry);
    Runtime jvm = Runtime.getRuntime();
    GaugeWithCallback.builder()
        .name("quern_heap_bytes")
        .help("Used heap of the JVM.")
        .callback(c -> c.call(jvm.totalMemory() - jvm.freeMemory()))
        .register(registry);
  }

  private Histogram histogram(String name, String help, String label, double... bounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).labelNames(MODEL).register(registry);
  }

  void request(String route, int status, long nanos) {
    requests.labelValues(route, Integer.toString(status)).inc();
    latency.labelValues(route).observe(nanos * NANOS);
  }

  void predicted(String model, String label) {
    classes.labelValues(model, label).inc();
  }

  /**
   * Records the statistics of a sample. NaN and extreme values are skipped, because they would
   * dominate the sums.
   */
  void input(String model, InputStatistics sample) {
    if (Double.isFinite(sample.deviation())) {
      means.labelValues(model).observe(Math.max(-MOST, Math.min(MOST, sample.mean())));
      deviations.labelValues(model).observe(Math.min(MOST, sample.deviation()));
    }
  }

  BatchStatistics of(String model) {
    return new BatchStatistics() {
      @Override
      public void ran(int samples, long nanos) {
        sizes.labelValues(model).observe(samples);
        computed.labelValues(model).observe(nanos * NANOS);
      }

      @Override
      public void waited(long nanos) {
        queued.labelValues(model).observe(nanos * NANOS);
      }

      @Override
      public void refused() {
        refused.labelValues(model).inc();
      }

      @Override
      public void late() {
        late.labelValues(model).inc();
      }

      @Override
      public void failed() {
        failed.labelValues(model).inc();
      }
    };
  }

  byte[] text() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toByteArray();
  }
}
