package dev.quern.fuzz.files;

import dev.quern.error.QuernException;
import dev.quern.optim.Schedule;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Schedules' texts. */
final class ScheduleFormat implements Format {
  private static final List<String> BASES =
      List.of(
          "constant",
          "cosine",
          "cosine:0.01",
          "step:2",
          "step:2,0.5",
          "multi-step:0.1,1,3",
          "exponential:0.95",
          "polynomial:2",
          "triangular:0.2",
          "triangular:0.2,0.1,0.05",
          "one-cycle",
          "one-cycle:0.3,25,10000",
          "warmup:3,cosine",
          "warmup:0.1,step:2,0.5",
          "by-epoch:cosine",
          "sequence:1,3;constant;cosine;constant",
          "sequence:1;(sequence:1;cosine;constant);warmup:2,by-epoch:one-cycle");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "-1",
          "1e308",
          "1e-320",
          "NaN",
          "Infinity",
          "0x1p3",
          "1d",
          " 1",
          "",
          ".5",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "99999999999999999999",
          "0.1",
          "1.0");

  @Override
  public boolean attack(Dice dice) {
    String text = text(dice);
    Schedule read = Schedule.parse(text);
    String again = read.text().orElseThrow();
    if (again.length() <= 2000) {
      Tensors.require("schedule " + text, read, Schedule.parse(again));
    }
    for (int i = 0; i < 3; i++) {
      factor(read, dice);
    }
    return true;
  }

  private static void factor(Schedule s, Dice dice) {
    long steps = 1 + (dice.odd() >>> 1);
    try {
      s.factor(
          new Schedule.Position(
              (dice.odd() >>> 1) % steps, steps, dice.oneIn(2) ? 1 + dice.below(9) : dice.odd()));
    } catch (QuernException e) {
      Attacks.requireMessage(e);
    }
  }

  private static String text(Dice dice) {
    String text = dice.of(BASES);
    do {
      text =
          switch (dice.below(6)) {
            case 0 -> text.replaceFirst("[0-9.]+", dice.of(NUMBERS));
            case 1 -> dice.of(BASES) + dice.of(List.of(",", ";", ":", "")) + text;
            case 2 ->
                dice.of(List.of("warmup:1,", "by-epoch:", "(", "warmup:0.5,"))
                        .repeat(1 + dice.below(300))
                    + text;
            case 3 -> "(" + text + ")".repeat(dice.below(3));
            case 4 -> "sequence:1;" + text + ";" + dice.of(BASES);
            default -> rough(text, dice);
          };
    } while (dice.again(2) && text.length() < 4000);
    return text;
  }

  private static String rough(String text, Dice dice) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new String(Bits.mutate(bytes, bytes, dice), StandardCharsets.ISO_8859_1);
  }
}
