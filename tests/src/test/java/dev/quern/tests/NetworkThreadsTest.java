package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.error.ShapeException;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Some steps of a network leave the same weights, whatever the number of threads. */
class NetworkThreadsTest {
  /** Multiply-adds of an image, up to which a network is in the short suite, too. */
  private static final long QUICK = 50_000_000;

  /** All but the largest, whose layers others have too. */
  static Stream<String> builtIn() {
    List<String> large = List.of("resnet34_imagenet", "resnet50_imagenet", "vgg16");
    return Networks.names().stream()
        .filter(name -> !large.contains(name))
        .filter(name -> Suite.FULL || reduced(name).multiplyAdds() < QUICK);
  }

  @ParameterizedTest
  @MethodSource("builtIn")
  void builtInNetworksTrainToTheSameBits(String name) {
    Network network = reduced(name);
    int alone = NetworkBits.after(network, 1);
    for (int threads : Suite.FULL ? new int[] {2, 5} : new int[] {3}) {
      assertThat(NetworkBits.after(network, threads)).as("%d threads", threads).isEqualTo(alone);
    }
  }

  private static Network reduced(String name) {
    for (int side : new int[] {16, 32}) {
      try {
        return Networks.byName(name, Shape.of(3, side, side), 10);
      } catch (ShapeException e) {
        // larger, then
      }
    }
    return Networks.byName(name, Shape.of(3, 224, 224), 10);
  }

  /** F2: an epoch's last batch is smaller than the one that the plan's memory was asked for. */
  @Test
  void smallerLastBatchRunsInThePlanOfOneThread() {
    int before = Engine.info().threads();
    Network network = Networks.byName("resnet20", Shape.of(3, 32, 32), 10);
    try {
      List<Double> alone = epoch(network, 1, 1);
      assertThat(epoch(network, 1, 4)).as("threads added after the plan was made").isEqualTo(alone);
      assertThat(epoch(network, 4, 1)).as("threads taken away").isEqualTo(alone);
    } finally {
      Engine.setThreads(before);
    }
  }

  /** The losses of 60 images by 9, the plan's threads being others than the steps'. */
  private static List<Double> epoch(Network network, int planned, int running) {
    Engine.setThreads(planned);
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer =
            Trainer.builder(network).batch(9).optimizer(new Sgd(0.01f, 0.9f)).build();
        Arena arena = new Arena()) {
      Engine.setThreads(running);
      for (int first = 0; first < 60; first += 9) {
        int images = Math.min(9, 60 - first);
        NdArray x = Values.floats(first).array(network.input().batch(images));
        losses.add(trainer.step(Values.tensor(arena, x), new int[images]));
      }
    }
    return losses;
  }

  /** On each instruction set; IsaTest knows which of them may refuse. */
  @ParameterizedTest
  @ValueSource(strings = {"baseline", "avx2", "avx512", "avx512_bf16", "amx", "neon"})
  void forcedInstructionSetsTrainToTheSameBits(String isa) throws Exception {
    ChildJvm.Result result = new ChildJvm().environment("QUERN_ISA", isa).run(NetworkBits.class);
    Assumptions.assumeTrue(result.status() != IsaMain.REFUSED, result.output());
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).startsWith("isa " + isa);
    List<String> lines = result.output().lines().filter(l -> l.startsWith("bits ")).toList();
    assertThat(lines).as(result.output()).hasSize(9);
    assertThat(lines.stream().distinct()).as(result.output()).hasSize(3);
  }
}
