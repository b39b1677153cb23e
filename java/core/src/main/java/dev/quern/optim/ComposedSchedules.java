package dev.quern.optim;

import dev.quern.internal.arguments.Require;
import dev.quern.optim.Schedules.Named;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Schedules that are composed of others. Each part counts its steps and epochs from its own start.
 */
final class ComposedSchedules {
  private ComposedSchedules() {}

  /** Returns the factor of a linear warm-up over {@code steps} steps, followed by {@code then}. */
  private static double warmUp(Schedule.Position at, long steps, Schedule then) {
    long left = Math.max(at.steps() - steps, 1);
    if (at.step() >= steps) {
      return then.factor(
          new Schedule.Position(at.step() - steps, at.steps() - steps, at.stepsPerEpoch()));
    }
    double first = then.factor(new Schedule.Position(0, left, at.stepsPerEpoch()));
    return first * (at.step() + 1.0) / (steps + 1.0);
  }

  record WarmUp(long steps, Schedule then) implements Named {
    WarmUp {
      Schedules.require(steps >= 0, "warmup", "steps", steps, "less than 0");
      Require.present("schedule warmup", "the schedule after it", then);
      Nesting.check("warmup", List.of(then));
    }

    @Override
    public double at(Position at) {
      return warmUp(at, steps, then);
    }

    @Override
    public List<Schedule> parts() {
      return List.of(then);
    }

    @Override
    public String toString() {
      return "warmup:" + steps + "," + Nesting.form(then);
    }
  }

  record WarmUpFraction(double fraction, Schedule then) implements Named {
    WarmUpFraction {
      Schedules.fraction("warmup", "fraction", fraction);
      Require.present("schedule warmup", "the schedule after it", then);
      Nesting.check("warmup", List.of(then));
    }

    @Override
    public double at(Position at) {
      return warmUp(at, Math.round(fraction * at.steps()), then);
    }

    @Override
    public List<Schedule> parts() {
      return List.of(then);
    }

    /** Returns the text form; the decimal point distinguishes a fraction from a number of steps. */
    @Override
    public String toString() {
      return "warmup:" + fraction + "," + Nesting.form(then);
    }
  }

  record Sequence(List<Schedule> parts, List<Integer> milestones) implements Named {
    Sequence {
      parts = Require.all("schedule sequence", "schedules", parts);
      Nesting.check("sequence", parts);
      milestones = List.copyOf(milestones);
      Schedules.rising("sequence", "milestones", milestones);
      Schedules.require(
          parts.size() == milestones.size() + 1,
          "sequence",
          "number of schedules",
          parts.size(),
          "not one more than the number of milestones " + milestones);
    }

    @Override
    public double at(Position at) {
      int i = 0;
      while (i < milestones.size() && at.epoch() >= milestones.get(i)) {
        i++;
      }
      long begin = i == 0 ? 0 : milestones.get(i - 1) * at.stepsPerEpoch();
      long end = at.steps();
      if (i < milestones.size()) {
        end = Math.min(end, milestones.get(i) * at.stepsPerEpoch());
      }
      return parts.get(i).factor(new Position(at.step() - begin, end - begin, at.stepsPerEpoch()));
    }

    @Override
    public String toString() {
      return parts.stream()
          .map(Nesting::form)
          .map(text -> text.contains(";") ? "(" + text + ")" : text)
          .collect(Collectors.joining(";", "sequence:" + Schedules.joined(milestones) + ";", ""));
    }
  }

  record ByEpoch(Schedule schedule) implements Named {
    ByEpoch {
      Require.present("schedule by-epoch", "the schedule after it", schedule);
      Nesting.check("by-epoch", List.of(schedule));
    }

    @Override
    public double at(Position at) {
      return schedule.factor(new Position(at.epoch(), at.epochs(), 1));
    }

    @Override
    public List<Schedule> parts() {
      return List.of(schedule);
    }

    @Override
    public String toString() {
      return "by-epoch:" + Nesting.form(schedule);
    }
  }
}
