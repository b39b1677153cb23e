package dev.quern.micrometer;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.serve.BatchingModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;

/**
 * Metrics of a {@link BatchingModel}. In a Prometheus registry, they have the names, units and
 * buckets of the metrics that Quern's server returns at {@code /metrics}. Every metric has the tag
 * {@code model}. Metrics remain after {@link BatchingModel#replace}. Thread-safe.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>in Prometheus</th><th>type</th><th>meaning</th></tr>
 *   <tr><td>{@code quern.queue}</td><td>{@code quern_queue_seconds}</td><td>timer</td>
 *     <td>time of a request in the queue; the count is the number of computed requests</td></tr>
 *   <tr><td>{@code quern.batch}</td><td>{@code quern_batch_seconds}</td><td>timer</td>
 *     <td>time to compute a batch</td></tr>
 *   <tr><td>{@code quern.batch.samples}</td><td>{@code quern_batch_samples}</td>
 *     <td>distribution summary</td><td>number of samples in a batch</td></tr>
 *   <tr><td>{@code quern.refused}</td><td>{@code quern_refused_total}</td><td>counter</td>
 *     <td>requests refused because the queue was full</td></tr>
 *   <tr><td>{@code quern.late}</td><td>{@code quern_late_total}</td><td>counter</td>
 *     <td>requests that timed out while waiting</td></tr>
 *   <tr><td>{@code quern.failed}</td><td>{@code quern_failed_total}</td><td>counter</td>
 *     <td>requests for which the model failed</td></tr>
 *   <tr><td>{@code quern.waiting.samples}</td><td>{@code quern_waiting_samples}</td>
 *     <td>gauge</td><td>number of waiting samples</td></tr>
 *   <tr><td>{@code quern.model}</td><td>{@code quern_model_bytes}</td><td>gauge</td>
 *     <td>off-heap memory of weights and plans in bytes; shared weights count in part</td></tr>
 * </table>
 *
 * <pre>{@code
 * try (BatchingModel serving = BatchingModel.builder(model).build();
 *     BatchingModelMetrics metrics = new BatchingModelMetrics(serving, "digits")) {
 *   metrics.bindTo(registry);
 * }
 * }</pre>
 */
public final class BatchingModelMetrics implements MeterBinder, AutoCloseable {
  private static final String OPERATION = "metrics";

  private final BatchingModel model;
  private final Tags tags;
  private final List<Meters> bound = new ArrayList<>();
  private boolean closed;

  /**
   * Creates the metrics of a model.
   *
   * @param model the batching model; the caller must close it
   * @param name the value of the tag {@code model}
   * @throws InvalidArgumentException if an argument is null
   */
  public BatchingModelMetrics(BatchingModel model, String name) {
    this(model, name, List.of());
  }

  /**
   * Creates the metrics of a model, with further tags.
   *
   * @param model the batching model; the caller must close it
   * @param name the value of the tag {@code model}
   * @param tags tags of all metrics, in addition to {@code model}
   * @throws InvalidArgumentException if an argument or a tag is null, or a tag's key is {@code
   *     model}
   */
  public BatchingModelMetrics(BatchingModel model, String name, List<Tag> tags) {
    this.model = Require.present(OPERATION, "model", model);
    Tag first = Tag.of("model", Require.present(OPERATION, "name", name));
    List<Tag> further = Require.all(OPERATION, "tags", tags);
    for (Tag tag : further) {
      if (tag.getKey().equals(first.getKey())) {
        throw new InvalidArgumentException(
            OPERATION + ": the key of tag " + tag + " must differ from \"model\"");
      }
    }
    this.tags = Tags.of(further).and(first);
  }

  /**
   * Registers the metrics and begins to record. Several registries may be bound, each of them once;
   * to bind a composite registry, bind only the composite.
   *
   * @throws InvalidArgumentException if the registry is null or already bound
   * @throws ClosedException if {@link #close} was called
   */
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    Require.present(OPERATION, "registry", registry);
    if (closed) {
      throw new ClosedException(OPERATION + ": bound after close");
    }
    if (bound.stream().anyMatch(m -> m.registry() == registry)) {
      throw new InvalidArgumentException(OPERATION + ": the registry is already bound");
    }
    Meters meters = new Meters(registry, tags, model);
    bound.add(meters);
    model.addStatistics(meters);
  }

  /** Stops recording and removes the metrics from all registries. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Meters meters : bound) {
      model.removeStatistics(meters);
      meters.remove();
    }
    bound.clear();
  }
}
