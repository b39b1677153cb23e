package dev.quern.onnx.lower;

import dev.quern.layer.LayerNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.shape.Constant;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces layer normalization and root mean square layer normalization that are decomposed into
 * means, differences and square roots by one layer.
 */
final class JoinedNorms {
  /** A value over its root mean square: x / sqrt(mean(x^2) + eps). */
  private record Ratio(String x, Mean mean, float eps) {}

  private JoinedNorms() {}

  /** Replaces either normalization, if {@code n} is the last operation. */
  static boolean join(Joining j, Network.Node n) {
    return joinLayerNorm(j, n) || joinRmsNorm(j, n);
  }

  /** Replaces x / sqrt(mean(x^2) + eps) * weight, where x is not a difference from its mean. */
  private static boolean joinRmsNorm(Joining j, Network.Node n) {
    if (!(n.layer() instanceof Multiply) || n.inputs().size() != 2) {
      return false;
    }
    for (String weight : n.inputs()) {
      Network.Node scale = j.made(weight, Constant.class);
      Ratio ratio = scale == null ? null : ratio(j, Joining.other(n, weight));
      if (ratio == null || mean(j, j.made(ratio.x(), Subtract.class)) != null) {
        continue;
      }
      Shape over = trailing(ratio.mean(), j.parts().shapes.get(ratio.x()));
      float[] values = values(scale, over);
      if (over != null && values != null) {
        j.replace(n, new RmsNorm(over, ratio.eps(), true), ratio.x());
        j.parts().weights.put(n.name() + ".weight", values);
        return true;
      }
    }
    return false;
  }

  /** Replaces (x - mean) / sqrt(var + eps) * weight + bias. */
  private static boolean joinLayerNorm(Joining j, Network.Node n) {
    if (!(n.layer() instanceof Add) || n.inputs().size() != 2) {
      return false;
    }
    for (String bias : n.inputs()) {
      Network.Node shift = j.made(bias, Constant.class);
      Network.Node scaled = j.only(Joining.other(n, bias), Multiply.class);
      if (shift == null || scaled == null) {
        continue;
      }
      for (String weight : scaled.inputs()) {
        Network.Node scale = j.made(weight, Constant.class);
        Ratio ratio = scale == null ? null : ratio(j, Joining.other(scaled, weight));
        if (ratio != null && joined(j, n, ratio, scale, shift)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean joined(
      Joining j, Network.Node n, Ratio ratio, Network.Node scale, Network.Node shift) {
    Network.Node apart = j.made(ratio.x(), Subtract.class);
    Mean mean = mean(j, apart);
    if (apart == null || !ratio.mean().equals(mean)) {
      return false;
    }
    String x = apart.inputs().get(0);
    Shape over = trailing(mean, j.parts().shapes.get(x));
    float[] weight = values(scale, over);
    float[] bias = values(shift, over);
    if (over == null || weight == null || bias == null) {
      return false;
    }
    j.replace(n, new LayerNorm(over, ratio.eps(), true, true), x);
    j.parts().weights.put(n.name() + ".weight", weight);
    j.parts().weights.put(n.name() + ".bias", bias);
    return true;
  }

  /** Returns the mean that a difference subtracts from its own input; null for none. */
  private static @Nullable Mean mean(Joining j, Network.@Nullable Node apart) {
    Network.Node mean = apart == null ? null : j.only(apart.inputs().get(1), Mean.class);
    return mean != null && mean.inputs().get(0).equals(apart.inputs().get(0))
        ? (Mean) mean.layer()
        : null;
  }

  /** Returns the value over its root mean square that is computed under a name; null for none. */
  private static @Nullable Ratio ratio(Joining j, String name) {
    Network.Node divide = j.only(name, Divide.class);
    if (divide != null) {
      return ratio(j, divide.inputs().get(0), divide.inputs().get(1));
    }
    Network.Node product = j.only(name, Multiply.class);
    for (String factor : product == null ? List.<String>of() : product.inputs()) {
      Network.Node inverse = j.only(factor, Reciprocal.class);
      if (inverse != null && product.inputs().size() == 2) {
        return ratio(j, Joining.other(product, factor), inverse.inputs().get(0));
      }
    }
    return null;
  }

  private static @Nullable Ratio ratio(Joining j, String x, String divisor) {
    Network.Node root = j.only(divisor, Sqrt.class);
    Network.Node shifted = root == null ? null : j.only(root.inputs().get(0), Affine.class);
    Network.Node mean = shifted == null ? null : j.only(shifted.inputs().get(0), Mean.class);
    if (mean == null || !isSquare(j, mean.inputs().get(0), x)) {
      return null;
    }
    Affine eps = (Affine) shifted.layer();
    return eps.scale() == 1 && eps.shift() >= 0
        ? new Ratio(x, (Mean) mean.layer(), eps.shift())
        : null;
  }

  private static boolean isSquare(Joining j, String name, String of) {
    Network.Node power = j.only(name, Power.class);
    if (power != null) {
      return ((Power) power.layer()).exponent() == 2 && power.inputs().get(0).equals(of);
    }
    Network.Node product = j.only(name, Multiply.class);
    return product != null && product.inputs().stream().allMatch(of::equals);
  }

  /**
   * Returns the shape of the last axes of a sample if the mean is over exactly these axes;
   * otherwise null.
   */
  private static @Nullable Shape trailing(Mean mean, Shape in) {
    int rank = in.rank();
    int n = mean.axes().size();
    boolean[] over = new boolean[rank];
    mean.axes().forEach(a -> over[a < 0 ? a + rank : a] = true);
    for (int i = 0; i < rank; i++) {
      if (over[i] != i >= rank - n) {
        return null;
      }
    }
    return mean.keepDims() ? Shape.of(Arrays.copyOfRange(in.toArray(), rank - n, rank)) : null;
  }

  private static float @Nullable [] values(Network.Node constant, @Nullable Shape over) {
    Constant c = (Constant) constant.layer();
    if (over == null || c.shape().elements() != over.elements()) {
      return null;
    }
    int lead = c.shape().rank() - over.rank();
    for (int i = 0; i < over.rank(); i++) {
      if (lead + i < 0 ? over.dim(i) != 1 : c.shape().dim(lead + i) != over.dim(i)) {
        return null;
      }
    }
    return c.values();
  }
}
