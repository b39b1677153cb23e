package dev.quern.fuzz;

import dev.quern.io.fetch.Folders;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs a {@link Attack} in child JVMs, one after the other; a new one follows each that dies. */
final class Forked implements Attacker {
  /** After so many cases a child is replaced, since what one leaves behind must not add up. */
  private static final long CASES = 200_000;

  private final String name;
  private final Class<? extends Attack> attack;
  private final long patienceNanos;
  private final List<String> jvmOptions;

  /**
   * @param patienceSeconds a case that takes longer hangs, however busy the machine is
   */
  Forked(
      String name, Class<? extends Attack> attack, int patienceSeconds, List<String> jvmOptions) {
    this.name = name;
    this.attack = attack;
    this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    this.jvmOptions = jvmOptions;
  }

  @Override
  public Tally attack(Options options, Findings findings, BooleanSupplier over)
      throws IOException, InterruptedException {
    long end = options.first() + options.cases();
    long next = options.first();
    long peak = 0;
    Path work = Files.createTempDirectory(memory(), "fuzz-");
    Path beatFile = work.resolve("beat");
    try {
      while (next < end && !over.getAsBoolean()) {
        Beat beat = Beat.at(beatFile);
        beat.begin(next);
        beat.done(next);
        ProcessBuilder command = command(options, next, Math.min(CASES, end - next), beatFile);
        Path scratch = Files.createDirectory(work.resolve("of-" + next));
        command.command().add(1, "-Djava.io.tmpdir=" + scratch);
        Watched child = new Watched(command, options.out().resolve(name + ".log"));
        next = watch(child, beat, options, findings, over);
        peak = Math.max(peak, child.peakBytes());
        Folders.delete(scratch); // a child that died has left its files
      }
    } finally {
      Folders.delete(work);
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
        String stacks = child.stacks();
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
    findings.add(name, kind, options.seed(), beat.running(), "", text, beat.input());
    return beat.running() + 1;
  }

  private ProcessBuilder command(Options options, long first, long cases, Path beat)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    command.add("-XX:ErrorFile=" + options.out().resolve("hs_err_%p.log"));
    command.add("-Dquern.root=" + Options.root());
    command.add("-cp");
    command.add(classPath());
    List<String> arguments =
        List.of(
            name,
            attack.getName(),
            Long.toString(options.seed()),
            Long.toString(first),
            Long.toString(cases),
            options.out().resolve("findings").toString(),
            beat.toString());
    if (isGuided(options)) {
      command.addAll(
          Guided.command(options.out().resolve(name + ".corpus"), options.seed(), arguments));
    } else {
      command.add(Child.class.getName());
      command.addAll(arguments);
      if (options.input() != null) {
        command.add(options.input().toString());
      }
    }
    return new ProcessBuilder(command);
  }

  private boolean isGuided(Options options) {
    return options.guided()
        && options.input() == null
        && BytesAttack.class.isAssignableFrom(attack)
        && Guided.isThere();
  }

  /** With the native library as the build leaves it, before it is packaged. */
  static String classPath() {
    return System.getProperty("java.class.path")
        + File.pathSeparator
        + Options.root().resolve("native/target/native");
  }
}
