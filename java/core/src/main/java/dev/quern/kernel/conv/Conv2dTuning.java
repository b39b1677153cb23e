package dev.quern.kernel.conv;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.internal.Cpu;
import dev.quern.internal.NativeRuntime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Autotuning of convolutions, enabled by {@code QUERN_TUNE=1}: each convolution of a network uses
 * the implementation that was measured to be fastest on this machine, rather than the default one.
 * Each convolution is timed once, and the choice is stored in a file ({@link TunedChoices}).
 * Another machine, or a new file, may lead to other choices, which round differently. Tuned runs
 * are therefore not guaranteed to be bit-identical, and tuning is off by default.
 *
 * <p>The last implementation in the list, the reference, is never a candidate. Eager operators are
 * not tuned. Thread-safe; one convolution is timed at a time.
 */
public final class Conv2dTuning {
  private static final String VARIABLE = "QUERN_TUNE";

  /** A pass of a convolution, which is timed separately. */
  public enum Pass {
    FORWARD(Quern.QUERN_FORWARD),
    BACKWARD_DATA(Quern.QUERN_BACKWARD_DATA),
    BACKWARD_WEIGHTS(Quern.QUERN_BACKWARD_WEIGHTS);

    private final int code;

    Pass(int code) {
      this.code = code;
    }

    /** Returns the pass's constant in {@code quern.h}. */
    int code() {
      return code;
    }

    /**
     * Returns the passes that a layer of a plan runs. For a transposed convolution, callers
     * exchange {@code forward} and {@code backwardData}.
     *
     * @param gradient whether training needs the gradient of the layer's input
     */
    public static Set<Pass> run(
        Pass forward, Pass backwardData, boolean training, boolean gradient) {
      EnumSet<Pass> passes = EnumSet.of(forward);
      if (training) {
        passes.add(BACKWARD_WEIGHTS);
        if (gradient) {
          passes.add(backwardData);
        }
      }
      return passes;
    }
  }

  private Conv2dTuning() {}

  /**
   * Returns whether a value of {@code QUERN_TUNE} enables tuning.
   *
   * @throws InvalidArgumentException if the value is not 0, 1 or empty
   */
  static boolean isOn(String valueOrNull) {
    if (valueOrNull == null || valueOrNull.isEmpty() || valueOrNull.equals("0")) {
      return false;
    }
    if (valueOrNull.equals("1")) {
      return true;
    }
    throw new InvalidArgumentException(
        "tuning: " + VARIABLE + " is " + valueOrNull + "; it must be 0, 1 or empty");
  }

  /** Returns the state of tuning: {@code off}, or {@code on} with the file of the choices. */
  public static String describe() {
    if (!isOn(System.getenv(VARIABLE))) {
      return "off";
    }
    String file = TunedChoices.ofProcess().toString();
    return "on, choices in " + file;
  }

  /**
   * Chooses and sets a convolution's implementation, unless one is forced.
   *
   * @return the implementation's index; -1 for the default
   */
  public static synchronized long choose(Conv2dKernel conv, Set<Pass> passes) {
    if (isOn(System.getenv(VARIABLE))
        && conv.implementation() == Conv2dImplementations.NONE
        && !conv.alwaysRounds()) {
      conv.implementation(tuned(conv, passes));
    }
    return conv.implementation();
  }

  private static int tuned(Conv2dKernel conv, Set<Pass> passes) {
    List<String> names = Conv2dImplementations.names();
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < names.size() - 1; i++) {
      int candidate = i;
      if (passes.stream().allMatch(p -> conv.accepts(p, candidate))) {
        candidates.add(candidate);
      }
    }
    if (candidates.size() < 2) {
      return Conv2dImplementations.NONE;
    }
    String key = key(conv.descriptor, passes);
    int known = names.indexOf(TunedChoices.ofProcess().get(key));
    if (candidates.contains(known)) {
      return known;
    }
    try {
      int fastest = fastest(conv, passes, candidates);
      TunedChoices.ofProcess().put(key, names.get(fastest));
      return fastest;
    } catch (MemoryLimitException e) {
      return Conv2dImplementations.NONE; // memory may be sufficient for the network alone
    }
  }

  private static int fastest(Conv2dKernel conv, Set<Pass> passes, List<Integer> candidates) {
    int fastest = candidates.get(0);
    double least = Double.POSITIVE_INFINITY;
    try (Conv2dTiming timing = new Conv2dTiming(conv)) {
      for (int i : candidates) {
        double seconds = timing.seconds(i, passes, least);
        if (seconds < least) {
          least = seconds;
          fastest = i;
        }
      }
    }
    return fastest;
  }

  /** Returns a key that contains all properties on which the choice depends, without spaces. */
  private static String key(Conv2dDescriptor d, Set<Pass> passes) {
    String key =
        String.join(
            "/",
            Cpu.name(),
            NativeRuntime.isa(),
            NativeRuntime.openblasCore(),
            "threads" + NativeRuntime.threads(),
            NativeRuntime.version(),
            shape(d),
            EnumSet.copyOf(passes).stream()
                .map(p -> p.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("+")));
    return key.replaceAll("\\s+", "_");
  }

  private static String shape(Conv2dDescriptor d) {
    return String.format(
        Locale.ROOT,
        "%dx%dx%d,out%d,kernel%dx%d,stride%dx%d,padding%dx%d,dilation%dx%d,groups%d%s%s",
        d.in_channels(),
        d.in_height(),
        d.in_width(),
        d.out_channels(),
        d.kernel_height(),
        d.kernel_width(),
        d.stride_height(),
        d.stride_width(),
        d.padding_height(),
        d.padding_width(),
        d.dilation_height(),
        d.dilation_width(),
        d.groups(),
        d.precision() == 0 ? "" : "," + words(d.precision()),
        d.weights_type() == 0 ? "" : ",weights" + d.weights_type());
  }

  private static String words(long precision) {
    return Conv2dPrecision.values()[(int) precision].name().toLowerCase(Locale.ROOT);
  }
}
