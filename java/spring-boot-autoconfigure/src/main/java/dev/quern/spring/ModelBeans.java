package dev.quern.spring;

import dev.quern.predict.Model;
import dev.quern.serve.BatchingModel;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers the beans of each model. Their number depends on the configuration, so they cannot be
 * methods of a configuration class.
 */
final class ModelBeans implements ImportBeanDefinitionRegistrar {
  private final Environment environment;
  private final BeanFactory beans;

  ModelBeans(Environment environment, BeanFactory beans) {
    this.environment = environment;
    this.beans = beans;
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importing, BeanDefinitionRegistry registry) {
    Binder.get(environment)
        .bind("quern", QuernProperties.class)
        .ifBound(properties -> properties.models().keySet().forEach(n -> register(n, registry)));
  }

  private void register(String name, BeanDefinitionRegistry registry) {
    if (registry.containsBeanDefinition(name)) {
      if (!beans.isTypeMatch(name, BatchingModel.class)) {
        throw Invalid.property(
            "quern.models." + name,
            name,
            "the application has a bean of this name that is not a BatchingModel");
      }
    } else {
      RootBeanDefinition batching =
          define(name, BatchingModel.class, () -> files().get(name).batching());
      batching.setDestroyMethodName(""); // the owner closes it, then the model
      registry.registerBeanDefinition(name, batching);
    }
    String modelName = name + ".model";
    if (!registry.containsBeanDefinition(modelName)) {
      RootBeanDefinition model = define(name, Model.class, () -> files().get(name).give());
      // the model changes when its file is reloaded
      model.setScope(BeanDefinition.SCOPE_PROTOTYPE);
      registry.registerBeanDefinition(modelName, model);
    }
  }

  private ModelFiles files() {
    return beans.getBean(QuernAutoConfiguration.FILES, ModelFiles.class);
  }

  private static <T> RootBeanDefinition define(String name, Class<T> type, Supplier<T> supplier) {
    RootBeanDefinition definition = new RootBeanDefinition(type, supplier);
    definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
    definition.setDependsOn(QuernAutoConfiguration.FILES); // destroyed before the owner
    return definition;
  }
}
