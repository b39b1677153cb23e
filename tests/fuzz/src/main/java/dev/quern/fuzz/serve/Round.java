package dev.quern.fuzz.serve;

import dev.quern.fuzz.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A server, valid clients, and hostile ones for a while.
 *
 * <pre>
 *   start, warm -> state -> attack -> all leave -> recovery -> held bytes, state -> SIGTERM
 * </pre>
 */
final class Round {
  private static final int VALID_CLIENTS = 4;
  private static final int MOST_HOSTILE = 64;
  private static final int LOOK_MILLIS = 100;

  /** Above it the server is killed, for the machine's sake. */
  private static final long MOST_RESIDENT = 6L << 30;

  private final Rounds.Settings settings;
  private final Hostility hostility;
  private final Condition condition;
  private final int hostile;
  private final SplittableRandom random;
  private final Problems problems = new Problems();
  private final Map<Question.Stage, Times> times = new EnumMap<>(Question.Stage.class);
  private final List<Thread> threads = new ArrayList<>();

  Round(Rounds.Settings settings, Hostility hostility, Condition condition, long seed) {
    this.settings = settings;
    this.hostility = hostility;
    this.condition = condition;
    random = new SplittableRandom(seed);
    hostile = random.nextInt(4) == 0 ? 1 + random.nextInt(8) : MOST_HOSTILE;
    for (Question.Stage stage : Question.Stage.values()) {
      times.put(stage, new Times());
    }
  }

  String text() {
    return "round "
        + hostility.word()
        + "/"
        + condition.word()
        + ", "
        + hostile
        + " hostile connections, "
        + settings.seconds()
        + " s";
  }

  Map<Question.Stage, Times> times() {
    return times;
  }

  /** Runs it; what does not hold is thrown as a finding. */
  void run(Path log, List<Question> questions, Bombs bombs)
      throws IOException, InterruptedException {
    try (ServerProcess server = new ServerProcess(condition, random.nextLong(), log, problems)) {
      Calm calm = new Calm(server, questions, problems, condition);
      if (calm.warm()) {
        attack(server, questions, bombs);
        if (server.isAlive()) {
          requireTimes();
          calm.requireRecovery();
        } else {
          problems.add(Kind.DEATH, "death", "the server ended with status " + server.status());
        }
      }
      String log2 = server.tail();
      if (log2.contains("Exception in thread") || log2.contains("fatal error has been detected")) {
        problems.add(Kind.UNTYPED, "printed", "a thread ended by an error, see below");
      }
      problems.require(text() + ": run alone by --rounds " + settings.only(hostility, condition), log2);
    }
  }

  private void attack(ServerProcess server, List<Question> questions, Bombs bombs)
      throws IOException, InterruptedException {
    List<ValidClient> valid = new ArrayList<>();
    for (int i = 0; i < VALID_CLIENTS; i++) {
      valid.add(
          new ValidClient(
              server.port(), questions, times, problems, condition.isScarce(), random.split()));
    }
    List<HostileClient> bad = new ArrayList<>();
    for (int i = 0; i < hostile; i++) {
      bad.add(new HostileClient(server.port(), hostility, bombs, questions, random.split()));
    }
    Crowd crowd = new Crowd(server.port(), condition.crowd());
    boolean limited = condition == Condition.THREADS && server.limitThreads(2);
    if (condition.swaps() || hostility == Hostility.ODD) {
      server.tell("swap");
    }
    valid.forEach(this::start);
    start(crowd);
    bad.forEach(this::start);
    watch(server);
    bad.forEach(HostileClient::stop);
    crowd.stop();
    Thread.sleep(5L * LOOK_MILLIS);
    valid.forEach(ValidClient::stop);
    if (limited) {
      server.unlimitThreads();
    }
    for (Thread t : threads) {
      t.interrupt();
      t.join(40_000); // valid clients have their own patience
    }
  }

  private void start(Runnable client) {
    Thread t = new Thread(client, "client");
    t.setDaemon(true);
    threads.add(t);
    t.start();
  }

  private void watch(ServerProcess server) throws InterruptedException {
    long end = System.nanoTime() + (long) (settings.seconds() * 1e9);
    while (System.nanoTime() < end && server.isAlive()) {
      Thread.sleep(LOOK_MILLIS);
      long resident = server.bytes("VmRSS");
      if (resident > MOST_RESIDENT) {
        problems.add(Kind.WRONG, "memory", "the server has " + (resident >> 20) + " MB, and is killed");
        server.kill();
      }
    }
  }

  private void requireTimes() {
    if (condition.isScarce()) {
      return;
    }
    times.forEach(
        (stage, t) -> {
          double most = stage == Question.Stage.FREE ? settings.slowest() : settings.p99();
          if (t.quantile(0.99) > 1000 * most) {
            problems.add(
                Kind.HANG,
                "late",
                stage + ": p99 " + t.quantile(0.99) + " ms of " + t.count() + ", at most " + most + " s");
          }
        });
    Times others = times.get(Question.Stage.TENSORS);
    if (others.refused() > 1 + others.count() / 100) {
      problems.add(
          Kind.WRONG, "starved", others.refused() + " of " + others.count() + " were refused");
    }
  }
}
