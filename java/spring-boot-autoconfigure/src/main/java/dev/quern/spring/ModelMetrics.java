package dev.quern.spring;

import dev.quern.micrometer.BatchingModelMetrics;
import dev.quern.serve.BatchingModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;

/** The metrics of all models, removed from the registry when the context closes. */
final class ModelMetrics implements AutoCloseable {
  private final List<BatchingModelMetrics> all;

  ModelMetrics(Map<String, BatchingModel> models, MeterRegistry registry) {
    all =
        models.entrySet().stream()
            .map(model -> new BatchingModelMetrics(model.getValue(), model.getKey()))
            .toList();
    all.forEach(metrics -> metrics.bindTo(registry));
  }

  @Override
  public void close() {
    all.forEach(BatchingModelMetrics::close);
  }
}
