package dev.quern.reference;

import dev.quern.Network;
import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.TensorCheck.Difference;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Checks all gradients of a network in a training pass on drawn weights, input and labels, the loss
 * being cross-entropy. The twins' gradients in double precision are compared with central
 * differences of the loss at drawn entries of each parameter and of the input; the native network's
 * are compared with the twins' at every entry of each parameter. Errors are relative to a tensor's
 * largest gradient. Statistics of batch normalisation are the batch's; the running ones of no model
 * are touched.
 *
 * <p>The loss has kinks where the network has ReLU or max-pooling. Where one-sided differences say
 * that a kink is within the step, the step shrinks from 1e-6 to 1e-8 (relative to the value, if
 * that is above 1), and if that does not help, another entry is drawn in its place. A tensor all of
 * whose entries are at kinks fails.
 *
 * @param seed decides weights, input, labels and entries; default 1
 * @param batch samples; default 2
 * @param entries central differences a tensor, at most; default 20
 * @param tolerance between twins and central differences; default 1e-5
 * @param nativeTolerance between native code, which has single precision, and twins; default 1e-4
 */
public record GradientCheck(
    long seed, int batch, int entries, double tolerance, double nativeTolerance) {
  /**
   * Errors of a tensor whose gradients are all small beside another's are relative to this share of
   * the largest: they are then mostly rounding, as those of a bias ahead of batch normalisation,
   * which are 0.
   */
  private static final double SMALLEST_SCALE = 1e-3;

  public GradientCheck {
    require("batch", batch, batch >= 1, "must be at least 1");
    require("entries", entries, entries >= 1, "must be at least 1");
    require("tolerance", tolerance, tolerance > 0, "must be above 0");
    require("native tolerance", nativeTolerance, nativeTolerance > 0, "must be above 0");
  }

  private static void require(String what, Number value, boolean holds, String rule) {
    if (!holds) {
      throw new InvalidArgumentException("gradient check: " + what + " " + value + " " + rule);
    }
  }

  /** The defaults. */
  public GradientCheck() {
    this(1, 2, 20, 1e-5, 1e-4);
  }

  public GradientCheck seed(long s) {
    return new GradientCheck(s, batch, entries, tolerance, nativeTolerance);
  }

  public GradientCheck batch(int samples) {
    return new GradientCheck(seed, samples, entries, tolerance, nativeTolerance);
  }

  public GradientCheck entries(int most) {
    return new GradientCheck(seed, batch, most, tolerance, nativeTolerance);
  }

  public GradientCheck tolerance(double t) {
    return new GradientCheck(seed, batch, entries, t, nativeTolerance);
  }

  public GradientCheck nativeTolerance(double t) {
    return new GradientCheck(seed, batch, entries, tolerance, t);
  }

  /**
   * Checks a network. The work is spread over the common pool.
   *
   * @throws InvalidArgumentException if the network's output is a single number
   * @throws dev.quern.error.ShapeException if the batch is too small for batch normalisation
   * @throws dev.quern.error.NumericException if the loss is not finite
   */
  public GradientReport run(Network network) {
    GradientCase drawn = GradientCase.of(network, seed, batch);
    return compare(network.name(), drawn, drawn.twinGradients(), drawn.nativeGradients());
  }

  /**
   * Compares gradients of a case.
   *
   * @param twins of all parameters and the input
   * @param natives of all parameters
   */
  GradientReport compare(
      String name, GradientCase drawn, Map<String, NdArray> twins, Map<String, float[]> natives) {
    NumericGradient numeric = new NumericGradient(drawn, tolerance);
    double least =
        SMALLEST_SCALE
            * twins.values().stream().mapToDouble(GradientCheck::largest).max().orElse(0);
    List<String> names = List.copyOf(twins.keySet());
    List<TensorCheck> checks =
        IntStream.range(0, names.size())
            .parallel()
            .mapToObj(
                k -> {
                  NdArray twin = twins.get(names.get(k));
                  double scale = Math.max(least, largest(twin));
                  List<NumericGradient.Entry> entries =
                      numeric.entries(names.get(k), this.entries, scale, seed + k);
                  return check(names.get(k), twin, entries, natives.get(names.get(k)), scale);
                })
            .toList();
    return new GradientReport(name, this, checks);
  }

  private TensorCheck check(
      String tensor,
      NdArray twin,
      List<NumericGradient.Entry> drawn,
      float[] nativesOrNull,
      double scale) {
    Difference toNumeric = null;
    for (NumericGradient.Entry e : drawn) {
      Difference d = Difference.of(e.index(), twin.get(e.index()), e.value(), scale);
      toNumeric = Difference.worse(toNumeric, d);
    }
    Difference ofNative = null;
    for (int i = 0; nativesOrNull != null && i < twin.size(); i++) {
      ofNative = Difference.worse(ofNative, Difference.of(i, nativesOrNull[i], twin.get(i), scale));
    }
    boolean passed =
        toNumeric != null
            && toNumeric.error() <= tolerance
            && (ofNative == null || ofNative.error() <= nativeTolerance);
    return new TensorCheck(tensor, twin.shape(), scale, drawn.size(), toNumeric, ofNative, passed);
  }

  private static double largest(NdArray array) {
    double largest = 0;
    for (double value : array.values()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
