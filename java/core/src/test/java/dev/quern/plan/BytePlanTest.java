package dev.quern.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.plan.build.Builder;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which operations an inference plan of a quantized network has. */
class BytePlanTest {
  private static List<String> ops(Network network) {
    List<OffHeap> blocks = new ArrayList<>();
    try {
      return new Builder(network, null, Conv2dPrecision.DEFAULT, 2, false, 1, Set.of(), blocks)
          .ops.stream().map(op -> op.getClass().getSimpleName()).toList();
    } finally {
      blocks.forEach(OffHeap::close);
    }
  }

  private static FakeQuantize bytes(float scale, int zero) {
    return new FakeQuantize(scale, zero, 0, 255);
  }

  private static NetworkBuilder builder() {
    return Network.builder("n", Shape.of(3, 16, 12))
        .add("q0", bytes(0.011f, 113))
        .add("stem", new QuantizedConv2d(new Conv2d(24, 3).stride(2).padding(1)))
        .add("q1", bytes(0.012f, 80));
  }

  /** A gate, a residual sum, both pools, a function of each element. */
  @Test
  void noFloatsAreBetween() {
    Network gated =
        builder()
            .add("swish", new Hardswish())
            .add("q2", bytes(0.01f, 40))
            .add("pool", new AdaptiveAvgPool2d(1))
            .add("q3", bytes(0.004f, 90))
            .add("squeeze", new QuantizedConv2d(new Conv2d(8, 1)))
            .add("relu", new Relu())
            .add("q4", bytes(0.004f, 0))
            .add("excite", new QuantizedConv2d(new Conv2d(24, 1)))
            .add("q5", bytes(0.01f, 128))
            .add("sigmoid", new Sigmoid())
            .add("q6", bytes(1 / 255f, 0))
            .add("gate", new Multiply(), "q2", "q6")
            .add("q7", bytes(0.008f, 50))
            .add("max", new MaxPool2d(2))
            .add("up", new UpsampleNearest2d(2))
            .add("sum", new Add(), "up", "q7")
            .add("relu2", new Relu())
            .add("q8", bytes(0.015f, 0))
            .add("avg", new AvgPool2d(2))
            .add("flat", new Flatten())
            .build();
    assertThat(ops(gated))
        .containsExactly(
            "QuantizeOp",
            "QuantizedConv2dOp",
            "LookupOp",
            "MeanOp",
            "QuantizedConv2dOp",
            "QuantizedConv2dOp",
            "LookupOp",
            "PairBytesOp",
            "MaxPool2dOp",
            "Resize2dOp",
            "PairBytesOp",
            "MeanOp",
            "LayoutOp");
  }

  /** In bytes that stand for nothing below 0 it does nothing. */
  @Test
  void reluOfWhatIsNotBelowZero() {
    Network pooled =
        builder()
            .add("max", new MaxPool2d(2))
            .add("relu", new Relu())
            .add("q2", bytes(0.012f, 80))
            .add("last", new QuantizedConv2d(new Conv2d(2, 1)))
            .build();
    assertThat(ops(pooled)).contains("LookupOp");
    Network above =
        Network.builder("n", Shape.of(3, 8, 8))
            .add("q0", bytes(0.011f, 0))
            .add("max", new MaxPool2d(2))
            .add("relu", new Relu())
            .add("q2", bytes(0.011f, 0))
            .add("last", new QuantizedConv2d(new Conv2d(2, 1)))
            .build();
    assertThat(ops(above))
        .containsExactly("QuantizeOp", "MaxPool2dOp", "QuantizedConv2dOp", "LayoutOp");
  }

  /** A chain without rounding, or of floats, runs layer by layer. */
  @Test
  void floatsStayFloats() {
    Network floats =
        Network.builder("n", Shape.of(3, 8, 8))
            .add("conv", new Conv2d(4, 1))
            .add("sum", new Add(), "conv", "conv")
            .add("relu", new Relu())
            .add("q", bytes(0.02f, 0))
            .build();
    assertThat(ops(floats))
        .containsExactly("Conv2dOp", "AddOp", "ReluOp", "ActivationOp", "LayoutOp");
    Network mixed =
        builder()
            .add("softplus", new Softplus())
            .add("sum", new Add(), "softplus", "q1")
            .add("q2", bytes(0.02f, 9))
            .add("last", new QuantizedConv2d(new Conv2d(2, 1)))
            .build();
    assertThat(ops(mixed)).contains("AddOp").doesNotContain("PairBytesOp");
  }
}
