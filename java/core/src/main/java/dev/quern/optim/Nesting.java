package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.optim.Schedules.Named;
import java.util.List;

/**
 * Limits the nesting of schedules, so that recursive functions do not overflow a thread's stack.
 */
final class Nesting {
  /** Maximum nesting depth, far above that of any useful schedule. */
  static final int DEEPEST = 64;

  /** Maximum number of schedules in a composed schedule; a shared one counts at each occurrence. */
  private static final int MOST = 1000;

  private Nesting() {}

  /**
   * Checks the depth and the size of a schedule that is composed of parts.
   *
   * @throws InvalidArgumentException if the schedule would be nested too deep or contain too many
   *     schedules
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
          "schedule " + schedule + ": contains more than " + MOST + " schedules");
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

  /** Returns whether a schedule and all of its parts have a text form. */
  static boolean hasText(Schedule s) {
    return s instanceof Named named
        ? named.parts().stream().allMatch(Nesting::hasText)
        : ownText(s) != null;
  }

  /** Returns the text form of a schedule, or its {@code toString} if it has no text form. */
  static String form(Schedule s) {
    String own = s instanceof Named ? null : ownText(s);
    return own == null ? s.toString() : own;
  }

  /** Returns the text form of a custom schedule; null if it has none. */
  private static String ownText(Schedule s) {
    return Require.present("schedule", "text of " + s.getClass().getName(), s.text()).orElse(null);
  }
}
