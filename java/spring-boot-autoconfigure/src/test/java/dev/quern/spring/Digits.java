package dev.quern.spring;

import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.serve.BatchingModel;
import dev.quern.serve.TensorValues;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Small model files, and requests to their models. */
final class Digits {
  private static final Network NETWORK =
      Network.of("small", Shape.of(1, 4, 4), new Flatten(), new Linear(3));
  private static final float[] SAMPLE = new float[16];
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  static {
    for (int i = 0; i < SAMPLE.length; i++) {
      SAMPLE[i] = i / 16f;
    }
  }

  private Digits() {}

  /** An application with the starter alone. */
  static ApplicationContextRunner runner() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                QuernAutoConfiguration.class,
                QuernHealthAutoConfiguration.class,
                QuernMetricsAutoConfiguration.class));
  }

  /** An application with the starter and one model, whose file is looked at all the time. */
  static ApplicationContextRunner runner(Path file) {
    return runner()
        .withPropertyValues("quern.models.digits.path=" + file, "quern.reload-interval=5ms");
  }

  /** Moves a model file with random weights into place. */
  static Path write(Path file, long seed) throws IOException {
    Path complete = file.resolveSibling("." + file.getFileName() + ".safetensors");
    ModelData.untrained(NETWORK, seed).save(complete);
    return Files.move(complete, file, StandardCopyOption.REPLACE_EXISTING);
  }

  static CompletableFuture<Map<String, TensorValues>> request(BatchingModel model) {
    return model.predict(Map.of("input", new TensorValues(Shape.of(1, 1, 4, 4), SAMPLE)));
  }

  static float[] values(CompletableFuture<Map<String, TensorValues>> request) {
    return request.join().values().iterator().next().values();
  }

  static float[] values(Model model) {
    try (Arena arena = new Arena()) {
      return model.predict(arena.tensor(Shape.of(1, 1, 4, 4), SAMPLE)).toArray();
    }
  }

  /** The outputs of the weights of a seed. */
  static float[] values(long seed) {
    try (Model model = Model.of(ModelData.untrained(NETWORK, seed))) {
      return values(model);
    }
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the condition does not come true");
      }
      Thread.sleep(2);
    }
  }
}
