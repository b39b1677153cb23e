package dev.quern.fuzz;

import dev.quern.io.dataset.DatasetDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs an attack's cases in processes, one after the other; a new one follows each that dies or
 * hangs, behind the case that ended it.
 */
abstract class Relay implements Attacker {
  private final String name;
  private final long patienceNanos;

  /**
   * @param patienceSeconds a case that takes longer hangs, however busy the machine is
   */
  Relay(String name, int patienceSeconds) {
    this.name = name;
    this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
  }

  /** How many cases the process runs that begins with this one. */
  abstract long casesFrom(long first);

  /**
   * @param beat in a folder of the process's own, which goes with it
   */
  abstract ProcessBuilder command(Options options, long first, long cases, Path beat)
      throws IOException;

  /** What a process that hangs is doing. */
  abstract String stacks(Watched child) throws IOException, InterruptedException;

  /** What tells one death or hang from another, by the text of the finding. */
  String sort(String text) {
    return "";
  }

  /** A process has ended, or will be ended: takes the findings from what it has printed. */
  void read(Watched child, Options options, Findings findings) throws IOException {}

  @Override
  public Tally attack(Options options, Findings findings, BooleanSupplier over)
      throws IOException, InterruptedException {
    long end = options.first() + options.cases();
    long next = options.first();
    long peak = 0;
    Path work = Files.createTempDirectory(memory(), "fuzz-");
    try {
      while (next < end && !over.getAsBoolean()) {
        Path own = Files.createDirectory(work.resolve("of-" + next));
        Beat beat = Beat.at(own.resolve("beat"));
        beat.begin(next);
        beat.done(next);
        long cases = Math.min(casesFrom(next), end - next);
        ProcessBuilder command = command(options, next, cases, own.resolve("beat"));
        Watched child = new Watched(command, options.out().resolve(name + ".log"));
        next = watch(child, beat, options, findings, over);
        read(child, options, findings);
        peak = Math.max(peak, child.peakBytes());
        DatasetDoor.delete(own); // a child that died has left its files
      }
    } finally {
      DatasetDoor.delete(work);
    }
    return new Tally(next - options.first(), peak);
  }

  /** Where files are made and deleted fast, if the system has such a place. */
  private static Path memory() {
    Path shared = Path.of("/dev/shm");
    return Files.isWritable(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** To the child's end; returns the first case for the next one. */
  private long watch(
      Watched child, Beat beat, Options options, Findings findings, BooleanSupplier over)
      throws IOException, InterruptedException {
    long number = -1;
    long since = System.nanoTime();
    while (child.isAlive()) {
      if (over.getAsBoolean()) {
        child.kill();
        return beat.done();
      }
      if (beat.running() != number) {
        number = beat.running();
        since = System.nanoTime();
      } else if (System.nanoTime() - since > patienceNanos) {
        String stacks = stacks(child);
        child.kill();
        return failed(options, findings, beat, Kind.HANG, stacks);
      }
    }
    return child.status() == 0
        ? beat.done()
        : failed(
            options,
            findings,
            beat,
            Kind.DEATH,
            "exit status " + child.status() + "\n" + child.output());
  }

  private long failed(Options options, Findings findings, Beat beat, Kind kind, String text)
      throws IOException {
    findings.add(name, kind, options.seed(), beat.running(), sort(text), text, beat.input());
    return beat.running() + 1;
  }
}
