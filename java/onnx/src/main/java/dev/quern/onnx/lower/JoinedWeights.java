package dev.quern.onnx.lower;

import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Constant;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Folds a scale or shift per channel into the weights of the preceding layer. */
final class JoinedWeights {
  private JoinedWeights() {}

  static boolean join(Joining j, Network.Node n) {
    boolean adds = n.layer() instanceof Add && n.inputs().size() == 2;
    if (!adds && !(n.layer() instanceof Multiply)) {
      return false;
    }
    for (String numbers : n.inputs()) {
      Network.Node constant = j.made(numbers, Constant.class);
      Network.Node before = j.only(Joining.other(n, numbers), Layer.class);
      if (constant != null && before != null && !numbers.equals(before.name())) {
        float[] each = channels(j, n, before, (Constant) constant.layer());
        if (each != null && (adds ? added(j, before, each) : scaled(j, before, each))) {
          gone(j, n, before.name());
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns a constant's elements, one for each output channel or feature of a layer; null if the
   * constant has another shape.
   */
  private static float @Nullable [] channels(
      Joining j, Network.Node n, Network.Node before, Constant constant) {
    Shape out = j.parts().shapes.get(before.name());
    if (!out.equals(j.parts().shapes.get(n.name()))) {
      return null;
    }
    int axis = isLinear(before.layer()) ? out.rank() - 1 : 0;
    Shape shape = constant.shape();
    boolean fits = shape.elements() == out.dim(axis) && shape.rank() == out.rank();
    return fits && shape.dim(axis) == out.dim(axis) ? constant.values() : null;
  }

  private static boolean isLinear(Layer l) {
    return l instanceof Linear || l instanceof QuantizedLinear;
  }

  private static boolean added(Joining j, Network.Node before, float[] each) {
    Map<String, float[]> weights = j.parts().weights;
    String key = before.name() + ".bias";
    float[] bias = weights.get(key);
    Layer layer = before.layer();
    if (bias == null) {
      Layer with = biased(layer);
      if (with == null) {
        return false;
      }
      weights.put(key, each);
      j.replace(before, with, before.inputs().get(0));
      return true;
    }
    if (!takes(layer) && !(layer instanceof Quantized) || bias.length != each.length) {
      return false;
    }
    float[] sum = bias.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += each[i];
    }
    weights.put(key, sum);
    return true;
  }

  /** Returns the same layer with a bias; null if the layer type cannot have one. */
  private static @Nullable Layer biased(Layer layer) {
    if (layer instanceof QuantizedConv2d q) {
      return new QuantizedConv2d(q.plain().bias(true), q.quantMax());
    }
    if (layer instanceof QuantizedLinear q) {
      return new QuantizedLinear(new Linear(q.plain().outFeatures(), true), q.quantMax());
    }
    if (layer instanceof Conv2d c) {
      return c.bias(true);
    }
    if (layer instanceof Conv1d c) {
      return c.bias(true);
    }
    return layer instanceof Linear l ? new Linear(l.outFeatures(), true) : null;
  }

  private static boolean takes(Layer l) {
    return l instanceof Conv2d
        || l instanceof Conv1d
        || l instanceof Linear
        || l instanceof BatchNorm2d
        || l instanceof BatchNorm1d;
  }

  private static boolean scaled(Joining j, Network.Node before, float[] each) {
    if (!takes(before.layer())) {
      return false;
    }
    Map<String, float[]> weights = j.parts().weights;
    for (String kind : List.of(".weight", ".bias")) {
      float[] old = weights.get(before.name() + kind);
      if (old != null) {
        float[] product = old.clone();
        int run = product.length / each.length;
        for (int i = 0; i < product.length; i++) {
          product[i] *= each[i / run];
        }
        weights.put(before.name() + kind, product);
      }
    }
    return true;
  }

  /** Replaces a folded layer by the preceding layer; an output keeps its name. */
  private static void gone(Joining j, Network.Node n, String before) {
    Parts parts = j.parts();
    if (!j.isOutput(n.name())) {
      j.redirect(n.name(), before);
      return;
    }
    Network.Node layer = parts.nodes.get(before);
    j.replace(n, layer.layer(), layer.inputs().toArray(String[]::new));
    for (String key : new ArrayList<>(parts.weights.keySet())) {
      if (Parts.isOf(key, before)) {
        parts.weights.put(n.name() + key.substring(before.length()), parts.weights.get(key));
      }
    }
  }
}
