package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replaces decomposed elementwise functions and channel shuffles by single layers. */
final class JoinedFunctions {
  private static final double SLACK = 1e-5;
  private static final double ROOT_HALF = Math.sqrt(0.5);

  private JoinedFunctions() {}

  static boolean join(Joining j, Network.Node n) {
    Layer l = n.layer();
    if (l instanceof Affine outer) {
      return affine(j, n, outer) || swishOverSix(j, n, outer) || geluHalved(j, n, outer);
    }
    if (l instanceof Clamp c) {
      return hardsigmoid(j, n, c);
    }
    if (l instanceof Multiply) {
      return gated(j, n);
    }
    return l instanceof Reshape && shuffle(j, n);
  }

  private static boolean near(double a, double b) {
    return Math.abs(a - b) <= SLACK * Math.max(1, Math.abs(b));
  }

  private static boolean isAffine(Network.@Nullable Node n, double scale, double shift) {
    return n != null
        && n.layer() instanceof Affine a
        && near(a.scale(), scale)
        && near(a.shift(), shift);
  }

  /** Replaces two consecutive affine functions by one. */
  private static boolean affine(Joining j, Network.Node n, Affine outer) {
    Network.Node before = j.only(n.inputs().get(0), Affine.class);
    if (before == null) {
      return false;
    }
    Affine inner = (Affine) before.layer();
    float scale = outer.scale() * inner.scale();
    float shift = outer.scale() * inner.shift() + outer.shift();
    if (!Float.isFinite(scale) || !Float.isFinite(shift)) {
      return false;
    }
    j.replace(n, new Affine(scale, shift), before.inputs().get(0));
    return true;
  }

  /** Replaces clamp(x / 6 + 1 / 2, 0, 1) by a hard sigmoid. */
  private static boolean hardsigmoid(Joining j, Network.Node n, Clamp c) {
    Network.Node inner = j.only(n.inputs().get(0), Affine.class);
    if (c.min() != 0 || c.max() != 1 || !isAffine(inner, 1 / 6.0, 0.5)) {
      return false;
    }
    j.replace(n, new Hardsigmoid(), inner.inputs().get(0));
    return true;
  }

  /** Replaces x relu6(x + 3) / 6, where the division is the last operation, by a hard swish. */
  private static boolean swishOverSix(Joining j, Network.Node n, Affine outer) {
    Network.Node product = j.only(n.inputs().get(0), Multiply.class);
    if (product == null || !near(outer.scale(), 1 / 6.0) || outer.shift() != 0) {
      return false;
    }
    for (String gate : product.inputs()) {
      String x = Joining.other(product, gate);
      Network.Node six = j.only(gate, Relu6.class);
      Network.Node three = six == null ? null : j.only(six.inputs().get(0), Affine.class);
      if (isAffine(three, 1, 3) && three.inputs().get(0).equals(x)) {
        j.replace(n, new Hardswish(), x);
        return true;
      }
    }
    return false;
  }

  /** Replaces x (1 + f(x)) / 2, where the division is the last operation, by a GELU. */
  private static boolean geluHalved(Joining j, Network.Node n, Affine outer) {
    Network.Node product = j.only(n.inputs().get(0), Multiply.class);
    if (product == null || !near(outer.scale(), 0.5) || outer.shift() != 0) {
      return false;
    }
    for (String gate : product.inputs()) {
      String x = Joining.other(product, gate);
      Layer gelu = isAffine(j.only(gate, Affine.class), 1, 1) ? gelu(j, gate, x) : null;
      if (gelu != null) {
        j.replace(n, gelu, x);
        return true;
      }
    }
    return false;
  }

  /** Replaces the product of x and a function of x by a gated activation such as SiLU. */
  private static boolean gated(Joining j, Network.Node n) {
    for (String gate : n.inputs()) {
      String x = Joining.other(n, gate);
      Layer joined = joined(j, gate, x);
      if (joined != null) {
        j.replace(n, joined, x);
        return true;
      }
      // (x / 2) (1 + f(x))
      Network.Node half = j.only(x, Affine.class);
      if (isAffine(half, 0.5, 0) && isAffine(j.only(gate, Affine.class), 1, 1)) {
        String whole = half.inputs().get(0);
        Layer gelu = gelu(j, gate, whole);
        if (gelu != null) {
          j.replace(n, gelu, whole);
          return true;
        }
      }
    }
    return false;
  }

  private static @Nullable Layer joined(Joining j, String gate, String x) {
    if (of(j.only(gate, Sigmoid.class), x)) {
      return new Silu();
    }
    if (of(j.only(gate, Hardsigmoid.class), x)) {
      return new Hardswish();
    }
    Network.Node tanh = j.only(gate, Tanh.class);
    Network.Node plus = tanh == null ? null : j.only(tanh.inputs().get(0), Softplus.class);
    if (plus != null && plus.layer().equals(new Softplus()) && of(plus, x)) {
      return new Mish();
    }
    Network.Node sixth = j.only(gate, Affine.class);
    if (isAffine(sixth, 1 / 6.0, 0)) {
      Network.Node six = j.only(sixth.inputs().get(0), Relu6.class);
      Network.Node three = six == null ? null : j.only(six.inputs().get(0), Affine.class);
      if (isAffine(three, 1, 3) && of(three, x)) {
        return new Hardswish();
      }
    }
    // (1 + f(x)) / 2
    return isAffine(j.only(gate, Affine.class), 0.5, 0.5) ? gelu(j, gate, x) : null;
  }

  /**
   * Returns the GELU whose decomposition contains 1 + f(x) or half of it, where f is erf(x / sqrt
   * 2) or its approximation; null if there is none.
   */
  private static @Nullable Layer gelu(Joining j, String shifted, String x) {
    String f = j.parts().nodes.get(shifted).inputs().get(0);
    Network.Node erf = j.only(f, Erf.class);
    if (erf != null) {
      Network.Node scaled = j.only(erf.inputs().get(0), Affine.class);
      boolean fits = isAffine(scaled, ROOT_HALF, 0) && of(scaled, x);
      return fits ? new Gelu(Gelu.Approximate.NONE) : null;
    }
    Network.Node tanh = j.only(f, Tanh.class);
    return tanh != null && isCubic(j, tanh.inputs().get(0), x)
        ? new Gelu(Gelu.Approximate.TANH)
        : null;
  }

  /** Returns whether a layer computes sqrt(2 / pi) (x + 0.044715 x^3). */
  private static boolean isCubic(Joining j, String name, String x) {
    Network.Node scaled = j.only(name, Affine.class);
    Network.Node sum =
        isAffine(scaled, Math.sqrt(2 / Math.PI), 0)
            ? j.only(scaled.inputs().get(0), Add.class)
            : null;
    if (sum == null || sum.inputs().size() != 2 || !sum.inputs().contains(x)) {
      return false;
    }
    Network.Node part = j.only(Joining.other(sum, x), Affine.class);
    return isAffine(part, 0.044715, 0) && isCube(j, part.inputs().get(0), x);
  }

  /** Returns whether a layer computes x^3 or (x x) x. */
  private static boolean isCube(Joining j, String name, String x) {
    Network.Node power = j.only(name, Power.class);
    if (power != null) {
      return power.layer().equals(new Power(3)) && of(power, x);
    }
    Network.Node product = j.only(name, Multiply.class);
    if (product == null || !product.inputs().contains(x)) {
      return false;
    }
    String square = Joining.other(product, x);
    Network.Node by = j.only(square, Power.class);
    Network.Node times = j.only(square, Multiply.class);
    return by != null && by.layer().equals(new Power(2)) && of(by, x)
        || times != null && times.inputs().equals(List.of(x, x));
  }

  private static boolean of(Network.@Nullable Node n, String x) {
    return n != null && n.inputs().get(0).equals(x);
  }

  /** Replaces a reshape, a transpose of groups and channels, and a reshape by a channel shuffle. */
  private static boolean shuffle(Joining j, Network.Node n) {
    Network.Node turn = j.only(n.inputs().get(0), Permute.class);
    if (turn == null
        || !turn.layer().equals(new Permute(1, 0, 2, 3))
        || j.only(turn.inputs().get(0), Reshape.class) == null) {
      return false;
    }
    String x = j.parts().nodes.get(turn.inputs().get(0)).inputs().get(0);
    Shape image = j.parts().shapes.get(x);
    Shape groups = j.parts().shapes.get(turn.inputs().get(0));
    if (!image.equals(j.parts().shapes.get(n.name()))
        || image.rank() != 3
        || !List.of(groups.dim(2), groups.dim(3)).equals(List.of(image.dim(1), image.dim(2)))) {
      return false;
    }
    j.replace(n, new ChannelShuffle(Math.toIntExact(groups.dim(0))), x);
    return true;
  }
}
