package dev.quern.fuzz.faults;

import dev.quern.fuzz.Kind;
import dev.quern.fuzz.Watched;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A process of a case. What is done to it goes into the case's story. */
final class Run {
  /** The statuses that the command line documents. */
  private static final Set<Integer> STATUSES = Set.of(0, 1, 2, 130, 143);

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final int SIGKILL = 128 + 9;

  private final Scene scene;
  private final Watched process;
  private final long start = System.nanoTime();
  private boolean killed;

  Run(Scene scene, ProcessBuilder command, Path log) throws IOException {
    this.scene = scene;
    this.process = new Watched(command, log);
    scene.tell("$ " + String.join(" ", command.command()) + "   (process " + process.pid() + ")");
  }

  long pid() {
    return process.pid();
  }

  /** Whether it still runs after so long at most. */
  boolean isAliveAfter(long nanos) throws InterruptedException {
    return process.isAlive(Math.max(1, nanos));
  }

  /** Kills it, if it has not ended, and waits for its end. */
  void kill() throws IOException, InterruptedException, Broken {
    process.kill();
    killed = process.status() == SIGKILL;
    scene.tell("kill -9 after " + (System.nanoTime() - start) / 1_000_000 + " ms");
    ended();
  }

  void signal(String name) {
    boolean sent = Tools.succeeds("kill", "-" + name, Long.toString(process.pid()));
    long millis = (System.nanoTime() - start) / 1_000_000;
    scene.tell("kill -" + name + " after " + millis + " ms" + (sent ? "" : ", too late"));
  }

  /** Waits for its end. */
  int end() throws IOException, InterruptedException, Broken {
    while (process.isAlive(TimeUnit.MILLISECONDS.toNanos(100))) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        String stacks = process.stacks();
        process.kill();
        throw scene.broken(Kind.HANG, "ends within two minutes", output() + stacks);
      }
    }
    ended();
    return process.status();
  }

  private void ended() throws IOException, Broken {
    scene.ended(process.peakBytes());
    String output = output();
    scene.tell("status " + process.status() + "\n" + output.strip());
    if (killed) {
      return;
    }
    if (process.status() > 128 && !STATUSES.contains(process.status())) {
      throw scene.broken(Kind.DEATH, "dies of no signal but those that it was sent", "");
    }
    if (!STATUSES.contains(process.status()) || Outputs.isUntyped(output, process.status())) {
      throw scene.broken(Kind.UNTYPED, "ends in a documented status and a typed error", "");
    }
  }

  String output() throws IOException {
    return process.output();
  }

  /** What its threads are doing. */
  String stacks() throws IOException, InterruptedException {
    return process.stacks();
  }

  /** Leaves nothing that runs behind a case. */
  void abandon() {
    try {
      process.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean wasKilled() {
    return killed;
  }
}
