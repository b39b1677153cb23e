package dev.quern.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.quern.engine.Engine;
import dev.quern.predict.Model;
import dev.quern.serve.BatchingModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Properties become beans, and errors in them end the start. */
class QuernAutoConfigurationTest {
  @TempDir Path folder;

  /** What an application injects if there is one model. */
  record One(BatchingModel batching, Model model) {}

  /** What an application injects if there are two. */
  record Two(
      @Qualifier("digits") BatchingModel digits,
      @Qualifier("digits") Model digitsModel,
      @Qualifier("letters") BatchingModel letters,
      @Qualifier("letters") Model lettersModel) {}

  @Configuration(proxyBeanMethods = false)
  static class Application {
    @Bean
    String digits() {
      return "not a model";
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOwnBatching {
    @Bean
    BatchingModel digits(@Qualifier("digits") Model model) {
      return BatchingModel.builder(model).workers(2).build();
    }
  }

  private Path model(String name, long seed) throws Exception {
    return Digits.write(folder.resolve(name), seed);
  }

  @Test
  void oneModelIsInjectedByType() throws Exception {
    Digits.runner(model("a.safetensors", 1))
        .withBean(One.class)
        .run(
            context -> {
              One one = context.getBean(One.class);
              assertThat(Digits.values(one.model)).isEqualTo(Digits.values(1));
              assertThat(Digits.values(Digits.request(one.batching))).isEqualTo(Digits.values(1));
              assertThat(one.batching).isSameAs(context.getBean("digits"));
              assertThat(one.batching.model()).isSameAs(one.model);
            });
  }

  @Test
  void twoModelsAreInjectedByQualifier() throws Exception {
    Digits.runner(model("a.safetensors", 1))
        .withPropertyValues(
            "quern.models.letters.path=" + model("b.safetensors", 2),
            "quern.models.letters.precision=strict",
            "quern.models.letters.max-batch=16",
            "quern.models.letters.max-delay=2ms",
            "quern.models.letters.queue=64")
        .withBean(Two.class)
        .run(
            context -> {
              Two two = context.getBean(Two.class);
              assertThat(Digits.values(two.digitsModel)).isEqualTo(Digits.values(1));
              assertThat(Digits.values(two.lettersModel)).isEqualTo(Digits.values(2));
              assertThat(Digits.values(Digits.request(two.digits))).isEqualTo(Digits.values(1));
              assertThat(Digits.values(Digits.request(two.letters))).isEqualTo(Digits.values(2));
            });
  }

  @Test
  void aModelNeedsAQualifierIfThereAreTwo() throws Exception {
    Digits.runner(model("a.safetensors", 1))
        .withPropertyValues("quern.models.letters.path=" + model("b.safetensors", 2))
        .withBean(One.class)
        .run(context -> assertThat(context.getStartupFailure()).hasMessageContaining("letters"));
  }

  /** The queue of one sample is full with one request, which waits for others. */
  @Test
  void settingsReachTheModel() throws Exception {
    Digits.runner(model("a.safetensors", 1))
        .withPropertyValues("quern.models.digits.queue=1", "quern.models.digits.max-delay=9s")
        .run(
            context -> {
              BatchingModel batching = context.getBean(BatchingModel.class);
              Digits.request(batching);
              assertThat(catchThrowable(() -> Digits.request(batching)))
                  .hasMessageContaining("1 of at most 1");
            });
  }

  @Test
  void withoutPropertiesThereAreNoBeans() {
    Digits.runner()
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(BatchingModel.class)
                    .doesNotHaveBean(Model.class));
  }

  @Test
  void withoutTheLibraryThereAreNoBeans() {
    Digits.runner()
        .withClassLoader(new FilteredClassLoader(BatchingModel.class))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ModelFiles.class));
  }

  @Test
  void threads() {
    int before = Engine.info().threads();
    try {
      Digits.runner()
          .withPropertyValues("quern.threads=1")
          .run(context -> assertThat(context).hasNotFailed());
      assertThat(Engine.info().threads()).isEqualTo(1);
    } finally {
      Engine.setThreads(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quern.threads | 0 | threads",
        "quern.reload-interval | -1s | from 0 to 1 day",
        "quern.models.digits.max-batch | 0 | outside [1, 65536]",
        "quern.models.digits.max-delay | 20s | shorter than window PT20S",
        "quern.models.digits.max-delay | -1ms | from 0 to 1 day",
        "quern.models.digits.queue | 70000 | outside [1, 65536]"
      })
  void invalidValuesEndTheStart(String property, String value, String rule) throws Exception {
    Digits.runner(model("a.safetensors", 1))
        .withPropertyValues(property + "=" + value)
        .run(context -> assertInvalid(context, property, rule));
  }

  /** Spring Boot prints property, value and reason of this exception. */
  private static void assertInvalid(
      AssertableApplicationContext context, String property, String rule) {
    Throwable failure = context.getStartupFailure();
    while (!(failure instanceof InvalidConfigurationPropertyValueException)) {
      assertThat(failure).as("an invalid %s", property).isNotNull();
      failure = failure.getCause();
    }
    InvalidConfigurationPropertyValueException invalid =
        (InvalidConfigurationPropertyValueException) failure;
    assertThat(invalid.getName()).isEqualTo(property);
    assertThat(invalid.getReason()).contains(rule);
  }

  @Test
  void aModelWithoutPathEndsTheStart() {
    Digits.runner()
        .withPropertyValues("quern.models.digits.queue=7")
        .run(context -> assertInvalid(context, "quern.models.digits.path", "needs the path"));
  }

  @Test
  void valuesOfAnotherTypeEndTheStart() throws Exception {
    Digits.runner(model("a.safetensors", 1))
        .withPropertyValues("quern.models.digits.precision=exact")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("quern.models.digits.precision")
                    .hasStackTraceContaining("exact"));
  }

  @Test
  void unreadableFilesEndTheStart() throws Exception {
    Path missing = folder.resolve("missing.safetensors");
    Path broken = Files.writeString(folder.resolve("broken.safetensors"), "not a model");
    for (Path file : new Path[] {missing, broken, folder}) {
      Digits.runner(file)
          .run(context -> assertInvalid(context, "quern.models.digits.path", file.toString()));
    }
  }

  @Test
  void aBeanOfTheApplicationWithTheNameOfAModel() throws Exception {
    Path file = model("a.safetensors", 1);
    Digits.runner(file)
        .withUserConfiguration(Application.class)
        .run(context -> assertInvalid(context, "quern.models.digits", "is not a BatchingModel"));
    Digits.runner(file)
        .withUserConfiguration(WithOwnBatching.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(BatchingModel.class);
              BatchingModel own = context.getBean(BatchingModel.class);
              assertThat(Digits.values(Digits.request(own))).isEqualTo(Digits.values(1));
            });
  }

  /** Editors complete and explain the properties by it. */
  @Test
  void metadataDescribesTheProperties() throws Exception {
    String metadata =
        new String(
            QuernProperties.class
                .getResourceAsStream("/META-INF/spring-configuration-metadata.json")
                .readAllBytes());
    assertThat(metadata)
        .contains("quern.threads", "quern.reload-interval", "quern.models", "Number of threads");
  }
}
