package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Runs recorded cases on the instruction set that QUERN_ISA names, in a JVM of its own. */
final class IsaMain {
  /** The exit status where Quern refuses to start. */
  static final int REFUSED = 3;

  /** Cases of {@link #OPERATORS}; in the short suite one of each, as native tests run all. */
  static final int CASES = Suite.FULL ? 88 : 10;

  private static final Set<String> OPERATORS =
      Set.of(
          "conv2d",
          "max_pool2d",
          "avg_pool2d",
          "linear",
          "softmax",
          "cross_entropy",
          "cross_entropy_soft",
          "bce_with_logits",
          "mse",
          "huber");

  private IsaMain() {}

  public static void main(String[] args) {
    try {
      Engine.Info info = Engine.info();
      int cases = runCases(":" + info.isa());
      System.out.println(
          "isa " + info.isa() + ", core " + info.openblasCore() + ", cases " + cases);
      System.out.println("dropout " + dropoutBits());
      System.out.println("int8 " + int8Bits());
      System.out.println("reason " + info.isaReason());
    } catch (QuernException e) {
      System.out.println(e.getClass().getName() + ": " + e.getMessage());
      System.exit(REFUSED);
    }
  }

  /** The same on every instruction set: nothing in it is rounded twice. */
  static int dropoutBits() {
    Values v = Values.floats(1);
    try (Arena a = new Arena()) {
      Tensor x = Values.tensor(a, v.array(5, 33, 13, 11));
      Tensor y = Eager.of(new Dropout(0.3f)).forward(x, 12, 34);
      return Arrays.hashCode(Eager.of(new Dropout2d(0.1f)).forward(y, 56, 78).toArray());
    }
  }

  /** The same on every instruction set: whole numbers, and floats of which each is rounded once. */
  static int int8Bits() {
    Network network =
        Network.builder("int8", Shape.of(16, 9, 11))
            .add("q1", new FakeQuantize(0.01f, 99, 0, 255))
            .add("dense", new QuantizedConv2d(new Conv2d(48, 3).padding(1)))
            .add("relu", new Relu())
            .add("q2", new FakeQuantize(0.02f, 0, 0, 255))
            .add("depthwise", new QuantizedConv2d(new Conv2d(48, 5).groups(48).padding(2)))
            .add("q3", new FakeQuantize(0.01f, 120, 0, 255))
            .add("hardswish", new Hardswish())
            .add("q4", new FakeQuantize(0.007f, 50, 0, 255))
            .add("pool", new AvgPool2d(3).stride(1).padding(1))
            .add("q5", new FakeQuantize(0.003f, 60, 0, 255))
            .add("sum", new Add(), "q4", "q5")
            .add("q6", new FakeQuantize(0.009f, 70, 0, 255))
            .add("squeeze", new AdaptiveAvgPool2d(1))
            .add("q7", new FakeQuantize(0.002f, 80, 0, 255))
            .add("gate", new Multiply(), "q6", "q7")
            .add("q8", new FakeQuantize(0.001f, 90, 0, 255))
            .add("last", new AdaptiveAvgPool2d(new Size(4, 3)))
            .build();
    NdArray x = Values.floats(4).array(Shape.of(3, 16, 9, 11));
    try (Model model = Model.of(ModelData.untrained(network, 1));
        Arena a = new Arena()) {
      return Arrays.hashCode(model.predict(Values.tensor(a, x)).toArray());
    }
  }

  private static int runCases(String suffix) {
    GoldenFile file = GoldenFile.read(GoldenFile.bundled("torch-ops.safetensors"));
    int cases = 0;
    Set<String> ran = new HashSet<>();
    for (GoldenCase c : GoldenCase.of(file.content(), false)) {
      if (OPERATORS.contains(c.operator()) && (ran.add(c.operator()) || Suite.FULL)) {
        Passes passes = new Passes();
        GoldenRunners.run(c, passes);
        passes.assertNoneIsReference();
        if (passes.names().isEmpty()
            || !passes.names().stream().allMatch(n -> n.endsWith(suffix))) {
          throw new AssertionError(c + " ran " + passes.names());
        }
        cases++;
      }
    }
    return cases;
  }
}
