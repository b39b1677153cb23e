package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The schedules that consist of a single formula, for the factory methods of {@link Schedule}. */
final class Schedules {
  private Schedules() {}

  /** A schedule whose {@link #toString} is its text form, unless a part has no text form. */
  interface Named extends Schedule {
    /** Returns the factor at a valid position. */
    double at(Position position);

    @Override
    default double factor(Position at) {
      return at(Require.present("schedule", "position", at));
    }

    /** Returns the schedules of which this schedule is composed. */
    default List<Schedule> parts() {
      return List.of();
    }

    @Override
    default Optional<String> text() {
      return Nesting.hasText(this) ? Optional.of(toString()) : Optional.empty();
    }
  }

  static void require(boolean good, String schedule, String what, Object value, String rule) {
    if (!good) {
      throw new InvalidArgumentException(
          "schedule " + schedule + ": " + what + " " + value + " is " + rule);
    }
  }

  private static void notNegative(String schedule, String what, double value) {
    boolean good = value >= 0 && Double.isFinite(value);
    require(good, schedule, what, value, "not finite and at least 0");
  }

  static void fraction(String schedule, String what, double value) {
    require(value >= 0 && value <= 1, schedule, what, value, "outside [0, 1]");
  }

  /** Formats a number without a trailing fraction of 0: 30 instead of 30.0. */
  static String number(double value) {
    String text = Double.toString(value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** Interpolates along half a cosine from {@code from} to {@code to}, at {@code at} in [0, 1]. */
  private static double cosine(double from, double to, double at) {
    return to + (from - to) * (1 + StrictMath.cos(Math.PI * at)) / 2;
  }

  record Constant() implements Named {
    @Override
    public double at(Position at) {
      return 1;
    }

    @Override
    public String toString() {
      return "constant";
    }
  }

  record Step(int every, double gamma) implements Named {
    Step {
      require(every >= 1, "step", "epochs", every, "not at least 1");
      notNegative("step", "gamma", gamma);
    }

    @Override
    public double at(Position at) {
      return StrictMath.pow(gamma, at.epoch() / every);
    }

    @Override
    public String toString() {
      return "step:" + every + "," + number(gamma);
    }
  }

  record MultiStep(double gamma, List<Integer> epochs) implements Named {
    MultiStep {
      notNegative("multi-step", "gamma", gamma);
      rising("multi-step", "epochs", epochs);
      epochs = List.copyOf(epochs);
    }

    @Override
    public double at(Position at) {
      return StrictMath.pow(gamma, epochs.stream().filter(e -> e <= at.epoch()).count());
    }

    @Override
    public String toString() {
      return "multi-step:" + number(gamma) + "," + joined(epochs);
    }
  }

  /** Checks that there is at least one epoch, and that epochs are at least 1 and ascending. */
  static void rising(String schedule, String what, List<Integer> epochs) {
    boolean good = !epochs.isEmpty() && epochs.get(0) >= 1;
    for (int i = 1; i < epochs.size(); i++) {
      good &= epochs.get(i) > epochs.get(i - 1);
    }
    require(good, schedule, what, epochs, "not an ascending list of numbers of at least 1");
  }

  static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  record Exponential(double gamma) implements Named {
    Exponential {
      notNegative("exponential", "gamma", gamma);
    }

    @Override
    public double at(Position at) {
      return StrictMath.pow(gamma, at.epoch());
    }

    @Override
    public String toString() {
      return "exponential:" + number(gamma);
    }
  }

  record Polynomial(double power) implements Named {
    Polynomial {
      notNegative("polynomial", "power", power);
    }

    @Override
    public double at(Position at) {
      return StrictMath.pow(1 - (double) at.step() / at.steps(), power);
    }

    @Override
    public String toString() {
      return "polynomial:" + number(power);
    }
  }

  record Cosine(double minimum) implements Named {
    Cosine {
      fraction("cosine", "minimum", minimum);
      minimum += 0.0; // turns -0 into 0
    }

    @Override
    public double at(Position at) {
      return Schedules.cosine(1, minimum, (double) at.step() / at.steps());
    }

    @Override
    public String toString() {
      return minimum == 0 ? "cosine" : "cosine:" + number(minimum);
    }
  }

  record Triangular(double peak, double start, double end) implements Named {
    Triangular {
      fraction("triangular", "peak", peak);
      fraction("triangular", "start", start);
      fraction("triangular", "end", end);
    }

    @Override
    public double at(Position at) {
      // the ends lie one step outside, since a step with factor 0 would be useless
      double t = (at.step() + 1.0) / (at.steps() + 1.0);
      return t < peak ? start + (1 - start) * t / peak : end + (1 - end) * (1 - t) / (1 - peak);
    }

    @Override
    public String toString() {
      String ends = start == 0 && end == 0 ? "" : "," + number(start) + "," + number(end);
      return "triangular:" + number(peak) + ends;
    }
  }

  record OneCycle(double pctStart, double divFactor, double finalDivFactor) implements Named {
    static final OneCycle DEFAULT = new OneCycle(0.3, 25, 1e4);

    OneCycle {
      fraction("one-cycle", "pct_start", pctStart);
      positive("div_factor", divFactor);
      positive("final_div_factor", finalDivFactor);
    }

    private static void positive(String what, double value) {
      boolean good = value > 0 && Double.isFinite(value);
      require(good, "one-cycle", what, value, "not a number above 0");
    }

    @Override
    public double at(Position at) {
      double first = 1 / divFactor;
      double top = pctStart * at.steps() - 1;
      double last = at.steps() - 1.0;
      if (at.step() <= top) {
        return top == 0 ? 1 : Schedules.cosine(first, 1, at.step() / top);
      }
      return Schedules.cosine(1, first / finalDivFactor, (at.step() - top) / (last - top));
    }

    @Override
    public String toString() {
      return equals(DEFAULT)
          ? "one-cycle"
          : "one-cycle:"
              + number(pctStart)
              + ","
              + number(divFactor)
              + ","
              + number(finalDivFactor);
    }
  }
}
