package dev.quern.spring;

import dev.quern.serve.BatchingModel;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Makes the models of {@link QuernProperties} beans: for each model, a {@link BatchingModel} of the
 * model's name, which remains the same when its file is reloaded, and a prototype of {@link
 * dev.quern.predict.Model}, which is the version that is current when the bean is obtained. Both
 * have the model's name as qualifier. A bean of the application with the same name replaces them.
 */
@AutoConfiguration
@ConditionalOnClass(BatchingModel.class)
@EnableConfigurationProperties(QuernProperties.class)
@Import(ModelBeans.class)
public final class QuernAutoConfiguration {
  /** The name of the bean that owns the models. */
  static final String FILES = "quernModelFiles";

  QuernAutoConfiguration() {}

  /** Loads the models at start, reloads them, and closes them after the beans that use them. */
  @Bean(name = FILES, destroyMethod = "close")
  @ConditionalOnMissingBean
  static ModelFiles quernModelFiles(QuernProperties properties) {
    return ModelFiles.load(properties);
  }
}
