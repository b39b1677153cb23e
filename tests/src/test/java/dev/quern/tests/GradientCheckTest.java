package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.LayerType;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Torchvision;
import dev.quern.reference.network.GradientCheck;
import dev.quern.reference.network.GradientReport;
import dev.quern.tensor.Shape;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of every layer and of every built-in network: native, twin and finite differences. */
class GradientCheckTest {
  /** Of the central differences of one network. */
  private static final double MULTIPLY_ADDS = 1e9;

  /** Multiply-adds of a pass that is no matter. */
  private static final long QUICK = 10_000_000;

  static Stream<Network> layers() {
    return GradientNetworks.all().stream();
  }

  /**
   * Those of large images are of the same layers: on images small enough for finite differences,
   * their many normalizations of few values magnify rounding beyond any tolerance. A block stands
   * for resnet50, which takes longer than all others.
   */
  static Stream<String> builtIn() {
    return Networks.names().stream()
        .filter(name -> !Torchvision.names().contains(name) && !name.equals("resnet50"));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsOfALayerAgree(Network network) {
    if (Suite.FULL) {
      check(new GradientCheck(), network);
    }
    check(new GradientCheck().seed(2).batch(3), network);
  }

  private static void check(GradientCheck check, Network network) {
    GradientReport report = check.run(network);
    assertThat(report.passed()).as("%n%s", report).isTrue();
    assertThat(report.tensors())
        .as("gradients that are not all zero %n%s", report)
        .allMatch(t -> t.scale() > 0);
  }

  /** A layer that is listed has to be in a network, too. */
  @Test
  void everyLayerIsInTheTable() {
    Set<Class<?>> checked =
        layers()
            .flatMap(n -> n.nodes().stream())
            .map(node -> node.layer().getClass())
            .collect(Collectors.toSet());
    checked.addAll(GradientNetworks.STEPS);
    assertThat(checked)
        .containsAll(LayerTypes.all().stream().<Class<?>>map(LayerType::layer).toList());
  }

  /** On small images, and at few entries where a pass is long, so that all take half a minute. */
  @Tag("full")
  @ParameterizedTest
  @MethodSource("builtIn")
  void gradientsOfABuiltInNetworkAgree(String name) {
    Network network = smallest(name);
    GradientCheck check = new GradientCheck();
    double passes = check.batch() * (double) network.parameters().size();
    int entries = (int) (MULTIPLY_ADDS / (passes * network.multiplyAdds()));
    check(check.entries(Math.max(1, Math.min(entries, check.entries()))), network);
  }

  /** At 32x32 where that is quick, else on the smallest images that it makes sense on. */
  private static Network smallest(String name) {
    Network network = Networks.byName(name, Shape.of(3, 32, 32), 10);
    for (int size = 4; size < 64 && network.multiplyAdds() > QUICK; size++) {
      try {
        Network small = Networks.byName(name, Shape.of(3, size, size), 10);
        if (isNormalised(small)) {
          return small;
        }
      } catch (ShapeException e) {
        // too small for some layer
      }
    }
    return network;
  }

  /**
   * Whether batch normalization has several values to normalize: of two it makes 1 and -1, whatever
   * they are, and no gradient is left.
   */
  private static boolean isNormalised(Network network) {
    Map<String, Shape> shapes = network.shapes();
    return network.nodes().stream()
        .filter(node -> node.layer() instanceof BatchNorm2d)
        .map(node -> shapes.get(node.name()))
        .allMatch(shape -> shape.dim(1) * shape.dim(2) >= 4);
  }
}
