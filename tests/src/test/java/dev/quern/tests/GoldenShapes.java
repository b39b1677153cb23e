package dev.quern.tests;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.DeformConv2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.Map;

/** How recorded cases of operators that change shapes run through the public native operators. */
final class GoldenShapes {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "conv_transpose2d", GoldenShapes::convTranspose2d,
          "deform_conv2d", GoldenShapes::deformConv2d,
          "adaptive_avg_pool2d",
              (c, a, p) ->
                  Resizing.of(new AdaptiveAvgPool2d(c.size("output", null))).check(c, a, p),
          "zero_pad2d",
              (c, a, p) -> {
                int[] s = c.integers("left_right_top_bottom");
                Resizing.of(new ZeroPad2d(s[0], s[1], s[2], s[3])).check(c, a, p);
              },
          "reflect_pad2d",
              (c, a, p) -> {
                int[] s = c.integers("left_right_top_bottom");
                Resizing.of(new ReflectionPad2d(s[0], s[1], s[2], s[3])).check(c, a, p);
              },
          "upsample_nearest2d",
              (c, a, p) -> Resizing.of(new UpsampleNearest2d(c.size("scale", null))).check(c, a, p),
          "gather",
              (c, a, p) ->
                  Moving.of(new Gather(c.integer("axis", 0), c.integers("indices"))).check(c, a, p),
          "multiply", GoldenShapes::multiply);

  private GoldenShapes() {}

  private static void convTranspose2d(GoldenCase c, Arena a, Passes p) {
    Shape weight = c.shape("weight");
    ConvTranspose2d layer =
        new ConvTranspose2d(
            (int) c.shape("output").dim(1),
            new Size((int) weight.dim(2), (int) weight.dim(3)),
            c.size("stride", Size.of(1)),
            c.size("padding", Size.of(0)),
            c.size("output_padding", Size.of(0)),
            c.integer("groups", 1),
            c.has("bias"),
            c.size("dilation", Size.of(1)));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees(
        "output", p.run("conv2d", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("conv2d", () -> Eager.of(layer).backwardData(gy, w, x.shape())));
    GoldenRunners.gradients(c, p.run("conv2d", () -> Eager.of(layer).backwardWeights(x, gy)));
  }

  private static void multiply(GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor other = c.tensor(a, "other");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("multiply", () -> Eager.of(new Multiply()).forward(x, other)));
    BinaryGradients back = p.run("multiply", () -> Eager.of(new Multiply()).backward(x, other, gy));
    c.agrees("grad_input", back.input());
    c.agrees("grad_other", back.other());
  }

  private static void deformConv2d(GoldenCase c, Arena a, Passes p) {
    DeformConv2d layer =
        new DeformConv2d(
            c.integer("out_channels", 0),
            c.size("kernel", null),
            c.size("stride", Size.of(1)),
            c.size("padding", Size.of(0)),
            c.size("dilation", Size.of(1)),
            c.integer("groups", 1),
            c.integer("offset_groups", 1),
            c.has("bias"));
    Tensor x = c.tensor(a, "input");
    Tensor offset = c.tensor(a, "offset");
    Tensor mask = c.tensorOrNull(a, "mask");
    Tensor w = c.tensor(a, "weight");
    Tensor bias = c.tensorOrNull(a, "bias");
    Tensor gy = c.tensor(a, "grad_output");
    DeformConv2dPass pass = Eager.of(layer);
    c.agrees(
        "output", p.run("conv2d", "deform_conv2d", () -> pass.forward(x, offset, mask, w, bias)));
    DeformConv2dPass.Gradients g =
        p.run("deform_im2col", "deform_conv2d", () -> pass.backward(x, offset, mask, w, gy));
    c.agrees("grad_input", g.input());
    c.agrees("grad_offset", g.offset());
    if (mask != null) {
      c.agrees("grad_mask", g.mask());
    }
    GoldenRunners.gradients(c, new Gradients(g.weight(), g.bias()));
  }
}
