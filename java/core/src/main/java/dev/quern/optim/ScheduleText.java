package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Parses schedules from their text form. */
final class ScheduleText {
  private static final String FORMS =
      "constant, step:EPOCHS[,GAMMA], multi-step:GAMMA,EPOCH,..., exponential:GAMMA,"
          + " polynomial:POWER, cosine[:MINIMUM], triangular:PEAK[,START,END],"
          + " one-cycle[:PCT_START,DIV_FACTOR,FINAL_DIV_FACTOR], warmup:STEPS,SCHEDULE,"
          + " warmup:0.FRACTION,SCHEDULE, by-epoch:SCHEDULE,"
          + " sequence:EPOCH,...;SCHEDULE;SCHEDULE;...";

  /**
   * Maximum number of characters, far above that of any useful schedule; limited because each
   * parenthesis needs a stack frame.
   */
  private static final int LONGEST = 2000;

  /** Thrown for an unknown form; the caller catches it and reports the whole text. */
  private static final class UnknownForm extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownForm() {
      super(null, null, false, false);
    }
  }

  private ScheduleText() {}

  static Schedule parse(String text) {
    Require.present("schedule", "text", text);
    if (text.length() > LONGEST) {
      throw new InvalidArgumentException(
          "schedule: a string of "
              + text.length()
              + " characters is longer than the "
              + LONGEST
              + " allowed for a schedule");
    }
    try {
      return schedule(text, Nesting.DEEPEST);
    } catch (UnknownForm | NumberFormatException e) {
      throw new InvalidArgumentException("schedule: \"" + text + "\" is not one of " + FORMS);
    } catch (InvalidArgumentException e) {
      throw new InvalidArgumentException(e.getMessage() + ", in \"" + text + "\"");
    }
  }

  /**
   * Parses a schedule.
   *
   * @param levels the remaining nesting depth; each pair of parentheses counts as a level
   */
  private static Schedule schedule(String text, int levels) {
    if (levels == 0) {
      throw new InvalidArgumentException(
          "schedule: schedules are nested more than " + Nesting.DEEPEST + " levels deep");
    }
    if (text.startsWith("(") && text.endsWith(")")) {
      return schedule(text.substring(1, text.length() - 1), levels - 1);
    }
    int colon = text.indexOf(':');
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    if (colon >= 0 && rest.isEmpty()) {
      throw new UnknownForm();
    }
    switch (colon < 0 ? text : text.substring(0, colon)) {
      case "warmup":
        return warmUp(rest, levels - 1);
      case "by-epoch":
        return Schedule.byEpoch(schedule(rest, levels - 1));
      case "sequence":
        return sequence(rest, levels - 1);
      default:
        return formula(colon < 0 ? text : text.substring(0, colon), rest);
    }
  }

  private static Schedule formula(String name, String rest) {
    String[] s = rest.isEmpty() ? new String[0] : rest.split(",", -1);
    switch (name + " " + s.length) {
      case "constant 0":
        return Schedule.constant();
      case "step 1":
        return Schedule.step(Integer.parseInt(s[0]));
      case "step 2":
        return Schedule.step(Integer.parseInt(s[0]), number(s[1]));
      case "exponential 1":
        return Schedule.exponential(number(s[0]));
      case "polynomial 1":
        return Schedule.polynomial(number(s[0]));
      case "cosine 0":
        return Schedule.cosine();
      case "cosine 1":
        return Schedule.cosine(number(s[0]));
      case "triangular 1":
        return Schedule.triangular(number(s[0]));
      case "triangular 3":
        return Schedule.triangular(number(s[0]), number(s[1]), number(s[2]));
      case "one-cycle 0":
        return Schedule.oneCycle();
      case "one-cycle 3":
        return Schedule.oneCycle(number(s[0]), number(s[1]), number(s[2]));
      default:
        if (!name.equals("multi-step") || s.length < 2) {
          throw new UnknownForm();
        }
        return Schedule.multiStep(number(s[0]), integers(Stream.of(s).skip(1)));
    }
  }

  private static int[] integers(Stream<String> texts) {
    return texts.mapToInt(Integer::parseInt).toArray();
  }

  /**
   * Parses a decimal number; other forms that Java accepts, such as spaces, a suffix d or
   * hexadecimal numbers, are rejected.
   */
  private static double number(String text) {
    if (!text.matches("[-+0-9.eE]+")) {
      throw new UnknownForm();
    }
    return Double.parseDouble(text);
  }

  private static Schedule warmUp(String rest, int levels) {
    int comma = rest.indexOf(',');
    if (comma < 0) {
      throw new UnknownForm();
    }
    String length = rest.substring(0, comma);
    Schedule then = schedule(rest.substring(comma + 1), levels);
    return length.matches("-?[0-9]+")
        ? Schedule.warmUp(Long.parseLong(length), then)
        : Schedule.warmUpFraction(number(length), then);
  }

  private static Schedule sequence(String rest, int levels) {
    List<String> pieces = pieces(rest);
    List<Schedule> parts = pieces.stream().skip(1).map(p -> schedule(p, levels)).toList();
    return Schedule.sequence(parts, integers(Stream.of(pieces.get(0).split(",", -1))));
  }

  /** Splits a text at the semicolons outside of parentheses. */
  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int begin = 0;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ';' && depth == 0) {
        pieces.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    pieces.add(text.substring(begin));
    return pieces;
  }
}
