package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.optim.Schedules.Named;
import java.util.List;

/**
 * How schedules lie in one another: bounded, so that whatever walks through them ends, on any
 * thread's stack.
 */
final class Nesting {
  /** Far beyond any schedule of use. */
  static final int DEEPEST = 64;

  /** Schedules in all; one that is shared counts wherever it stands. */
  private static final int MOST = 1000;

  private Nesting() {}

  /**
   * @throws InvalidArgumentException if a schedule of these parts would be too deep or too large
   */
  static void check(String schedule, List<Schedule> parts) {
    int depth = 0;
    int count = 0;
    for (Schedule part : parts) {
      depth = Math.max(depth, depth(part));
      count += count(part);
    }
    if (depth >= DEEPEST) {
      throw new InvalidArgumentException(
          "schedule " + schedule + ": schedules are nested more than " + DEEPEST + " levels deep");
    }
    if (count >= MOST) {
      throw new InvalidArgumentException(
          "schedule " + schedule + ": it is made of more than " + MOST + " schedules");
    }
  }

  private static int depth(Schedule s) {
    return 1 + parts(s).stream().mapToInt(Nesting::depth).max().orElse(0);
  }

  private static int count(Schedule s) {
    return 1 + parts(s).stream().mapToInt(Nesting::count).sum();
  }

  private static List<Schedule> parts(Schedule s) {
    return s instanceof Named named ? named.parts() : List.of();
  }

  /** Whether a schedule and all that it is made of have a text form. */
  static boolean hasText(Schedule s) {
    return s instanceof Named named
        ? named.parts().stream().allMatch(Nesting::hasText)
        : ownText(s) != null;
  }

  /** The text form of a schedule, or another text that identifies it; each part is read once. */
  static String form(Schedule s) {
    String own = s instanceof Named ? null : ownText(s);
    return own == null ? s.toString() : own;
  }

  /** The text of a custom schedule; null without one. */
  private static String ownText(Schedule s) {
    return Require.present("schedule", "text of " + s.getClass().getName(), s.text()).orElse(null);
  }
}
