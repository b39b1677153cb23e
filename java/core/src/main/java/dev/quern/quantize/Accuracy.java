package dev.quern.quantize;

import dev.quern.error.InvalidArgumentException;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Measures the accuracy of models on the held-out samples; NaN without held-out samples. */
final class Accuracy {
  private final Quantization asked;
  private final Rounded rounded;
  private final Map<String, Shape> inputs;
  private final double before;

  Accuracy(Quantization asked, Rounded rounded, Map<String, Shape> inputs) {
    this.asked = asked;
    this.rounded = rounded;
    this.inputs = inputs;
    before = of(asked.data);
    if (isWanted(asked) && Double.isNaN(before)) {
      throw new InvalidArgumentException(
          "quantize: network "
              + asked.data.network().name()
              + " has no accuracy to bound: its task is not classification");
    }
  }

  private static boolean isWanted(Quantization asked) {
    return !Double.isNaN(asked.bound) || asked.accuracyByLayer;
  }

  static void requireHeldOut(Quantization asked) {
    if (isWanted(asked) && asked.heldOut == null) {
      throw new InvalidArgumentException(
          "quantize: an accuracy bound and the accuracy of each layer need held-out samples");
    }
  }

  double before() {
    return before;
  }

  double of(ModelData model) {
    if (asked.heldOut == null) {
      return Double.NaN;
    }
    try (Model m = Model.of(model)) {
      return m.evaluate(asked.heldOut).accuracy();
    }
  }

  double alone(String layer) {
    return asked.accuracyByLayer ? of(rounded.of(inputs, Set.of(layer))) : Double.NaN;
  }

  /**
   * Returns the layers that can be quantized within the accuracy bound. Layers with the lowest
   * signal-to-noise ratio remain in float32; bisection finds the smallest sufficient number of
   * them.
   *
   * @param layers the layers that may be quantized
   * @param snr the signal-to-noise ratio of each layer
   */
  Set<String> within(Set<String> layers, ToDoubleFunction<String> snr) {
    if (Double.isNaN(asked.bound) || holds(layers)) {
      return layers;
    }
    List<String> worst = layers.stream().sorted(Comparator.comparingDouble(snr)).toList();
    int few = 0; // a number of float layers that is insufficient
    int enough = worst.size();
    while (enough - few > 1) {
      int some = few + (enough - few) / 2;
      if (holds(without(layers, worst, some))) {
        enough = some;
      } else {
        few = some;
      }
    }
    return without(layers, worst, enough);
  }

  private static Set<String> without(Set<String> layers, List<String> worst, int count) {
    Set<String> left = new LinkedHashSet<>(layers);
    worst.subList(0, count).forEach(left::remove);
    return left;
  }

  private boolean holds(Set<String> layers) {
    // tolerance for the rounding of accuracies, which differ by whole samples
    return layers.isEmpty()
        || (before - of(rounded.of(inputs, layers))) * 100 <= asked.bound + 1e-9;
  }
}
