package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Wrong layers, shapes, nulls and biases: what each public operator refuses, and how. */
class ErrorsTest {
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private static Stream<DynamicTest> tests(Refusal... refusals) {
    return Stream.of(refusals).map(Refusal::test);
  }

  @TestFactory
  Stream<DynamicTest> conv2dLayers() {
    Size three = Size.of(3);
    return tests(
        argument("conv2d", () -> new Conv2d(0, 3), "out_channels", "0"),
        argument("conv2d", () -> new Conv2d(-4, 3), "out_channels", "-4"),
        argument("conv2d", () -> new Conv2d(4, 0), "kernel", "0x0"),
        argument("conv2d", () -> new Conv2d(4, new Size(3, -1)), "kernel", "3x-1"),
        argument("conv2d", () -> new Conv2d(4, null), "kernel", "null"),
        argument("conv2d", () -> new Conv2d(4, 3).stride(0), "stride", "0x0"),
        argument("conv2d", () -> new Conv2d(4, 3).stride(new Size(1, -2)), "stride", "1x-2"),
        argument("conv2d", () -> new Conv2d(4, 3).stride(null), "stride", "null"),
        argument("conv2d", () -> new Conv2d(4, 3).padding(-1), "padding", "-1x-1"),
        argument("conv2d", () -> new Conv2d(4, 3).padding((Size) null), "padding", "null"),
        argument("conv2d", () -> new Conv2d(4, 3).padding((String) null), "padding null", "same"),
        argument("conv2d", () -> new Conv2d(4, 3).padding("full"), "full", "\"valid\""),
        argument("conv2d", () -> new Conv2d(4, 3).padding("same").stride(2), "same", "stride 2x2"),
        argument("conv2d", () -> new Conv2d(4, 3).stride(2).padding("same"), "same", "stride 2x2"),
        argument("conv2d", () -> new Conv2d(4, 1 << 20).padding("same").dilation(1 << 20), "over"),
        argument("conv2d", () -> new Conv2d(4, 3).padding(0, 1, -2, 0), "top -2"),
        argument("conv2d", () -> padded(1, new Sides(0, 1, 0, 0), false), "padding", "1x1"),
        argument("conv2d", () -> padded(0, new Sides(0, 1, 0, 0), true), "padding", "same"),
        argument("conv2d", () -> padded(1, null, true), "padding", "1x1"),
        argument("conv2d", () -> new Conv2d(4, 3).dilation(0), "dilation", "0x0"),
        argument("conv2d", () -> new Conv2d(4, 3).dilation(null), "dilation", "null"),
        argument("conv2d", () -> new Conv2d(4, 3).groups(0), "groups", "0"),
        argument("conv2d", () -> new Conv2d(4, three).groups(3), "out_channels 4", "groups 3"),
        argument("conv2d", () -> Conv2dPass.force("magic"), "magic", "im2col"),
        argument("conv2d", () -> Conv2dPass.force(null), "null"),
        argument("conv2d", () -> Conv2dPass.force(""), "implementation"),
        argument(
            "conv2d",
            () -> Eager.of(new Conv2d(4, 3)).accepts("magic", Shape.of(1, 3, 8, 8)),
            "magic"));
  }

  private static Conv2d padded(int padding, Sides sides, boolean same) {
    Size one = Size.of(1);
    return new Conv2d(4, Size.of(3), one, Size.of(padding), one, 1, true, sides, same);
  }

  @TestFactory
  Stream<DynamicTest> conv2dForward() {
    Conv2d layer = new Conv2d(4, 3);
    Conv2d grouped = new Conv2d(4, 3).groups(2);
    Tensor x = tensor(2, 3, 8, 8);
    Tensor w = tensor(4, 3, 3, 3);
    Tensor b = tensor(4);
    return tests(
        argument("conv2d", () -> Eager.of(layer).forward(null, w, b), "input", "null"),
        argument("conv2d", () -> Eager.of(layer).forward(x, null, b), "weight", "null"),
        argument("conv2d", () -> Eager.of(layer).forward(x, w, null), "bias", "null"),
        argument("conv2d", () -> Eager.of(layer.bias(false)).forward(x, w, b), "bias"),
        shape("conv2d", () -> Eager.of(layer).forward(tensor(3, 8, 8), w, b), "input", "3x8x8"),
        shape("conv2d", () -> Eager.of(layer).forward(tensor(2, 3, 8, 8, 1), w, b), "2x3x8x8x1"),
        shape(
            "conv2d",
            () -> Eager.of(layer).forward(x, tensor(4, 3, 3, 2), b),
            "4x3x3x2",
            "4x3x3x3"),
        shape("conv2d", () -> Eager.of(layer).forward(x, tensor(4, 27), b), "weight", "4x27"),
        shape("conv2d", () -> Eager.of(layer).forward(x, w, tensor(3)), "bias", "3"),
        shape("conv2d", () -> Eager.of(layer).forward(x, w, tensor(1, 4)), "bias", "1x4"),
        shape("conv2d", () -> Eager.of(layer).forward(tensor(2, 3, 2, 8), w, b), "3x3", "2x8"),
        shape("conv2d", () -> Eager.of(layer.dilation(4)).forward(x, w, b), "3x3", "4x4", "8x8"),
        shape("conv2d", () -> Eager.of(layer).forward(tensor(2, 3, 0, 8), w, b), "0x8"),
        shape(
            "conv2d", () -> Eager.of(layer).forward(tensor(2, 0, 8, 8), w, b), "0 input channels"),
        shape("conv2d", () -> Eager.of(grouped).forward(x, w, b), "3 input channels", "groups 2"),
        shape(
            "conv2d",
            () -> Eager.of(grouped).forward(tensor(2, 4, 8, 8), w, b),
            "4x3x3x3",
            "4x2x3x3"));
  }

  @TestFactory
  Stream<DynamicTest> conv2dBackward() {
    Conv2d layer = new Conv2d(4, 3);
    Tensor x = tensor(2, 3, 8, 8);
    Tensor w = tensor(4, 3, 3, 3);
    Tensor gy = tensor(2, 4, 6, 6);
    Shape in = x.shape();
    return tests(
        argument("conv2d", () -> Eager.of(layer).backwardData(null, w, in), "grad_output", "null"),
        argument("conv2d", () -> Eager.of(layer).backwardData(gy, null, in), "weight", "null"),
        argument("conv2d", () -> Eager.of(layer).backwardData(gy, w, null), "input", "null"),
        shape("conv2d", () -> Eager.of(layer).backwardData(x, w, in), "2x3x8x8", "2x4x6x6"),
        shape("conv2d", () -> Eager.of(layer).backwardData(gy, gy, in), "weight", "2x4x6x6"),
        shape("conv2d", () -> Eager.of(layer).backwardData(gy, w, Shape.of(2, 3, 8, 9)), "2x4x6x7"),
        shape("conv2d", () -> Eager.of(layer).backwardData(gy, w, Shape.of(3, 8, 8)), "3x8x8"),
        argument("conv2d", () -> Eager.of(layer).backwardWeights(null, gy), "input", "null"),
        argument("conv2d", () -> Eager.of(layer).backwardWeights(x, null), "grad_output", "null"),
        shape("conv2d", () -> Eager.of(layer).backwardWeights(x, x), "2x3x8x8", "2x4x6x6"),
        shape("conv2d", () -> Eager.of(layer).backwardWeights(gy, tensor(1, 4, 4, 4)), "1x4x4x4"),
        shape("conv2d", () -> Eager.of(layer).backwardWeights(tensor(3), gy), "input", "3"),
        argument("conv2d", () -> Eager.of(layer).accepts("im2col", null), "input", "null"));
  }

  @TestFactory
  Stream<DynamicTest> maxPool2d() {
    MaxPool2d layer = new MaxPool2d(3);
    Tensor x = tensor(2, 3, 8, 8);
    Tensor gy = tensor(2, 3, 2, 2);
    return tests(
        argument("max_pool2d", () -> new MaxPool2d(0), "kernel", "0x0"),
        argument("max_pool2d", () -> new MaxPool2d((Size) null), "kernel", "null"),
        argument("max_pool2d", () -> layer.stride(0), "stride", "0x0"),
        argument("max_pool2d", () -> layer.padding(-1), "padding", "-1x-1"),
        argument("max_pool2d", () -> layer.padding(new Size(1, 3)), "1x3", "extent 3x3"),
        argument("max_pool2d", () -> layer.padding(0, 0, 0, 3), "bottom 3", "extent 3x3"),
        argument("max_pool2d", () -> layer.padding(0, -1, 0, 0), "right -1"),
        argument("max_pool2d", () -> layer.padding(5).dilation(2), "5x5", "extent 3x3"),
        argument("max_pool2d", () -> padded(1, new Sides(0, 1, 0, 0)), "padding", "1x1"),
        argument("max_pool2d", () -> layer.padding((Size) null), "padding", "null"),
        argument("max_pool2d", () -> layer.dilation(new Size(0, 1)), "dilation", "0x1"),
        argument("max_pool2d", () -> Eager.of(layer).forward(null), "input", "null"),
        shape("max_pool2d", () -> Eager.of(layer).forward(tensor(3, 8, 8)), "input", "3x8x8"),
        shape("max_pool2d", () -> Eager.of(layer).forward(tensor(2, 3, 2, 8)), "3x3", "2x8"),
        shape("max_pool2d", () -> Eager.of(layer.dilation(4)).forward(x), "dilation 4x4", "8x8"),
        argument("max_pool2d", () -> Eager.of(layer).backward(null, gy), "input", "null"),
        argument("max_pool2d", () -> Eager.of(layer).backward(x, null), "grad_output", "null"),
        shape("max_pool2d", () -> Eager.of(layer).backward(x, x), "2x3x8x8", "2x3x2x2"));
  }

  private static MaxPool2d padded(int padding, Sides sides) {
    Size one = Size.of(1);
    return new MaxPool2d(Size.of(3), one, Size.of(padding), one, false, sides);
  }

  @TestFactory
  Stream<DynamicTest> avgPool2d() {
    AvgPool2d layer = new AvgPool2d(3);
    Shape in = Shape.of(2, 3, 8, 8);
    Tensor x = arena.tensor(in);
    Tensor gy = tensor(2, 3, 2, 2);
    return tests(
        argument("avg_pool2d", () -> new AvgPool2d(-1), "kernel", "-1x-1"),
        argument("avg_pool2d", () -> new AvgPool2d((Size) null), "kernel", "null"),
        argument("avg_pool2d", () -> layer.stride(new Size(2, 0)), "stride", "2x0"),
        argument("avg_pool2d", () -> layer.padding(3), "3x3", "must be less", "extent 3x3"),
        argument("avg_pool2d", () -> layer.padding(3, 0, 0, 0), "left 3", "extent 3x3"),
        argument("avg_pool2d", () -> layer.padding(0, 0, -1, 0), "top -1"),
        argument("avg_pool2d", () -> layer.dilation(0), "dilation", "0x0"),
        argument("avg_pool2d", () -> layer.dilation((Size) null), "dilation", "null"),
        shape("avg_pool2d", () -> Eager.of(layer.dilation(4)).forward(x), "dilation 4x4", "8x8"),
        argument("avg_pool2d", () -> Eager.of(layer).forward(null), "input", "null"),
        shape("avg_pool2d", () -> Eager.of(layer).forward(tensor(2, 3)), "input", "2x3"),
        shape("avg_pool2d", () -> Eager.of(layer).forward(tensor(2, 3, 8, 1)), "3x3", "8x1"),
        argument("avg_pool2d", () -> Eager.of(layer).backward(null, in), "grad_output", "null"),
        argument("avg_pool2d", () -> Eager.of(layer).backward(gy, null), "input", "null"),
        shape("avg_pool2d", () -> Eager.of(layer).backward(x, in), "2x3x8x8", "2x3x2x2"));
  }

  @TestFactory
  Stream<DynamicTest> linear() {
    Linear layer = new Linear(4);
    Tensor x = tensor(2, 5);
    Tensor w = tensor(4, 5);
    Tensor b = tensor(4);
    Tensor gy = tensor(2, 4);
    return tests(
        argument("linear", () -> new Linear(0), "out_features", "0"),
        argument("linear", () -> new Linear(-1, false), "out_features", "-1"),
        argument("linear", () -> Eager.of(layer).forward(null, w, b), "input", "null"),
        argument("linear", () -> Eager.of(layer).forward(x, null, b), "weight", "null"),
        argument("linear", () -> Eager.of(layer).forward(x, w, null), "bias", "null"),
        argument("linear", () -> Eager.of(new Linear(4, false)).forward(x, w, b), "bias"),
        shape("linear", () -> Eager.of(layer).forward(tensor(2, 5, 1), w, b), "weight 4x5", "4x1"),
        shape("linear", () -> Eager.of(layer).forward(tensor(5), w, b), "input", "5"),
        shape("linear", () -> Eager.of(layer).forward(x, tensor(5, 4), b), "5x4", "4x5"),
        shape("linear", () -> Eager.of(layer).forward(x, w, tensor(5)), "bias", "5"),
        argument("linear", () -> Eager.of(layer).backwardData(null, w), "grad_output", "null"),
        argument("linear", () -> Eager.of(layer).backwardData(gy, null), "weight", "null"),
        shape("linear", () -> Eager.of(layer).backwardData(x, w), "2x5", "2x4"),
        shape("linear", () -> Eager.of(layer).backwardData(gy, tensor(3, 5)), "3x5", "4x5"),
        argument("linear", () -> Eager.of(layer).backwardWeights(null, gy), "input", "null"),
        argument("linear", () -> Eager.of(layer).backwardWeights(x, null), "grad_output", "null"),
        shape("linear", () -> Eager.of(layer).backwardWeights(x, tensor(3, 4)), "3x4", "2x4"));
  }

  /** A row of no features has no product. */
  @TestFactory
  Stream<DynamicTest> linearWithoutFeatures() {
    Linear layer = new Linear(4, false);
    Tensor x = tensor(2, 0);
    Tensor w = tensor(4, 0);
    return tests(
        shape("linear", () -> Eager.of(layer).forward(x, w, null), "input 0", "at least 1"),
        argument("linear", () -> Eager.of(layer).backwardData(tensor(2, 4), w), "in_features", "0"),
        shape(
            "linear",
            () -> Eager.of(layer).backwardWeights(x, tensor(2, 4)),
            "input 0",
            "at least 1"));
  }

  @TestFactory
  Stream<DynamicTest> reluFlattenSoftmax() {
    Tensor x = tensor(2, 3, 4, 4);
    Tensor gy = tensor(2, 48);
    Relu relu = new Relu();
    Flatten flatten = new Flatten();
    Softmax softmax = new Softmax();
    return tests(
        argument("relu", () -> Eager.of(relu).forward(null), "input", "null"),
        argument("relu", () -> Eager.of(relu).backward(null, x), "input", "null"),
        argument("relu", () -> Eager.of(relu).backward(x, null), "grad_output", "null"),
        shape("relu", () -> Eager.of(relu).backward(x, gy), "2x48", "2x3x4x4"),
        argument("flatten", () -> Eager.of(flatten).forward(null), "input", "null"),
        shape("flatten", () -> Eager.of(flatten).forward(tensor(7)), "input", "7"),
        argument(
            "flatten", () -> Eager.of(flatten).backward(null, x.shape()), "grad_output", "null"),
        argument("flatten", () -> Eager.of(flatten).backward(gy, null), "input", "null"),
        shape("flatten", () -> Eager.of(flatten).backward(x, x.shape()), "2x3x4x4", "2x48"),
        argument("shape", () -> Eager.of(flatten).backward(gy, Shape.of()), "scalar"),
        argument("softmax", () -> Eager.of(softmax).forward(null), "input", "null"),
        shape("softmax", () -> Eager.of(softmax).forward(tensor(7)), "input", "7"),
        shape("softmax", () -> Eager.of(softmax).forward(tensor(2, 3, 4)), "3x4"),
        shape("softmax", () -> Eager.of(softmax).forward(tensor(2, 0)), "input", "0"),
        argument("softmax", () -> Eager.of(softmax).backward(null, gy), "null"),
        argument("softmax", () -> Eager.of(softmax).backward(gy, null), "grad_output", "null"),
        shape("softmax", () -> Eager.of(softmax).backward(gy, x), "2x3x4x4", "2x48"));
  }
}
