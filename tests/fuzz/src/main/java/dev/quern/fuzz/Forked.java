package dev.quern.fuzz;

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
    Path beatFile = Files.createTempFile("fuzz-", ".beat");
    try {
      while (next < end && !over.getAsBoolean()) {
        Beat beat = Beat.at(beatFile);
        beat.begin(next);
        beat.done(next);
        ProcessBuilder command = command(options, next, Math.min(CASES, end - next), beatFile);
        Watched child = new Watched(command, options.out().resolve(name + ".log"));
        next = watch(child, beat, options, findings, over);
        peak = Math.max(peak, child.peakBytes());
      }
    } finally {
      Files.deleteIfExists(beatFile);
    }
    return new Tally(next - options.first(), peak);
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
    findings.add(name, kind, options.seed(), beat.running(), "", text, new byte[0]);
    return beat.running() + 1;
  }

  private ProcessBuilder command(Options options, long first, long cases, Path beat) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    command.add("-XX:ErrorFile=" + options.out().resolve("hs_err_%p.log"));
    command.add("-Dquern.root=" + Options.root());
    command.add("-cp");
    command.add(classPath());
    command.add(Child.class.getName());
    command.add(name);
    command.add(attack.getName());
    command.add(Long.toString(options.seed()));
    command.add(Long.toString(first));
    command.add(Long.toString(cases));
    command.add(options.out().resolve("findings").toString());
    command.add(beat.toString());
    return new ProcessBuilder(command);
  }

  /** With the native library as the build leaves it, before it is packaged. */
  static String classPath() {
    return System.getProperty("java.class.path")
        + File.pathSeparator
        + Options.root().resolve("native/target/native");
  }
}
