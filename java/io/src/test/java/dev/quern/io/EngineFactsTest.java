package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Conv2dPass;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineFactsTest {
  private static Map<String, String> facts(String isa, String core, String conv2d) {
    return Map.of("isa", isa, "openblas_core", core, "conv2d", conv2d);
  }

  @Test
  void differencesAreNamed() {
    Map<String, String> now = facts("avx512", "SkylakeX", "{\"a\":\"direct\",\"b\":\"direct\"}");
    assertThat(EngineFacts.differences(now, now)).isEmpty();
    Map<String, String> other = facts("avx2", "Haswell", "{\"a\":\"winograd\",\"b\":\"gemm\"}");
    assertThat(EngineFacts.differences(other, now))
        .containsExactly(
            "isa was avx2, is avx512",
            "openblas_core was Haswell, is SkylakeX",
            "conv2d of layer a was winograd, is direct, and 1 more");
  }

  @Test
  void anotherVersionOfOpenBlasIsNamed() {
    Map<String, String> before = Map.of("openblas", "OpenBLAS 0.3.30 DYNAMIC_ARCH MAX_THREADS=64");
    Map<String, String> now = Map.of("openblas", "OpenBLAS 0.3.31 MAX_THREADS=128");
    assertThat(EngineFacts.differences(before, now))
        .containsExactly("openblas was 0.3.30, is 0.3.31");
    assertThat(EngineFacts.differences(Map.of("openblas", "OpenBLAS 0.3.31 "), now)).isEmpty();
  }

  /** Older releases kept no implementations, and a user may have kept something by that name. */
  @Test
  void whatIsNotKnownIsNoDifference() {
    Map<String, String> now = facts("avx512", "SkylakeX", "{\"a\":\"direct\"}");
    assertThat(EngineFacts.differences(Map.of(), now)).isEmpty();
    assertThat(EngineFacts.differences(Map.of("conv2d", "mine"), now)).isEmpty();
  }

  @Test
  void checkpointsNameEachLayersImplementation(@TempDir Path dir) {
    Network network =
        Network.of("one", Shape.of(1, 4, 4), new Conv2d(2, 3), new Flatten(), new Linear(2));
    Checkpoint written;
    String first;
    try (Trainer t = Trainer.builder(network).build()) {
      Checkpoints.in(dir).save(t);
      written = Checkpoints.in(dir).latest();
      Map<String, String> layers = t.implementations().byLayer();
      assertThat(layers).hasSize(1).containsOnlyKeys("conv2d1").doesNotContainValue("reference");
      first = layers.get("conv2d1");
      assertThat(t.implementations()).hasToString(first + " x1");
      assertThat(written.info()).containsEntry("conv2d", "{\"conv2d1\":\"" + first + "\"}");
      assertThat(written.differences(t)).isEmpty();
    }
    Conv2dPass.Forced forced = Conv2dPass.force("im2col");
    try (Trainer t = Trainer.builder(network).build()) {
      t.restore(written.state());
      assertThat(written.differences(t))
          .containsExactly("conv2d of layer conv2d1 was " + first + ", is im2col");
    } finally {
      forced.close();
    }
  }
}
