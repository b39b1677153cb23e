package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.Layer1d;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Map;

/**
 * How recorded cases of layers of signals run: through the native operator of the two-dimensional
 * layer, on images of height 1.
 */
final class GoldenSignals {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "conv1d", GoldenSignals::conv1d,
          "conv_transpose1d", GoldenSignals::convTranspose1d,
          "max_pool1d", GoldenSignals::maxPool1d,
          "avg_pool1d", GoldenSignals::avgPool1d,
          "adaptive_avg_pool1d", GoldenSignals::adaptiveAvgPool1d,
          "batch_norm1d", GoldenSignals::batchNorm1d);

  private GoldenSignals() {}

  /** A recorded tensor of signals as images. */
  private static Tensor images(GoldenCase c, Arena a, String tensor, Layer1d layer) {
    Shape s = c.shape(tensor);
    return c.tensor(a, tensor, layer.image(s.sample()).batch(s.dim(0)));
  }

  private static Tensor weight(GoldenCase c, Arena a) {
    Shape s = c.shape("weight");
    return c.tensor(a, "weight", Shape.of(s.dim(0), s.dim(1), 1, s.dim(2)));
  }

  private static void conv1d(GoldenCase c, Arena a, Passes p) {
    Shape weight = c.shape("weight");
    Conv1d layer =
        new Conv1d((int) weight.dim(0), (int) weight.dim(2))
            .stride(c.integer("stride", 1))
            .padding(c.integer("padding", 0))
            .dilation(c.integer("dilation", 1))
            .groups(c.integer("groups", 1))
            .bias(c.flag("bias", true));
    Conv2d conv = layer.as2d();
    Tensor x = images(c, a, "input", layer);
    Tensor w = weight(c, a);
    Tensor gy = images(c, a, "grad_output", layer);
    c.agrees(
        "output", p.run("conv2d", () -> Eager.of(conv).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("conv2d", () -> Eager.of(conv).backwardData(gy, w, x.shape())));
    GoldenRunners.gradients(c, p.run("conv2d", () -> Eager.of(conv).backwardWeights(x, gy)));
  }

  private static void convTranspose1d(GoldenCase c, Arena a, Passes p) {
    ConvTranspose1d layer =
        new ConvTranspose1d((int) c.shape("output").dim(1), (int) c.shape("weight").dim(2))
            .stride(c.integer("stride", 1))
            .padding(c.integer("padding", 0))
            .dilation(c.integer("dilation", 1))
            .outputPadding(c.integer("output_padding", 0))
            .groups(c.integer("groups", 1))
            .bias(c.flag("bias", true));
    ConvTranspose2d conv = layer.as2d();
    Tensor x = images(c, a, "input", layer);
    Tensor w = weight(c, a);
    Tensor gy = images(c, a, "grad_output", layer);
    c.agrees(
        "output", p.run("conv2d", () -> Eager.of(conv).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("conv2d", () -> Eager.of(conv).backwardData(gy, w, x.shape())));
    GoldenRunners.gradients(c, p.run("conv2d", () -> Eager.of(conv).backwardWeights(x, gy)));
  }

  private static void maxPool1d(GoldenCase c, Arena a, Passes p) {
    MaxPool1d layer =
        new MaxPool1d(
            c.integer("kernel", 0),
            c.integer("stride", 1),
            c.integer("padding", 0),
            c.integer("dilation", 1),
            c.flag("ceil_mode", false));
    MaxPool2d pool = layer.as2d();
    Tensor x = images(c, a, "input", layer);
    Tensor gy = images(c, a, "grad_output", layer);
    c.agrees("output", p.run("max_pool2d", () -> Eager.of(pool).forward(x)));
    c.agrees("grad_input", p.run("max_pool2d", () -> Eager.of(pool).backward(x, gy)));
  }

  private static void avgPool1d(GoldenCase c, Arena a, Passes p) {
    AvgPool1d layer =
        new AvgPool1d(
            c.integer("kernel", 0),
            c.integer("stride", 1),
            c.integer("padding", 0),
            c.flag("ceil_mode", false),
            c.flag("count_include_pad", true));
    Tensor x = images(c, a, "input", layer);
    Tensor gy = images(c, a, "grad_output", layer);
    c.agrees("output", p.run("avg_pool2d", () -> Eager.of(layer.as2d()).forward(x)));
    c.agrees(
        "grad_input", p.run("avg_pool2d", () -> Eager.of(layer.as2d()).backward(gy, x.shape())));
  }

  private static void adaptiveAvgPool1d(GoldenCase c, Arena a, Passes p) {
    AdaptiveAvgPool1d layer = new AdaptiveAvgPool1d(c.integer("output", 0));
    Twinned r = Resizing.of(layer.as2d());
    Tensor x = images(c, a, "input", layer);
    Tensor gy = images(c, a, "grad_output", layer);
    c.agrees("output", p.run("adaptive_avg_pool2d", () -> r.forward().apply(x)));
    c.agrees("grad_input", p.run("adaptive_avg_pool2d", () -> r.backward().apply(gy, x.shape())));
  }

  private static void batchNorm1d(GoldenCase c, Arena a, Passes p) {
    BatchNorm1d layer = new BatchNorm1d(c.number("momentum", 0.1), c.number("eps", 1e-5));
    Tensor x = images(c, a, "input", layer);
    Tensor gy = images(c, a, "grad_output", layer);
    GoldenRunners.batchNorm(c, a, p, layer.as2d(), x, gy);
  }
}
