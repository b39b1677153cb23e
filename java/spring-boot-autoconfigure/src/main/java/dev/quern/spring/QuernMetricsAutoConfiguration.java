package dev.quern.spring;

import dev.quern.micrometer.BatchingModelMetrics;
import dev.quern.serve.BatchingModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Records the metrics of all {@link BatchingModel} beans, see {@link BatchingModelMetrics}, with
 * the name of the bean as the tag {@code model}. If the application has several registries, the
 * primary one gets the metrics.
 */
@AutoConfiguration(
    after = QuernAutoConfiguration.class,
    afterName =
        "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({MeterRegistry.class, BatchingModelMetrics.class})
@ConditionalOnBean(BatchingModel.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class QuernMetricsAutoConfiguration {
  QuernMetricsAutoConfiguration() {}

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  static ModelMetrics quernModelMetrics(Map<String, BatchingModel> models, MeterRegistry registry) {
    return new ModelMetrics(models, registry);
  }
}
