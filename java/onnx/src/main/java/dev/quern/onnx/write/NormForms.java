package dev.quern.onnx.write;

import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.tensor.Shape;
import java.util.Arrays;

/**
 * The ONNX forms of normalization layers. Batch normalization is written for evaluation, with
 * running statistics.
 */
final class NormForms {
  private NormForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(BatchNorm1d.class, (l, n) -> batchNorm(n, l.momentum(), l.eps()))
        .add(BatchNorm2d.class, (l, n) -> batchNorm(n, l.momentum(), l.eps()))
        .add(BatchNorm3d.class, (l, n) -> batchNorm(n, l.momentum(), l.eps()))
        .add(GroupNorm.class, NormForms::groupNorm)
        .add(LayerNorm.class, NormForms::layerNorm)
        .add(LocalResponseNorm.class, NormForms::localResponseNorm)
        .add(RmsNorm.class, NormForms::rmsNorm);
  }

  /** Writes BatchNormalization, whose momentum is 1 minus PyTorch's momentum. */
  private static Value batchNorm(NodeWriter n, float momentum, float eps) {
    return n.op(
            "BatchNormalization",
            n.in(),
            n.weight("weight"),
            n.weight("bias"),
            n.weight("running_mean"),
            n.weight("running_var"))
        .with("epsilon", eps)
        .with("momentum", 1 - momentum);
  }

  /**
   * Writes group normalization. Before opset 21, ONNX's operator has a scale and bias per group
   * rather than per channel.
   */
  private static Value groupNorm(GroupNorm l, NodeWriter n) {
    if (n.opset() >= 21 && l.affine() && n.shape().rank() == 3) {
      return n.op("GroupNormalization", n.in(), n.weight("weight"), n.weight("bias"))
          .with("epsilon", l.eps())
          .with("num_groups", l.numGroups());
    }
    Shape groups = Shape.of(l.numGroups());
    float[] ones = new float[l.numGroups()];
    Arrays.fill(ones, 1);
    Value normal =
        n.op(
                "InstanceNormalization",
                n.reshape(n.in(), l.numGroups(), -1),
                n.floats("ones", groups, ones),
                n.floats("zeros", groups, new float[l.numGroups()]))
            .with("epsilon", l.eps());
    Value y = n.reshapeLike(normal, n.in(), n.shape());
    int rank = n.shape().rank();
    return l.affine()
        ? n.op(
            "Add",
            n.op("Mul", y, n.perChannel(n.weight("weight"), rank)),
            n.perChannel(n.weight("bias"), rank))
        : y;
  }

  private static Value layerNorm(LayerNorm l, NodeWriter n) {
    Value weight = l.elementwiseAffine() ? n.weight("weight") : null;
    Value bias = l.bias() ? n.weight("bias") : null;
    int axes = l.normalizedShape().rank();
    if (n.opset() >= 17) {
      Value scale = weight == null ? ones(l, n) : weight;
      Value y =
          bias == null
              ? n.op("LayerNormalization", n.in(), scale)
              : n.op("LayerNormalization", n.in(), scale, bias);
      return y.with("axis", (long) -axes).with("epsilon", l.eps());
    }
    Value mean = n.reduce("ReduceMean", n.in(), true, last(axes));
    Value y = overRootMeanSquare(n.op("Sub", n.in(), mean), axes, l.eps(), n);
    y = weight == null ? y : n.op("Mul", y, weight);
    return bias == null ? y : n.op("Add", y, bias);
  }

  /** Writes decomposed operators: runtimes rarely support RMSNormalization, of opset 23. */
  private static Value rmsNorm(RmsNorm l, NodeWriter n) {
    Value y = overRootMeanSquare(n.in(), l.normalizedShape().rank(), l.eps(), n);
    return l.elementwiseAffine() ? n.op("Mul", y, n.weight("weight")) : y;
  }

  /** Writes x / sqrt(mean(x^2) + eps), with the mean over the last axes. */
  private static Value overRootMeanSquare(Value x, int axes, float eps, NodeWriter n) {
    Value mean = n.reduce("ReduceMean", n.op("Mul", x, x), true, last(axes));
    return n.op("Div", x, n.op("Sqrt", n.op("Add", mean, n.number("eps", eps))));
  }

  private static long[] last(int axes) {
    long[] last = new long[axes];
    Arrays.setAll(last, i -> i - axes);
    return last;
  }

  private static Value ones(LayerNorm l, NodeWriter n) {
    float[] ones = new float[Math.toIntExact(l.normalizedShape().elements())];
    Arrays.fill(ones, 1);
    return n.floats("ones", l.normalizedShape(), ones);
  }

  /**
   * Writes LRN for odd sizes. Runtimes do not support even sizes, which become a pooling with the
   * channels as a spatial axis.
   */
  private static Value localResponseNorm(LocalResponseNorm l, NodeWriter n) {
    if (l.size() % 2 == 1) {
      return n.op("LRN", n.in())
          .with("size", (long) l.size())
          .with("alpha", l.alpha())
          .with("beta", l.beta())
          .with("bias", l.k());
    }
    Value pads = n.longs("pads", 0, (l.size() - 1) / 2, 0, 0, 0, l.size() / 2, 0, 0);
    Value squares = n.op("Pad", n.op("Mul", n.in(), n.in()), pads);
    Value means = n.op("AveragePool", n.unsqueeze(squares, 1)).with("kernel_shape", l.size(), 1, 1);
    Value scaled = ActivationForms.scaled(n.squeeze(means, 1), "alpha", l.alpha(), n);
    Value base = n.op("Add", scaled, n.number("k", l.k()));
    return n.op("Div", n.in(), n.op("Pow", base, n.number("beta", l.beta())));
  }
}
