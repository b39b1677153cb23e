package dev.quern.fuzz;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a {@link Attack} in child JVMs. */
final class Forked extends Relay {
  /** After so many cases a child is replaced, since what one leaves behind must not add up. */
  private static final long CASES = 200_000;

  /**
   * Of these, so many at the beginning are guided where they can be: each takes three times as
   * long.
   */
  private static final long GUIDED = 50_000;

  private final String name;
  private final Class<? extends Attack> attack;
  private final List<String> jvmOptions;

  Forked(
      String name, Class<? extends Attack> attack, int patienceSeconds, List<String> jvmOptions) {
    super(name, patienceSeconds);
    this.name = name;
    this.attack = attack;
    this.jvmOptions = jvmOptions;
  }

  @Override
  long casesFrom(long first) {
    long in = first % CASES;
    return in < GUIDED ? GUIDED - in : CASES - in;
  }

  @Override
  String stacks(Watched child) throws IOException, InterruptedException {
    return child.stacks();
  }

  @Override
  ProcessBuilder command(Options options, long first, long cases, Path beat) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // as this JVM: the short suite's few cases end before an optimizing compiler pays
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(o -> o.startsWith("-XX:TieredStopAtLevel") || o.equals("-XX:+UseSerialGC"))
        .forEach(command::add);
    command.add("-Djava.io.tmpdir=" + beat.toAbsolutePath().getParent());
    command.addAll(jvmOptions);
    command.add("--enable-native-access=ALL-UNNAMED");
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
    if (first % CASES < GUIDED && isGuided(options)) {
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
