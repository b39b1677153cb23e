package dev.quern.fuzz;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a run does.
 *
 * @param attacks by name
 * @param minutes after which it ends
 * @param seed of all that is random
 * @param first the number of the first case
 * @param cases of each attack, if the time suffices
 * @param out the folder of findings and of the summary
 * @param input a finding's input, to be run alone; null for cases by their seeds
 * @param guided whether coverage guides the attacks that can be, where Jazzer is there
 * @param seconds that a round of {@code serve} attacks
 * @param p99 the time within which 99 of 100 valid requests are to be answered beside it, in
 *     seconds
 * @param rounds what rounds are, as {@code HOSTILITY/CONDITION} or {@code HOSTILITY}; empty for all
 */
record Options(
    List<String> attacks,
    double minutes,
    long seed,
    long first,
    long cases,
    Path out,
    Path input,
    boolean guided,
    double seconds,
    double p99,
    String rounds) {
  static final List<String> ALL = List.of("api", "files", "onnx", "native", "faults", "serve");

  static Options of(String... args) {
    List<String> attacks = ALL;
    double minutes = 5;
    long seed = new SplittableRandom().nextLong(1_000_000_000);
    long first = 0;
    long cases = Long.MAX_VALUE / 2;
    Path out = root().resolve("tests/fuzz/target/fuzz");
    Path input = null;
    boolean guided = false;
    double seconds = 20;
    double p99 = 2;
    String rounds = "";
    for (int i = 0; i + 1 < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--attacks" -> attacks = List.of(value.split(","));
        case "--minutes" -> minutes = Double.parseDouble(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--first" -> first = Long.parseLong(value);
        case "--cases" -> cases = Long.parseLong(value);
        case "--out" -> out = Path.of(value);
        case "--input" -> input = Path.of(value);
        case "--guided" -> guided = value.equals("yes");
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--p99" -> p99 = Double.parseDouble(value);
        case "--rounds" -> rounds = value;
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    if (args.length % 2 != 0 || !ALL.containsAll(attacks)) {
      throw new IllegalArgumentException("options come with a value each; attacks are " + ALL);
    }
    return new Options(
        attacks,
        minutes,
        seed,
        first,
        input == null ? cases : 1,
        out,
        input,
        guided,
        seconds,
        p99,
        rounds);
  }

  /** The project's folder. */
  static Path root() {
    return Path.of(System.getProperty("quern.root", "."));
  }
}
