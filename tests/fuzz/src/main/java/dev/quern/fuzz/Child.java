package dev.quern.fuzz;

import java.nio.file.Path;

/** A child JVM's main class: runs an attack's cases from one number on. */
final class Child {
  private Child() {}

  /** A case's seed, from the run's. */
  static long seed(long run, long number) {
    long z = run * 0x9E3779B97F4A7C15L + number * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * @param args attack, its class, the run's seed, first case, number of cases, folder of findings,
   *     file of the beat
   */
  public static void main(String[] args) throws Exception {
    String name = args[0];
    Attack attack = (Attack) Class.forName(args[1]).getDeclaredConstructor().newInstance();
    long run = Long.parseLong(args[2]);
    long first = Long.parseLong(args[3]);
    long cases = Long.parseLong(args[4]);
    Findings findings = new Findings(Path.of(args[5]));
    Beat beat = Beat.at(Path.of(args[6]));
    for (long number = first; number < first + cases; number++) {
      beat.begin(number);
      try {
        attack.run(seed(run, number));
      } catch (Exception | Error e) { // an Error, too, is an answer that no caller expects
        findings.add(name, Findings.kindOf(e), run, number, e, attack.input());
      }
      beat.done(number + 1);
    }
    System.exit(0); // whatever threads an attack has left
  }
}
