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
  private static final int START_SECONDS = 30;

  /** Valid clients have their own patience, after which they come back. */
  private static final long JOIN_NANOS = 45_000_000_000L;

  /** Above it the server is killed, for the machine's sake. */
  private static final long MOST_RESIDENT = 6L << 30;

  /** Beside the heap: a GiB of plans, as the manual has it, and what a JVM and its threads need. */
  private static final long MORE_RESIDENT = 2L << 30;

  private final Rounds.Settings settings;
  private final Hostility hostility;
  private final Condition condition;
  private final int hostile;
  private final SplittableRandom random;
  private final Problems problems = new Problems();
  private final Map<Question.Stage, Times> times = new EnumMap<>(Question.Stage.class);
  private final List<Thread> threads = new ArrayList<>();
  private long peak;

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

  /** The largest resident size of the server. */
  long peak() {
    return peak;
  }

  private boolean swaps() {
    return condition.swaps() || hostility == Hostility.ODD;
  }

  Map<Question.Stage, Times> times() {
    return times;
  }

  /** Runs it; what does not hold is thrown as a finding. */
  void run(Path log, List<Question> questions, Bombs bombs)
      throws IOException, InterruptedException {
    hostility.sorts().forEach(bombs::of);
    try (ServerProcess server = new ServerProcess(condition, random.nextLong(), log, problems)) {
      Calm calm = new Calm(server, questions, problems, swaps());
      if (calm.warm()) {
        attack(server, questions, bombs);
        peak = server.bytes("VmHWM");
        if (server.isAlive()) {
          requireTimes();
          requireMemory();
          calm.requireRecovery();
        } else {
          problems.add(Kind.DEATH, "death", "the server ended with status " + server.status());
        }
      }
      String printed = server.tail();
      if (!condition.isScarce() && printed.contains("Exception in thread")) {
        problems.add(Kind.UNTYPED, "printed", "a thread ended by an error, see below");
      }
      problems.require(
          text() + ": run alone by --rounds " + settings.only(hostility, condition), printed);
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
    if (swaps()) {
      bad.set(0, new HostileClient(server.port(), Hostility.ODD, bombs, questions, random.split()));
    }
    Crowd crowd = new Crowd(server.port(), condition.crowd());
    if (swaps()) {
      server.command("swap", START_SECONDS);
    }
    boolean limited = condition == Condition.THREADS && server.limitThreads(2);
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
    long end = System.nanoTime() + JOIN_NANOS;
    for (Thread t : threads) {
      t.interrupt();
      t.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
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
        problems.add(
            Kind.WRONG, "memory", "the server has " + (resident >> 20) + " MB, and is killed");
        server.kill();
      }
    }
  }

  private void requireMemory() {
    long most = condition.heapBytes() + MORE_RESIDENT;
    if (peak > most) {
      String text = "the server had " + (peak >> 20) + " MB, at most " + (most >> 20);
      problems.add(Kind.WRONG, "memory", text);
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
                stage
                    + ": p99 "
                    + t.quantile(0.99)
                    + " ms of "
                    + t.count()
                    + ", at most "
                    + most
                    + " s");
          }
        });
    Times others = times.get(Question.Stage.TENSORS);
    if (others.refused() > 1 + others.count() / 100) {
      problems.add(
          Kind.WRONG, "starved", others.refused() + " of " + others.count() + " were refused");
    }
  }
}
