package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import dev.quern.tensor.Tensor;
import java.util.Map;

/** How recorded cases of layers of volumes run natively. */
final class GoldenVolumes {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "conv3d", GoldenVolumes::conv3d,
          "max_pool3d", GoldenVolumes::maxPool3d,
          "avg_pool3d", GoldenVolumes::avgPool3d,
          "batch_norm3d", GoldenVolumes::batchNorm3d);

  private GoldenVolumes() {}

  private static Size3 size(GoldenCase c, String key) {
    int[] s = c.integers(key);
    return new Size3(s[0], s[1], s[2]);
  }

  private static void conv3d(GoldenCase c, Arena a, Passes p) {
    Conv3d layer =
        new Conv3d((int) c.shape("weight").dim(0), size(c, "kernel"))
            .stride(size(c, "stride"))
            .padding(size(c, "padding"))
            .dilation(size(c, "dilation"))
            .groups(c.integer("groups", 1))
            .bias(c.flag("bias", true));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    String last = layer.bias() ? "concat" : "strided_copy"; // what writes the last gradient
    c.agrees(
        "output", p.run("conv2d", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("add", () -> Eager.of(layer).backwardData(gy, w, x.shape())));
    GoldenRunners.gradients(c, p.run(last, () -> Eager.of(layer).backwardWeights(x, gy)));
  }

  private static void maxPool3d(GoldenCase c, Arena a, Passes p) {
    MaxPool3d layer =
        new MaxPool3d(
            size(c, "kernel"),
            size(c, "stride"),
            size(c, "padding"),
            size(c, "dilation"),
            c.flag("ceil_mode", false));
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("max_pool2d", () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run("max_pool2d", () -> Eager.of(layer).backward(x, gy)));
  }

  private static void avgPool3d(GoldenCase c, Arena a, Passes p) {
    AvgPool3d layer =
        new AvgPool3d(
            size(c, "kernel"),
            size(c, "stride"),
            size(c, "padding"),
            c.flag("ceil_mode", false),
            c.flag("count_include_pad", true));
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("avg_pool2d", () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run("avg_pool2d", () -> Eager.of(layer).backward(gy, x.shape())));
  }

  private static Tensor image(GoldenCase c, Arena a, String tensor, BatchNorm3d layer) {
    Shape s = c.shape(tensor);
    return c.tensor(a, tensor, layer.image(s.sample()).batch(s.dim(0)));
  }

  private static void batchNorm3d(GoldenCase c, Arena a, Passes p) {
    BatchNorm3d layer = new BatchNorm3d(c.number("momentum", 0.1), c.number("eps", 1e-5));
    Tensor x = image(c, a, "input", layer);
    Tensor gy = image(c, a, "grad_output", layer);
    GoldenRunners.batchNorm(c, a, p, layer.as2d(), x, gy);
  }
}
