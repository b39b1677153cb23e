package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.eager.Eager;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the operators that change shapes refuse, and how. */
class ShapesErrorsTest {
  private static final String CONV = "conv_transpose2d";
  private static final String ADAPTIVE = "adaptive_avg_pool2d";
  private static final String ZERO = "zero_pad2d";
  private static final String REFLECTION = "reflection_pad2d";
  private static final String MAX = "adaptive_max_pool2d";
  private static final String REPLICATION = "replication_pad2d";
  private static final String CIRCULAR = "circular_pad2d";
  private static final String BILINEAR = "upsample_bilinear2d";
  private static final String UPSAMPLE = "upsample_nearest2d";

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
  Stream<DynamicTest> convTranspose2dLayers() {
    ConvTranspose2d layer = new ConvTranspose2d(4, 3);
    ConvTranspose2d wide = layer.stride(new Size(2, 1)).dilation(new Size(1, 3));
    return tests(
        argument(CONV, () -> new ConvTranspose2d(0, 3), "out_channels", "0"),
        argument(CONV, () -> new ConvTranspose2d(4, 0), "kernel", "0x0"),
        argument(CONV, () -> new ConvTranspose2d(4, null), "kernel", "null"),
        argument(CONV, () -> layer.stride(0), "stride", "0x0"),
        argument(CONV, () -> layer.stride(null), "stride", "null"),
        argument(CONV, () -> layer.padding(-1), "padding", "-1x-1"),
        argument(CONV, () -> layer.outputPadding(-1), "output_padding", "-1x-1"),
        argument(CONV, () -> layer.outputPadding(null), "output_padding", "null"),
        argument(CONV, () -> layer.outputPadding(1), "output_padding 1x1", "stride 1x1"),
        argument(CONV, () -> wide.outputPadding(new Size(2, 0)), "output_padding 2x0"),
        argument(CONV, () -> wide.outputPadding(new Size(1, 3)), "output_padding 1x3"),
        argument(CONV, () -> layer.dilation(0), "dilation", "0x0"),
        argument(CONV, () -> layer.groups(0), "groups", "0"),
        argument(CONV, () -> layer.groups(3), "out_channels 4", "groups 3"));
  }

  @TestFactory
  Stream<DynamicTest> convTranspose2dCalls() {
    ConvTranspose2d layer = new ConvTranspose2d(4, 3);
    ConvTranspose2d grouped = new ConvTranspose2d(4, 3).groups(2);
    Tensor x = tensor(2, 3, 6, 6);
    Tensor w = tensor(3, 4, 3, 3);
    Tensor b = tensor(4);
    Tensor gy = tensor(2, 4, 8, 8);
    Shape in = x.shape();
    Shape huge = Shape.of(3, Integer.MAX_VALUE, 1);
    return tests(
        argument(CONV, () -> Eager.of(layer).forward(null, w, b), "input", "null"),
        argument(CONV, () -> Eager.of(layer).forward(x, null, b), "weight", "null"),
        argument(CONV, () -> Eager.of(layer).forward(x, w, null), "bias", "null"),
        argument(CONV, () -> Eager.of(layer.bias(false)).forward(x, w, b), "bias"),
        shape(CONV, () -> Eager.of(layer).forward(tensor(3, 6, 6), w, b), "input", "3x6x6"),
        shape(CONV, () -> Eager.of(layer).forward(x, tensor(4, 3, 3, 3), b), "4x3x3x3", "3x4x3x3"),
        shape(CONV, () -> Eager.of(layer).forward(x, w, tensor(3)), "bias", "3"),
        shape(CONV, () -> Eager.of(layer.padding(4)).forward(x, w, b), "output 0x0"),
        shape(CONV, () -> Eager.of(layer).forward(tensor(2, 3, 0, 6), w, b), "input 0x6"),
        shape(CONV, () -> layer.outputShape(huge), "output 2147483649x3"),
        shape(CONV, () -> layer.outputShape(Shape.of(1, 1L << 40, 1)), "input 1099511627776x1"),
        shape(CONV, () -> Eager.of(layer).forward(tensor(2, 0, 6, 6), w, b), "0 input channels"),
        shape(CONV, () -> Eager.of(grouped).forward(x, w, b), "3 input channels", "groups 2"),
        argument(CONV, () -> Eager.of(layer).backwardData(null, w, in), "grad_output", "null"),
        argument(CONV, () -> Eager.of(layer).backwardData(gy, null, in), "weight", "null"),
        argument(CONV, () -> Eager.of(layer).backwardData(gy, w, null), "input", "null"),
        shape(CONV, () -> Eager.of(layer).backwardData(x, w, in), "2x3x6x6", "2x4x8x8"),
        shape(CONV, () -> Eager.of(layer).backwardData(gy, gy, in), "weight", "2x4x8x8"),
        argument(CONV, () -> Eager.of(layer).backwardWeights(null, gy), "input", "null"),
        argument(CONV, () -> Eager.of(layer).backwardWeights(x, null), "grad_output", "null"),
        shape(CONV, () -> Eager.of(layer).backwardWeights(x, x), "2x3x6x6", "2x4x8x8"));
  }

  @TestFactory
  Stream<DynamicTest> resizing() {
    Tensor x = tensor(2, 3, 4, 5);
    Shape in = x.shape();
    Shape huge = Shape.of(1, Integer.MAX_VALUE, 1);
    AdaptiveAvgPool2d pool = new AdaptiveAvgPool2d(2);
    ZeroPad2d zero = new ZeroPad2d(1);
    ReflectionPad2d mirror = new ReflectionPad2d(1);
    UpsampleNearest2d twice = new UpsampleNearest2d(2);
    return tests(
        argument(ADAPTIVE, () -> new AdaptiveAvgPool2d(0), "output_size", "0x0"),
        argument(ADAPTIVE, () -> new AdaptiveAvgPool2d(null), "output_size", "null"),
        argument(ADAPTIVE, () -> Eager.of(pool).forward(null), "input", "null"),
        shape(ADAPTIVE, () -> Eager.of(pool).forward(tensor(3, 4, 5)), "3x4x5"),
        shape(ADAPTIVE, () -> Eager.of(pool).forward(tensor(1, 3, 0, 5)), "0x5"),
        argument(ADAPTIVE, () -> Eager.of(pool).backward(null, in), "grad_output", "null"),
        argument(ADAPTIVE, () -> Eager.of(pool).backward(x, null), "input", "null"),
        shape(ADAPTIVE, () -> Eager.of(pool).backward(x, in), "2x3x4x5", "2x3x2x2"),
        argument(ZERO, () -> new ZeroPad2d(-1), "left -1, right -1, top -1, bottom -1"),
        argument(ZERO, () -> new ZeroPad2d(0, -1, 0, 0), "right -1"),
        argument(ZERO, () -> Eager.of(zero).forward(null), "input", "null"),
        shape(ZERO, () -> Eager.of(zero).forward(tensor(3, 4, 5)), "3x4x5"),
        shape(ZERO, () -> zero.outputShape(huge), "output 2147483649x3"),
        shape(ZERO, () -> Eager.of(zero).backward(x, in), "2x3x4x5", "2x3x6x7"),
        argument(REFLECTION, () -> new ReflectionPad2d(0, 0, -2, 0), "top -2"),
        argument(REFLECTION, () -> Eager.of(mirror).forward(null), "input", "null"),
        shape(REFLECTION, () -> Eager.of(mirror).forward(tensor(1, 3, 1, 5)), "less", "1x5"),
        shape(
            REFLECTION,
            () -> Eager.of(new ReflectionPad2d(5, 0, 0, 0)).forward(x),
            "left 5",
            "4x5"),
        shape(
            REFLECTION,
            () -> Eager.of(new ReflectionPad2d(0, 0, 0, 4)).forward(x),
            "bottom 4",
            "4x5"),
        shape(REFLECTION, () -> Eager.of(mirror).backward(x, in), "2x3x4x5", "2x3x6x7"),
        argument(UPSAMPLE, () -> new UpsampleNearest2d(0), "scale_factor", "0x0"),
        argument(UPSAMPLE, () -> new UpsampleNearest2d(null), "scale_factor", "null"),
        argument(UPSAMPLE, () -> Eager.of(twice).forward(null), "input", "null"),
        shape(UPSAMPLE, () -> Eager.of(twice).forward(tensor(3, 4, 5)), "3x4x5"),
        shape(UPSAMPLE, () -> twice.outputShape(huge), "output 4294967294x2"),
        shape(UPSAMPLE, () -> Eager.of(twice).backward(x, in), "2x3x4x5", "2x3x8x10"));
  }

  @TestFactory
  Stream<DynamicTest> resizingOtherwise() {
    Tensor x = tensor(2, 3, 4, 5);
    Shape in = x.shape();
    Shape huge = Shape.of(1, Integer.MAX_VALUE, 1);
    AdaptiveMaxPool2d pool = new AdaptiveMaxPool2d(2);
    ReplicationPad2d edge = new ReplicationPad2d(1);
    CircularPad2d round = new CircularPad2d(1);
    UpsampleBilinear2d twice = new UpsampleBilinear2d(2);
    return tests(
        argument(MAX, () -> new AdaptiveMaxPool2d(0), "output_size", "0x0"),
        argument(MAX, () -> new AdaptiveMaxPool2d(null), "output_size", "null"),
        argument(MAX, () -> Eager.of(pool).forward(null), "input", "null"),
        shape(MAX, () -> Eager.of(pool).forward(tensor(3, 4, 5)), "3x4x5"),
        shape(MAX, () -> Eager.of(pool).forward(tensor(1, 3, 0, 5)), "0x5"),
        argument(MAX, () -> Eager.of(pool).backward(null, x), "input", "null"),
        argument(MAX, () -> Eager.of(pool).backward(x, null), "grad_output", "null"),
        shape(MAX, () -> Eager.of(pool).backward(x, x), "2x3x4x5", "2x3x2x2"),
        argument(REPLICATION, () -> new ReplicationPad2d(0, 0, -2, 0), "top -2"),
        argument(REPLICATION, () -> Eager.of(edge).forward(null), "input", "null"),
        shape(REPLICATION, () -> edge.outputShape(huge), "output 2147483649x3"),
        shape(REPLICATION, () -> Eager.of(edge).backward(x, in), "2x3x4x5", "2x3x6x7"),
        argument(CIRCULAR, () -> new CircularPad2d(0, 0, -2, 0), "top -2"),
        argument(CIRCULAR, () -> Eager.of(round).forward(null), "input", "null"),
        shape(
            CIRCULAR,
            () -> Eager.of(new CircularPad2d(6, 0, 0, 0)).forward(x),
            "at most",
            "left 6",
            "4x5"),
        shape(
            CIRCULAR, () -> Eager.of(new CircularPad2d(0, 0, 0, 5)).forward(x), "bottom 5", "4x5"),
        shape(CIRCULAR, () -> Eager.of(round).backward(x, in), "2x3x4x5", "2x3x6x7"),
        argument(BILINEAR, () -> new UpsampleBilinear2d(0), "scale_factor", "0x0"),
        argument(BILINEAR, () -> new UpsampleBilinear2d(null, true), "scale_factor", "null"),
        argument(BILINEAR, () -> Eager.of(twice).forward(null), "input", "null"),
        shape(BILINEAR, () -> Eager.of(twice).forward(tensor(3, 4, 5)), "3x4x5"),
        shape(BILINEAR, () -> twice.outputShape(huge), "output 4294967294x2"),
        shape(BILINEAR, () -> Eager.of(twice).backward(x, in), "2x3x4x5", "2x3x8x10"));
  }
}
