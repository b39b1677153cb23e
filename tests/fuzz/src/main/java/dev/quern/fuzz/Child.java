package dev.quern.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A child JVM's main class: runs an attack's cases from one number on. */
final class Child {
  private final String name;
  private final Attack attack;
  private final long run;
  private final long end;
  private final Findings findings;
  private final Beat beat;
  private long number;

  /**
   * @param args attack, its class, the run's seed, first case, number of cases, folder of findings,
   *     file of the beat
   */
  Child(String... args) throws ReflectiveOperationException, IOException {
    name = args[0];
    attack = (Attack) Class.forName(args[1]).getDeclaredConstructor().newInstance();
    run = Long.parseLong(args[2]);
    number = Long.parseLong(args[3]);
    end = number + Long.parseLong(args[4]);
    findings = new Findings(Path.of(args[5]));
    beat = Beat.at(Path.of(args[6]));
  }

  /** A case, which may throw anything. */
  private interface Case {
    void run() throws Exception;
  }

  /** A case's seed, from the run's. */
  static long seed(long run, long number) {
    long z = run * 0x9E3779B97F4A7C15L + number * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * @param args as the constructor takes them, and perhaps the file of an input, to be run alone
   */
  public static void main(String[] args) throws Exception {
    Child child = new Child(args);
    if (args.length > 7) {
      child.next(Files.readAllBytes(Path.of(args[7])));
    } else {
      while (child.next()) {
        // all is done there
      }
    }
    System.exit(0); // whatever threads an attack has left
  }

  /** Runs the next case by its seed; false once there is none left. */
  boolean next() throws IOException {
    return next(new byte[0], () -> attack.run(seed(run, number)));
  }

  /** Runs these bytes as the next case. */
  boolean next(byte[] input) throws IOException {
    return next(input, () -> ((BytesAttack) attack).run(input));
  }

  private boolean next(byte[] input, Case one) throws IOException {
    if (number >= end) {
      return false;
    }
    beat.begin(number, input);
    try {
      one.run();
    } catch (Exception | Error e) { // an Error, too, is an answer that no caller expects
      findings.add(name, Findings.kindOf(e), run, number, e, attack.input());
    }
    beat.done(++number);
    return true;
  }
}
