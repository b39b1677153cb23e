package dev.quern.reference.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.TensorCheck.Difference;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Checks all gradients of a network in a training pass with random weights, input and labels, and
 * cross-entropy as the loss. The reference gradients, in double precision, are compared with
 * central differences of the loss at random entries of each parameter and of the input. The native
 * gradients are compared with the reference gradients at all entries of each parameter. Errors are
 * relative to a tensor's largest gradient. Batch normalization uses the batch's statistics; running
 * statistics of models are not changed.
 *
 * <p>With ReLU and max-pooling, the loss has kinks. If one-sided differences show a kink within the
 * step, the step is reduced from 1e-6 to 1e-8 (relative to values above 1); if a kink remains,
 * another entry is drawn. A tensor with kinks at all drawn entries fails. Single and double
 * precision may be on different sides of a kink. Therefore, if native and reference gradients
 * disagree, and the reference gradients also change when the input changes by slightly more than a
 * rounding error, the check is repeated with new random values, at most four times.
 *
 * @param seed seed of weights, input, labels and entries; default 1
 * @param batch number of samples; default 2
 * @param entries largest number of central differences per tensor; default 20
 * @param tolerance largest error between reference gradients and central differences; default 1e-5
 * @param nativeTolerance largest error between native gradients, in single precision, and reference
 *     gradients; default 1e-4
 */
public record GradientCheck(
    long seed, int batch, int entries, double tolerance, double nativeTolerance) {
  /**
   * Smallest scale of errors, as a fraction of the network's largest gradient. Smaller gradients
   * are mostly rounding errors: the gradient of a bias before batch normalization, for example, is
   * 0 in exact arithmetic.
   */
  private static final double SMALLEST_SCALE = 1e-3;

  /**
   * Maximum number of times that weights, input and labels are drawn. They are drawn again if
   * single and double precision are on different sides of a kink.
   */
  private static final int MOST_DRAWS = 5;

  public GradientCheck {
    require("batch", batch, batch >= 1, "must be at least 1");
    require("entries", entries, entries >= 1, "must be at least 1");
    require("tolerance", tolerance, isTolerance(tolerance), "must be a number above 0");
    require(
        "native tolerance",
        nativeTolerance,
        isTolerance(nativeTolerance),
        "must be a number above 0");
  }

  /**
   * Returns whether a tolerance is finite and above 0. An infinite tolerance would accept any
   * error.
   */
  private static boolean isTolerance(double t) {
    return t > 0 && !Double.isInfinite(t);
  }

  private static void require(String what, Object value, boolean holds, String rule) {
    if (!holds) {
      throw new InvalidArgumentException("gradient check: " + what + " " + value + " " + rule);
    }
  }

  /** Creates a check with the default settings. */
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
   * Checks a network, in parallel on the common pool.
   *
   * @throws InvalidArgumentException if the network's output is a single number
   * @throws dev.quern.error.ShapeException if the batch is too small for batch normalization
   * @throws dev.quern.error.NumericException if the loss is not finite
   */
  public GradientReport run(Network network) {
    require("network", network, network != null, "must be present");
    return run(network, GradientCase.labels());
  }

  /**
   * Checks a network as {@link #run(Network)} does, with another loss, which may be custom, and
   * random targets in [0, 1).
   *
   * @throws InvalidArgumentException if the loss does not fit the network
   */
  public GradientReport run(Network network, Loss loss) {
    require("network", network, network != null, "must be present");
    require("loss", loss, loss != null, "must be present");
    return run(network, GradientCase.targets(loss));
  }

  private GradientReport run(Network network, GradientCase.Kind kind) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int draws = 1; ; draws++) {
      GradientCase drawn = GradientCase.draw(network, kind, batch, random.split());
      Map<String, NdArray> twins = drawn.twinGradients();
      Map<String, NdArray> natives = drawn.nativeGradients();
      boolean atKink =
          distance(natives, twins) > nativeTolerance
              && distance(drawn.moved(random.split()).twinGradients(), twins) > nativeTolerance;
      if (!atKink || draws == MOST_DRAWS) {
        return compare(network.name(), drawn, twins, natives);
      }
    }
  }

  /**
   * Returns the largest error of {@code found}, compared with the reference gradients {@code
   * twins}, over all tensors.
   */
  private static double distance(Map<String, NdArray> found, Map<String, NdArray> twins) {
    double network = largest(twins.values());
    return found.keySet().stream()
        .map(t -> Difference.worst(found.get(t), twins.get(t), scale(twins.get(t), network)))
        .mapToDouble(Difference::error)
        .max()
        .orElse(0);
  }

  /**
   * Compares the gradients of a case.
   *
   * @param twins reference gradients of all parameters and the input
   * @param natives native gradients of all parameters
   */
  GradientReport compare(
      String name, GradientCase drawn, Map<String, NdArray> twins, Map<String, NdArray> natives) {
    NumericGradient numeric = new NumericGradient(drawn, tolerance);
    double network = largest(twins.values());
    List<String> names = List.copyOf(twins.keySet());
    return new GradientReport(
        name,
        this,
        IntStream.range(0, names.size())
            .parallel()
            .mapToObj(
                k -> {
                  String tensor = names.get(k);
                  double scale = scale(twins.get(tensor), network);
                  return check(
                      tensor,
                      twins.get(tensor),
                      numeric.entries(tensor, entries, scale, seed + k),
                      natives.get(tensor),
                      scale);
                })
            .toList());
  }

  private TensorCheck check(
      String tensor,
      NdArray twin,
      List<NumericGradient.Entry> drawn,
      NdArray nativeOrNull,
      double scale) {
    Difference toNumeric = null;
    for (NumericGradient.Entry e : drawn) {
      Difference d = Difference.of(e.index(), twin.get(e.index()), e.value(), scale);
      toNumeric = Difference.worse(toNumeric, d);
    }
    Difference ofNative = nativeOrNull == null ? null : Difference.worst(nativeOrNull, twin, scale);
    boolean passed =
        toNumeric != null
            && toNumeric.error() <= tolerance
            && (ofNative == null || ofNative.error() <= nativeTolerance);
    return new TensorCheck(tensor, twin.shape(), scale, drawn.size(), toNumeric, ofNative, passed);
  }

  private static double scale(NdArray twin, double network) {
    return Math.max(largest(List.of(twin)), SMALLEST_SCALE * network);
  }

  private static double largest(Collection<NdArray> arrays) {
    return arrays.stream()
        .flatMapToDouble(a -> Arrays.stream(a.values()))
        .map(Math::abs)
        .max()
        .orElse(0);
  }
}
