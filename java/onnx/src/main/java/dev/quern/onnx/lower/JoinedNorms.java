package dev.quern.onnx.lower;

import dev.quern.layer.LayerNorm;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Power;
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
import org.jspecify.annotations.Nullable;

/**
 * Replaces layer normalization that is decomposed into means, differences and square roots by one
 * layer.
 */
final class JoinedNorms {
  private JoinedNorms() {}

  /**
   * Replaces (x - mean) / sqrt(var + eps) * weight + bias by a layer normalization, if {@code n} is
   * the last addition.
   */
  static boolean join(Joining j, Network.Node n) {
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
        Network.Node ratio = j.only(Joining.other(scaled, weight), Divide.class);
        if (scale != null && ratio != null && joined(j, n, ratio, scale, shift)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean joined(
      Joining j, Network.Node n, Network.Node ratio, Network.Node scale, Network.Node shift) {
    Network.Node apart = j.made(ratio.inputs().get(0), Subtract.class);
    Network.Node root = j.only(ratio.inputs().get(1), Sqrt.class);
    Network.Node eps = root == null ? null : j.only(root.inputs().get(0), Affine.class);
    Network.Node variance = eps == null ? null : j.only(eps.inputs().get(0), Mean.class);
    if (apart == null
        || variance == null
        || ((Affine) eps.layer()).scale() != 1
        || !isSquare(j, variance.inputs().get(0), apart.name())) {
      return false;
    }
    String x = apart.inputs().get(0);
    Network.Node mean = j.only(apart.inputs().get(1), Mean.class);
    if (mean == null || !mean.inputs().get(0).equals(x) || !mean.layer().equals(variance.layer())) {
      return false;
    }
    Shape in = j.parts().shapes.get(x);
    Shape over = trailing((Mean) mean.layer(), in);
    float[] weight = values(scale, over);
    float[] bias = values(shift, over);
    if (over == null || weight == null || bias == null) {
      return false;
    }
    j.replace(n, new LayerNorm(over, ((Affine) eps.layer()).shift(), true, true), x);
    j.parts().weights.put(n.name() + ".weight", weight);
    j.parts().weights.put(n.name() + ".bias", bias);
    return true;
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
