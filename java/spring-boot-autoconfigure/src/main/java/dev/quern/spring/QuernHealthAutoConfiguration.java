package dev.quern.spring;

import dev.quern.serve.BatchingModel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Adds the health of each model to the actuator, as {@code quern}: its file, version, time of
 * loading and last error. A failed reload does not make a model unhealthy, because the previous
 * version stays in service. {@code management.health.quern.enabled=false} removes it.
 */
@AutoConfiguration(after = QuernAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
public final class QuernHealthAutoConfiguration {
  QuernHealthAutoConfiguration() {}

  /** Apart, because its conditions need the actuator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean({ModelFiles.class, BatchingModel.class})
  @ConditionalOnEnabledHealthIndicator("quern")
  static final class Enabled {
    @Bean
    @ConditionalOnMissingBean(name = "quernHealthContributor")
    static HealthContributor quernHealthContributor(ModelFiles files) {
      Map<String, HealthContributor> all = new LinkedHashMap<>();
      files.all().forEach((name, file) -> all.put(name, new ModelHealth(file)));
      return CompositeHealthContributor.fromMap(all);
    }
  }
}
