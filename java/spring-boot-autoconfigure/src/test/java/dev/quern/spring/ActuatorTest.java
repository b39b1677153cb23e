package dev.quern.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.serve.BatchingModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ApplicationContext;

/** Health and metrics, if the application has the actuator and Micrometer. */
@Timeout(60)
class ActuatorTest {
  private static final String HEALTH = "quernHealthContributor";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws Exception {
    file = Digits.write(folder.resolve("digits.safetensors"), 1);
  }

  private static Health health(ApplicationContext context) {
    CompositeHealthContributor all = context.getBean(HEALTH, CompositeHealthContributor.class);
    return ((HealthIndicator) all.getContributor("digits")).health();
  }

  @Test
  void healthOfAModel() {
    Digits.runner(file)
        .run(
            context -> {
              Health health = health(context);
              assertThat(health.getStatus()).isEqualTo(Status.UP);
              assertThat(health.getDetails())
                  .containsEntry("file", file.toString())
                  .containsEntry("version", 1)
                  .containsKey("loaded")
                  .doesNotContainKey("lastError");
              Files.writeString(file, "not a model");
              Digits.await(() -> health(context).getDetails().containsKey("lastError"));
              assertThat(health(context).getStatus()).isEqualTo(Status.UP);
              context.getBean(ModelFiles.class).close();
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            });
  }

  @Test
  void healthCanBeTurnedOff() {
    Digits.runner(file)
        .withPropertyValues("management.health.quern.enabled=false")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HEALTH));
    Digits.runner().run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HEALTH));
  }

  @Test
  void metricsOfAModelUntilShutdown() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Digits.runner(file)
        .withBean(MeterRegistry.class, () -> registry)
        .run(
            context -> {
              BatchingModel model = context.getBean(BatchingModel.class);
              Digits.values(Digits.request(model));
              Digits.write(file, 2);
              Digits.await(
                  () -> context.getBean(ModelFiles.class).get("digits").state().version() == 2);
              Digits.values(Digits.request(model));
              assertThat(registry.get("quern.queue").tag("model", "digits").timer().count())
                  .isEqualTo(2);
              assertThat(registry.get("quern.model").gauge().value())
                  .isEqualTo(model.model().bytes());
            });
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void withoutActuatorAndMicrometer() {
    Digits.runner(file)
        .withClassLoader(
            new FilteredClassLoader("org.springframework.boot.actuate", "io.micrometer"))
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(HEALTH);
              assertThat(context).hasSingleBean(BatchingModel.class);
              assertThat(context).doesNotHaveBean(ModelMetrics.class);
            });
    Digits.runner(file)
        .run(context -> assertThat(context).doesNotHaveBean(ModelMetrics.class)); // no registry
    Digits.runner(file)
        .withClassLoader(new FilteredClassLoader(HealthContributor.class))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HEALTH));
  }
}
