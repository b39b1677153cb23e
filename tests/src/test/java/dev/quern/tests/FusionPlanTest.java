package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Conv2dPass;
import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.network.Network;
import dev.quern.plan.Plan;
import dev.quern.reference.network.GradientCheck;
import dev.quern.reference.network.GradientReport;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans with fused chains agree with twins that compute layer by layer in double precision. */
class FusionPlanTest {
  /** Of sums of some hundred products, a few of them one behind the other. */
  private static final double TOLERANCE = 2e-5;

  private static final double GRADIENT_TOLERANCE = 1e-4;

  static Stream<Network> networks() {
    return Topology.all().stream().map(Topology::network);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void predictionsAgree(Network network) {
    predictionsAgree(new FusedRun(network, 1));
  }

  /** With each implementation that takes all of the network's convolutions, too. */
  static void predictionsAgree(FusedRun run) {
    FusedRun.Expected expected = run.expected();
    assertThat(run.predictions(expected)).isLessThan(TOLERANCE);
    for (String forced : Conv2dPass.implementations()) {
      if (run.accepts(forced)) {
        Passes.forcing(
            forced, () -> assertThat(run.predictions(expected)).as(forced).isLessThan(TOLERANCE));
      }
    }
  }

  @Test
  void everyImplementationTakesSomeOfThem() {
    List<FusedRun> runs = networks().map(n -> new FusedRun(n, 1)).toList();
    assertThat(Conv2dPass.implementations())
        .filteredOn(name -> !name.equals("amx") || Engine.info().isa().equals("amx"))
        .filteredOn(name -> !name.equals("bf16")) // Bf16TrainingTest's
        .filteredOn(name -> !name.startsWith("int8")) // QuantizedConv2dTest's
        .allSatisfy(name -> assertThat(runs).anyMatch(run -> run.accepts(name)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void trainingAgrees(Network network) {
    trainingStepsAgree(network);
  }

  /**
   * Single precision may take the other side of a ReLU's kink, but hardly in each of three draws.
   */
  static void trainingStepsAgree(Network network) {
    Network classifier = Topology.classifier(network);
    double best =
        Stream.of(1, 2, 3)
            .mapToDouble(seed -> new FusedRun(classifier, seed).training(5))
            .filter(distance -> distance < GRADIENT_TOLERANCE)
            .findFirst()
            .orElse(Double.POSITIVE_INFINITY);
    assertThat(best).isLessThan(GRADIENT_TOLERANCE);
  }

  /** In inference a branch of 40 channels takes no memory, unless somebody else reads it. */
  @Test
  void branchesAreWrittenWhereTheyAreJoined() {
    String joined = "rgb: a widest; b wide input; c cat a b; d few";
    int batch = 256;
    long channel = 4L * batch * 7 * 6;
    assertThat(bytes(Topology.network(joined + "; e few a; s add e d"), batch))
        .isGreaterThan(bytes(Topology.network(joined), batch) + 35 * channel);
  }

  private static long bytes(Network network, int batch) {
    try (Plan plan = Plan.layout(network, batch, false, Precision.DEFAULT)) {
      return plan.bytes();
    }
  }

  /** And the twins' gradients with finite differences. */
  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAgree(Network network) {
    GradientReport report =
        new GradientCheck().batch(3).entries(3).run(Topology.classifier(network));
    assertThat(report.passed()).as("%n%s", report).isTrue();
  }
}
