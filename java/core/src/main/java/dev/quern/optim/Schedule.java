package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A schedule of the learning rate over one call of {@link dev.quern.train.Trainer#fit}: the factor
 * by which the optimizer's learning rate is multiplied at each step. A schedule must be a pure
 * function, so that a run can be resumed at any step. Built-in schedules with equal parameters are
 * equal, and their {@link Object#toString} is the text form that {@link #parse} reads. Custom
 * schedules, for example lambdas, need neither property.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Returns the factor of a step. If the factor is negative or not finite, training throws an
   * exception.
   */
  double factor(Position at);

  /** Returns the text form that {@link #parse} reads; empty for a custom schedule. */
  default Optional<String> text() {
    return Optional.empty();
  }

  /**
   * A step's position in a call of fit.
   *
   * @param step the step, counted from 0, less than {@code steps}
   * @param steps the number of steps in the whole call, at least 1
   * @param stepsPerEpoch the number of steps per epoch, at least 1
   */
  record Position(long step, long steps, long stepsPerEpoch) {
    public Position {
      if (step < 0 || step >= steps || stepsPerEpoch < 1) {
        throw new InvalidArgumentException(
            "schedule: step "
                + step
                + " of "
                + steps
                + " with "
                + stepsPerEpoch
                + " steps per epoch is not a valid position");
      }
    }

    /** Returns the epoch, counted from 0. */
    public long epoch() {
      return step / stepsPerEpoch;
    }

    /** Returns the number of epochs, the last of which may be shorter. */
    public long epochs() {
      return (steps - 1) / stepsPerEpoch + 1;
    }
  }

  /** Returns a schedule with the constant factor 1. Text form: {@code constant} */
  static Schedule constant() {
    return new Schedules.Constant();
  }

  /**
   * Returns a schedule that multiplies the factor by 0.1 every {@code everyEpochs} epochs, as
   * PyTorch's StepLR. Text form: {@code step:30}
   */
  static Schedule step(int everyEpochs) {
    return step(everyEpochs, 0.1);
  }

  /**
   * Returns a schedule that multiplies the factor by {@code gamma} every {@code everyEpochs}
   * epochs, as PyTorch's StepLR. Text form: {@code step:30,0.1}
   */
  static Schedule step(int everyEpochs, double gamma) {
    return new Schedules.Step(everyEpochs, gamma);
  }

  /**
   * Returns a schedule that multiplies the factor by {@code gamma} at the start of each given
   * epoch, counted from 0, as PyTorch's MultiStepLR. Text form: {@code multi-step:0.1,30,60}
   */
  static Schedule multiStep(double gamma, int... epochs) {
    return new Schedules.MultiStep(
        gamma,
        Arrays.stream(Require.present("schedule multi-step", "epochs", epochs)).boxed().toList());
  }

  /**
   * Returns a schedule that multiplies the factor by {@code gamma} in each epoch, as PyTorch's
   * ExponentialLR. Text form: {@code exponential:0.95}
   */
  static Schedule exponential(double gamma) {
    return new Schedules.Exponential(gamma);
  }

  /**
   * Returns a schedule with the factor {@code (1 - step / steps)^power}, as PyTorch's PolynomialLR;
   * a power of 1 is linear. Text form: {@code polynomial:2}
   */
  static Schedule polynomial(double power) {
    return new Schedules.Polynomial(power);
  }

  /**
   * Returns cosine annealing of the factor from 1 to 0 (Loshchilov and Hutter, "SGDR", 2017,
   * without restarts). Text form: {@code cosine}
   */
  static Schedule cosine() {
    return cosine(0);
  }

  /**
   * Returns cosine annealing of the factor from 1 to {@code minimum}. Text form: {@code
   * cosine:0.01}
   */
  static Schedule cosine(double minimum) {
    return new Schedules.Cosine(minimum);
  }

  /**
   * Returns a schedule whose factor rises linearly to 1, then falls linearly. The factor would be 0
   * one step before the first and one step after the last step, so it is above 0 at every step.
   * Text form: {@code triangular:0.2}
   *
   * @param peak position of the maximum, as a fraction of the steps
   */
  static Schedule triangular(double peak) {
    return triangular(peak, 0, 0);
  }

  /**
   * Returns a schedule whose factor rises linearly from {@code start} to 1, then falls linearly to
   * {@code end}. Text form: {@code triangular:0.2,0.1,0.05}
   */
  static Schedule triangular(double peak, double start, double end) {
    return new Schedules.Triangular(peak, start, end);
  }

  /**
   * Returns PyTorch's OneCycleLR with its defaults: pctStart 0.3, divFactor 25, finalDivFactor 1e4.
   * Text form: {@code one-cycle}
   */
  static Schedule oneCycle() {
    return oneCycle(0.3, 25, 1e4);
  }

  /**
   * Returns PyTorch's OneCycleLR, where the optimizer's learning rate is the maximum: the factor
   * rises along half a cosine from {@code 1 / divFactor} to 1 over the fraction {@code pctStart} of
   * the steps, then falls along half a cosine to {@code 1 / (divFactor finalDivFactor)} (Smith and
   * Topin, "Super-Convergence", 2018). Text form: {@code one-cycle:0.3,25,10000}
   */
  static Schedule oneCycle(double pctStart, double divFactor, double finalDivFactor) {
    return new Schedules.OneCycle(pctStart, divFactor, finalDivFactor);
  }

  /**
   * Returns a linear warm-up over {@code steps} steps, followed by {@code then}. The factor of the
   * warm-up is {@code (step + 1) / (steps + 1)} times the first factor of {@code then}. Afterwards,
   * {@code then} counts steps and epochs from its own start. Text form: {@code warmup:500,cosine}
   */
  static Schedule warmUp(long steps, Schedule then) {
    return new ComposedSchedules.WarmUp(steps, then);
  }

  /**
   * Returns a linear warm-up as {@link #warmUp} does, but over a fraction of all steps. Text form:
   * {@code warmup:0.1,cosine}
   */
  static Schedule warmUpFraction(double fraction, Schedule then) {
    return new ComposedSchedules.WarmUpFraction(fraction, then);
  }

  /**
   * Returns a sequence of schedules, each of which counts its steps and epochs from its own start,
   * as PyTorch's SequentialLR. Text form: {@code sequence:30,60;constant;cosine;constant}
   *
   * @param milestones the epochs in which the second and later schedules start, ascending
   */
  static Schedule sequence(List<Schedule> schedules, int... milestones) {
    Require.present("schedule sequence", "milestones", milestones);
    return new ComposedSchedules.Sequence(schedules, Arrays.stream(milestones).boxed().toList());
  }

  /**
   * Returns a schedule whose factor is constant within each epoch: {@code schedule} is called with
   * the epochs as its steps. Text form: {@code by-epoch:cosine}
   */
  static Schedule byEpoch(Schedule schedule) {
    return new ComposedSchedules.ByEpoch(schedule);
  }

  /**
   * Parses a schedule such as {@code cosine} or {@code warmup:500,step:30,0.1}; each factory method
   * documents its text form.
   *
   * @throws InvalidArgumentException if the text is not in the form of a built-in schedule
   */
  static Schedule parse(String text) {
    return ScheduleText.parse(text);
  }
}
