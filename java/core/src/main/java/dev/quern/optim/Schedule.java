package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Schedule of the learning rate over one call of {@link dev.quern.train.Trainer#fit}: what the
 * optimizer's own rate is multiplied by at each step. A pure function, so that a run can be resumed
 * anywhere. The schedules made here are equal where their parameters are, and {@link
 * Object#toString} gives the form that {@link #parse} reads; a lambda is as good a schedule,
 * without those.
 */
@FunctionalInterface
public interface Schedule {
  /** The factor of a step, at least 0; any other ends training. */
  double factor(Position at);

  /** The form that {@link #parse} reads; empty for a custom schedule. */
  default Optional<String> text() {
    return Optional.empty();
  }

  /**
   * Position of a run.
   *
   * @param step counted from 0, less than {@code steps}
   * @param steps number of steps in the whole call, at least 1
   * @param stepsPerEpoch at least 1
   */
  record Position(long step, long steps, long stepsPerEpoch) {
    public Position {
      if (step < 0 || step >= steps || stepsPerEpoch < 1) {
        throw new InvalidArgumentException(
            "schedule: step "
                + step
                + " of "
                + steps
                + ", "
                + stepsPerEpoch
                + " per epoch, is not a valid position");
      }
    }

    /** Counted from 0. */
    public long epoch() {
      return step / stepsPerEpoch;
    }

    /** The last may be shorter than the others. */
    public long epochs() {
      return (steps - 1) / stepsPerEpoch + 1;
    }
  }

  /** Always 1. {@code constant} */
  static Schedule constant() {
    return new Schedules.Constant();
  }

  /** 0.1 times as much every so many epochs, PyTorch's StepLR. {@code step:30} */
  static Schedule step(int everyEpochs) {
    return step(everyEpochs, 0.1);
  }

  /** {@code gamma} times as much every so many epochs, PyTorch's StepLR. {@code step:30,0.1} */
  static Schedule step(int everyEpochs, double gamma) {
    return new Schedules.Step(everyEpochs, gamma);
  }

  /**
   * {@code gamma} times as much from each of these epochs on, counted from 0, PyTorch's
   * MultiStepLR. {@code multi-step:0.1,30,60}
   */
  static Schedule multiStep(double gamma, int... epochs) {
    return new Schedules.MultiStep(
        gamma,
        Arrays.stream(Require.present("schedule multi-step", "epochs", epochs)).boxed().toList());
  }

  /** {@code gamma} times as much each epoch, PyTorch's ExponentialLR. {@code exponential:0.95} */
  static Schedule exponential(double gamma) {
    return new Schedules.Exponential(gamma);
  }

  /**
   * {@code (1 - step / steps)^power}, PyTorch's PolynomialLR; 1 for a straight line. {@code
   * polynomial:2}
   */
  static Schedule polynomial(double power) {
    return new Schedules.Polynomial(power);
  }

  /**
   * From 1 down to 0 along half a cosine. Loshchilov and Hutter, "SGDR", 2017, without restarts.
   * {@code cosine}
   */
  static Schedule cosine() {
    return cosine(0);
  }

  /** From 1 down to {@code minimum} along half a cosine. {@code cosine:0.01} */
  static Schedule cosine(double minimum) {
    return new Schedules.Cosine(minimum);
  }

  /**
   * A straight line from 0 up to 1 and another down to 0, neither end itself taken. {@code
   * triangular:0.2}
   *
   * @param peak where the top is, as a fraction of the steps
   */
  static Schedule triangular(double peak) {
    return triangular(peak, 0, 0);
  }

  /**
   * A straight line from {@code start} up to 1 and another down to {@code end}. {@code
   * triangular:0.2,0.1,0.05}
   */
  static Schedule triangular(double peak, double start, double end) {
    return new Schedules.Triangular(peak, start, end);
  }

  /** PyTorch's OneCycleLR with its defaults 0.3, 25 and 1e4. {@code one-cycle} */
  static Schedule oneCycle() {
    return oneCycle(0.3, 25, 1e4);
  }

  /**
   * PyTorch's OneCycleLR, where the optimizer's rate is the largest one: half a cosine up from
   * {@code 1 / divFactor} to 1 over {@code pctStart} of the steps, then another down to {@code 1 /
   * (divFactor finalDivFactor)}. Smith and Topin, "Super-Convergence", 2018. {@code
   * one-cycle:0.3,25,10000}
   */
  static Schedule oneCycle(double pctStart, double divFactor, double finalDivFactor) {
    return new Schedules.OneCycle(pctStart, divFactor, finalDivFactor);
  }

  /**
   * Rises in a straight line over {@code steps} steps, {@code (step + 1) / (steps + 1)}, to where
   * {@code then} begins, which counts its steps and epochs from there. {@code warmup:500,cosine}
   */
  static Schedule warmUp(long steps, Schedule then) {
    return new ComposedSchedules.WarmUp(steps, then);
  }

  /** Like {@link #warmUp} over a fraction of all steps. {@code warmup:0.1,cosine} */
  static Schedule warmUpFraction(double fraction, Schedule then) {
    return new ComposedSchedules.WarmUpFraction(fraction, then);
  }

  /**
   * One schedule after another, each counting its steps and epochs from where it begins, PyTorch's
   * SequentialLR. {@code sequence:30,60;constant;cosine;constant}
   *
   * @param milestones the epochs in which the second and each later one begins, rising
   */
  static Schedule sequence(List<Schedule> schedules, int... milestones) {
    Require.present("schedule sequence", "milestones", milestones);
    return new ComposedSchedules.Sequence(schedules, Arrays.stream(milestones).boxed().toList());
  }

  /**
   * Holds the factor within an epoch: {@code schedule} sees one step an epoch. {@code
   * by-epoch:cosine}
   */
  static Schedule byEpoch(Schedule schedule) {
    return new ComposedSchedules.ByEpoch(schedule);
  }

  /**
   * Parses a schedule such as {@code cosine} or {@code warmup:500,step:30,0.1}; each factory
   * documents its form.
   *
   * @throws InvalidArgumentException if the text does not have one of these forms
   */
  static Schedule parse(String text) {
    return ScheduleText.parse(text);
  }
}
