package dev.quern.cli.check;

import dev.quern.eager.Conv2dPass;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.Network;
import dev.quern.reference.network.GradientCheck;
import dev.quern.reference.network.TensorCheck;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A check that compares a family of kernels with reference implementations in double precision. */
record KernelCheck(String name, Supplier<Result> check) {
  private static final Shape IMAGE = Shape.of(5, 10, 9);

  /**
   * The result of a check.
   *
   * @param error the largest error of all outputs, relative to the largest value of the same
   *     output; infinite if a value is NaN or infinite
   * @param ran description of the checked kernels; empty if this processor does not support the
   *     family
   */
  record Result(double error, String ran) {}

  Result run() {
    return check.get();
  }

  static List<KernelCheck> all() {
    List<KernelCheck> all = new ArrayList<>();
    for (String name : Conv2dPass.implementations()) {
      if (!name.equals("reference")) {
        all.add(new KernelCheck("conv2d " + name, () -> conv2d(name)));
      }
    }
    add(all, "conv_transpose2d", new ConvTranspose2d(7, 3).stride(2).padding(1));
    add(all, "linear", new Flatten(), new Linear(19));
    add(all, "max_pool2d", new MaxPool2d(3).stride(2).padding(1));
    add(all, "avg_pool2d", new AvgPool2d(3).stride(2).padding(1));
    add(all, "adaptive_avg_pool2d", new AdaptiveAvgPool2d(2));
    add(all, "adaptive_max_pool2d", new AdaptiveMaxPool2d(2));
    add(all, "batch_norm2d", new BatchNorm2d(), new Relu());
    add(all, "group_norm", new GroupNorm(3));
    add(all, "layer_norm", new LayerNorm(6, 10, 9));
    add(all, "rms_norm", new RmsNorm(6, 10, 9));
    add(all, "local_response_norm", new LocalResponseNorm(5, 0.5f, 0.75f, 1));
    add(all, "softmax", new Flatten(), new Softmax());
    add(all, "log_softmax", new Flatten(), new LogSoftmax());
    add(all, "upsample_nearest2d", new UpsampleNearest2d(2));
    add(all, "upsample_bilinear2d", new UpsampleBilinear2d(2));
    add(all, "padding", new ReflectionPad2d(2), new ZeroPad2d(1));
    add(all, "padding, more", new ReplicationPad2d(2), new CircularPad2d(1));
    add(all, "prelu", new PRelu(6));
    add(all, "activations: exp", new Gelu(), new Silu(), new Sigmoid(), new Tanh());
    add(all, "activations: others", new Elu(), new Mish(), new Hardswish());
    add(all, "functions", new Exp(), new Power(-0.3f), new Log(), new Erf());
    all.add(merging("add", new Add()));
    all.add(merging("multiply", new Multiply()));
    all.add(merging("subtract", new Subtract()));
    all.add(merging("maximum", new Maximum()));
    all.add(merging("concat", new Concat()));
    add(all, "strided_copy", new ChannelShuffle(2), new Slice(1, 1, -1), new Permute(2, 0, 1));
    add(all, "gather", new Gather(1, 1, 0, 1, -1));
    all.add(matmul());
    all.add(attention());
    all.add(gridSample());
    all.add(deformConv2d());
    add(all, "lstm", new Reshape(10, 54), new Lstm(19).direction(Direction.BIDIRECTIONAL));
    add(all, "gru", new Reshape(10, 54), new Gru(19), new Gru(7).linearBeforeReset(false));
    add(all, "rnn", new Reshape(10, 54), new Rnn(19));
    add(all, "mean", new Mean(0, 2));
    add(all, "sum, prod", new Sum(1), new Prod(0));
    add(all, "argmax", new Argmax(1).keepDim(true));
    add(all, "amax, amin", new Amax(0), new Amin(1));
    return all;
  }

  private static Result conv2d(String implementation) {
    if (implementation.equals("bf16")) {
      return Bf16Check.run();
    }
    return implementation.startsWith("int8")
        ? QuantizedConv2dCheck.run(implementation)
        : Conv2dCheck.run(implementation);
  }

  /**
   * Adds a check of a convolution followed by the layers: the gradients of the convolution depend
   * on the backward passes of the layers.
   */
  private static void add(List<KernelCheck> all, String name, Layer... layers) {
    List<Layer> network = new ArrayList<>();
    network.add(new Conv2d(6, 1));
    network.addAll(List.of(layers));
    if (network.stream().noneMatch(Flatten.class::isInstance)) {
      network.add(new Flatten());
    }
    network.add(new Linear(4));
    Supplier<Network> made = () -> Network.of(name, IMAGE, network.toArray(Layer[]::new));
    all.add(new KernelCheck(name, () -> gradients(made.get())));
  }

  private static KernelCheck merging(String name, Layer layer) {
    return new KernelCheck(
        name,
        () ->
            gradients(
                Network.builder(name, IMAGE)
                    .add("left", new Conv2d(6, 1))
                    .add("right", new Conv2d(6, 3).padding(1), "input")
                    .add("both", layer, "left", "right")
                    .add("flatten", new Flatten())
                    .add("linear", new Linear(4))
                    .build()));
  }

  private static KernelCheck matmul() {
    return new KernelCheck(
        "matmul",
        () ->
            gradients(
                Network.builder("matmul", IMAGE)
                    .add("left", new Conv2d(6, 1))
                    .add("right", new Permute(0, 2, 1), "left")
                    .add("both", new Matmul(), "left", "right")
                    .add("flatten", new Flatten())
                    .add("linear", new Linear(4))
                    .build()));
  }

  private static KernelCheck gridSample() {
    return new KernelCheck(
        "grid_sample",
        () ->
            gradients(
                Network.builder("grid_sample", IMAGE)
                    .add("flow", new Conv2d(2, 3).padding(1))
                    .add("grid", new Permute(1, 2, 0))
                    .add("image", new Conv2d(6, 1), "input")
                    .add("sampled", new GridSample(), "image", "grid")
                    .add("flatten", new Flatten())
                    .add("linear", new Linear(4))
                    .build()));
  }

  private static KernelCheck deformConv2d() {
    return new KernelCheck(
        "deform_conv2d",
        () ->
            gradients(
                Network.builder("deform_conv2d", IMAGE)
                    .add("offset", new Conv2d(18, 3).padding(1))
                    .add("scores", new Conv2d(9, 3).padding(1), "input")
                    .add("mask", new Sigmoid())
                    .add("image", new Conv2d(6, 1), "input")
                    .add("deformed", new DeformConv2d(5, 3).padding(1), "image", "offset", "mask")
                    .add("flatten", new Flatten())
                    .add("linear", new Linear(4))
                    .build()));
  }

  private static KernelCheck attention() {
    return new KernelCheck(
        "scaled_dot_product_attention",
        () ->
            gradients(
                Network.builder("scaled_dot_product_attention", IMAGE)
                    .add("conv", new Conv2d(6, 1))
                    .add("tokens", new Reshape(-1, 6))
                    .add(
                        "attention",
                        new ScaledDotProductAttention(2).causal(true),
                        "tokens",
                        "tokens",
                        "tokens")
                    .add("flatten", new Flatten())
                    .add("linear", new Linear(4))
                    .build()));
  }

  private static Result gradients(Network network) {
    double worst = 0;
    for (TensorCheck t : new GradientCheck().batch(3).entries(1).run(network).tensors()) {
      if (t.nativeCode() != null) {
        worst = Math.max(worst, t.nativeCode().error());
      }
    }
    return new Result(worst, "gradients of " + network.name());
  }
}
