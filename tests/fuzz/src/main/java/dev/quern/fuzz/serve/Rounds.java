package dev.quern.fuzz.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Rounds, each by its seed, in the process of the clients. */
public final class Rounds {
  /** Properties of the process that runs rounds. */
  static final String SECONDS = "quern.fuzz.seconds";

  static final String P99 = "quern.fuzz.p99";
  static final String ONLY = "quern.fuzz.rounds";
  static final String TIMES = "quern.fuzz.times";

  /**
   * Settings that all rounds share.
   *
   * @param seconds that an attack lasts
   * @param p99 below which so many valid requests are to be answered, in seconds
   * @param only what rounds are, as HOSTILITY/CONDITION or HOSTILITY; empty for all
   */
  record Settings(double seconds, double p99, String only) {
    /** For requests to the model that is attacked: 10 s in its queue, and a batch. */
    double slowest() {
      return Math.max(15, p99);
    }

    String only(Hostility hostility, Condition condition) {
      return hostility.word() + "/" + condition.word();
    }
  }

  private final Settings settings =
      new Settings(
          Double.parseDouble(System.getProperty(SECONDS, "20")),
          Double.parseDouble(System.getProperty(P99, "2")),
          System.getProperty(ONLY, ""));
  private final Bombs bombs = new Bombs();
  private final List<Question> questions = Question.all();
  private final Path log = Files.createTempFile("server-", ".log");

  public Rounds() throws IOException {
    // all is set above
  }

  /** Runs a round. */
  public void run(long seed) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    Hostility hostility = Hostility.values()[random.nextInt(Hostility.values().length)];
    Condition condition = Condition.draw(random);
    String[] only = settings.only.toUpperCase(Locale.ROOT).split("/");
    if (!settings.only.isEmpty()) {
      hostility = Hostility.valueOf(only[0]);
      condition = only.length > 1 ? Condition.valueOf(only[1]) : condition;
    }
    Round round = new Round(settings, hostility, condition, random.nextLong());
    try {
      round.run(log, questions, bombs);
    } finally {
      keep(hostility, condition, round);
    }
  }

  private static void keep(Hostility hostility, Condition condition, Round round)
      throws IOException {
    String file = System.getProperty(TIMES);
    if (file == null) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<Question.Stage, Times> e : round.times().entrySet()) {
      Times t = e.getValue();
      lines.append(
          String.join(
                  " ",
                  hostility.word(),
                  condition.word(),
                  e.getKey().name().toLowerCase(Locale.ROOT),
                  Integer.toString(t.count()),
                  Integer.toString(t.refused()),
                  Integer.toString(t.quantile(0.5)),
                  Integer.toString(t.quantile(0.99)),
                  Integer.toString(t.quantile(1)),
                  Long.toString(round.peak() >> 20))
              + "\n");
    }
    Files.writeString(Path.of(file), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** What kept times say, a line for each sort of attack, with the worst of its rounds. */
  public static List<String> summary(Path file) throws IOException {
    return Files.exists(file) ? Worst.of(Files.readAllLines(file)) : List.of();
  }

  /** The options of the process that runs rounds. */
  public static List<String> options(double seconds, double p99, String only, Path times) {
    return List.of(
        "-D" + SECONDS + "=" + seconds,
        "-D" + P99 + "=" + p99,
        "-D" + ONLY + "=" + only,
        "-D" + TIMES + "=" + times);
  }
}
