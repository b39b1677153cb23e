package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.eager.Eager;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Softplus;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the activations and log_softmax refuse, and how. */
class ActivationErrorsTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  @TestFactory
  Stream<DynamicTest> layers() {
    return Stream.of(
            argument("leaky_relu", () -> new LeakyRelu(NAN), "negative_slope", "NaN"),
            argument("leaky_relu", () -> new LeakyRelu(INF), "negative_slope", "Infinity"),
            argument("elu", () -> new Elu(NAN), "alpha", "NaN"),
            argument("elu", () -> new Elu(-INF), "alpha", "-Infinity"),
            argument("gelu", () -> new Gelu(null), "approximate", "null"),
            argument("softplus", () -> new Softplus(0, 20), "beta", "0.0"),
            argument("softplus", () -> new Softplus(-1, 20), "beta", "-1.0"),
            argument("softplus", () -> new Softplus(NAN, 20), "beta", "NaN"),
            argument("softplus", () -> new Softplus(INF, 20), "beta", "Infinity"),
            argument("softplus", () -> new Softplus(Float.MIN_VALUE, 20), "beta", "1.4E-45"),
            argument("softplus", () -> new Softplus(1, NAN), "threshold", "NaN"),
            argument("softplus", () -> new Softplus(1, INF), "threshold", "Infinity"),
            argument("affine", () -> new Affine(NAN, 0), "scale", "NaN"),
            argument("affine", () -> new Affine(1, INF), "shift", "Infinity"),
            argument("celu", () -> new Celu(0), "alpha", "0.0"),
            argument("celu", () -> new Celu(-1), "alpha", "-1.0"),
            argument("celu", () -> new Celu(NAN), "alpha", "NaN"),
            argument("clamp", () -> new Clamp(NAN, 1), "min", "NaN"),
            argument("clamp", () -> new Clamp(0, NAN), "max", "NaN"),
            argument("clamp", () -> new Clamp(INF, 1), "min", "Infinity"),
            argument("clamp", () -> new Clamp(0, -INF), "max", "-Infinity"),
            argument("power", () -> new Power(NAN), "exponent", "NaN"),
            argument("power", () -> new Power(-INF), "exponent", "-Infinity"),
            argument("fake_quantize", () -> new FakeQuantize(0, 0, 0, 255), "scale", "0.0"),
            argument("fake_quantize", () -> new FakeQuantize(NAN, 0, 0, 255), "scale", "NaN"),
            argument("fake_quantize", () -> new FakeQuantize(1, -1, 0, 255), "zero_point", "-1"),
            argument("fake_quantize", () -> new FakeQuantize(1, 9, 0, 8), "quant_max", "8"))
        .map(Refusal::test);
  }

  @TestFactory
  Stream<DynamicTest> tensors() {
    Tensor x = tensor(2, 3, 4, 4);
    Tensor gy = tensor(2, 48);
    return ActivationTest.layers().stream()
        .flatMap(
            (Activation layer) ->
                Stream.of(
                    argument(layer.type(), () -> Eager.of(layer).forward(null), "input", "null"),
                    argument(
                        layer.type(), () -> Eager.of(layer).backward(null, x), "input", "null"),
                    argument(
                        layer.type(),
                        () -> Eager.of(layer).backward(x, null),
                        "grad_output",
                        "null"),
                    shape(layer.type(), () -> Eager.of(layer).backward(x, gy), "2x48", "2x3x4x4")))
        .map(Refusal::test);
  }

  @TestFactory
  Stream<DynamicTest> logSoftmax() {
    LogSoftmax log = new LogSoftmax();
    Tensor x = tensor(2, 3, 4, 4);
    Tensor gy = tensor(2, 48);
    return Stream.of(
            argument("log_softmax", () -> Eager.of(log).forward(null), "input", "null"),
            shape("log_softmax", () -> Eager.of(log).forward(tensor(7)), "input", "7"),
            shape("log_softmax", () -> Eager.of(log).forward(tensor(2, 3, 4)), "3x4"),
            shape("log_softmax", () -> Eager.of(log).forward(tensor(2, 0)), "input", "0"),
            argument("log_softmax", () -> Eager.of(log).backward(null, gy), "null"),
            argument("log_softmax", () -> Eager.of(log).backward(gy, null), "grad_output", "null"),
            shape("log_softmax", () -> Eager.of(log).backward(gy, x), "2x3x4x4", "2x48"))
        .map(Refusal::test);
  }
}
