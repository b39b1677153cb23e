package dev.quern.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs {@code quern_fuzz}, which attacks the C functions, in processes that take the instruction
 * sets of this CPU by turns.
 */
final class NativeAttacker extends Relay {
  /** Cases in a row with one instruction set: a case's number says which. */
  private static final long BLOCK = 500;

  private static final List<String> ISAS =
      List.of(
          "baseline",
          "avx2",
          "avx_vnni",
          "avx512",
          "avx512_vnni",
          "avx512_bf16",
          "amx",
          "neon",
          "neon_dot",
          "neon_bf16");

  /** How the program ends what it has to say of a case. */
  private static final Pattern WRONG = Pattern.compile("wrong .* --first (\\d+) .*");

  private static final Pattern DIED = Pattern.compile("died of signal .* in or after (\\w+)");

  private final Path program;
  private final List<String> isas = new ArrayList<>();

  NativeAttacker() {
    this(built());
  }

  /**
   * @param program quern_fuzz, or what behaves like it
   */
  NativeAttacker(Path program) {
    super("native", 120);
    this.program = program;
  }

  /** Where the build of module native leaves it. */
  private static Path built() {
    return Options.root().resolve("native/target/cmake/" + platform() + "/fuzz/quern_fuzz");
  }

  private static String platform() {
    return System.getProperty("quern.platform", "linux-x86_64");
  }

  private static Path openblas() {
    Path folder =
        Options.root().resolve("native/target/openblas/org/bytedeco/openblas/" + platform());
    return folder.resolve(
        platform().startsWith("macosx") ? "libopenblas.0.dylib" : "libopenblas.so.0");
  }

  @Override
  public Tally attack(Options options, Findings findings, BooleanSupplier over)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(
          program + " is missing: `mvn -pl native,tests/native test` builds it");
    }
    for (String isa : ISAS) {
      if (starts(isa, options)) {
        isas.add(isa);
      }
    }
    if (isas.isEmpty()) {
      throw new IllegalStateException(
          program + " starts with no instruction set: see " + log(options));
    }
    return super.attack(options, findings, over);
  }

  private static Path log(Options options) {
    return options.out().resolve("native-start.log");
  }

  private boolean starts(String isa, Options options) throws IOException, InterruptedException {
    Process process =
        inIsa(new ProcessBuilder(program.toString(), "--cases", "0"), isa)
            .redirectErrorStream(true)
            .redirectOutput(log(options).toFile())
            .start();
    return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
  }

  private static ProcessBuilder inIsa(ProcessBuilder builder, String isa) {
    builder.environment().put("QUERN_ISA", isa);
    builder.environment().put("QUERN_TEST_OPENBLAS", openblas().toString());
    return builder;
  }

  @Override
  long casesFrom(long first) {
    return BLOCK - first % BLOCK;
  }

  @Override
  ProcessBuilder command(Options options, long first, long cases, Path beat) {
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "--seed",
            Long.toString(options.seed()),
            "--first",
            Long.toString(first),
            "--cases",
            Long.toString(cases),
            "--beat",
            beat.toString());
    return inIsa(builder, isas.get((int) (first / BLOCK % isas.size())));
  }

  /** The program says at a crash what it is doing; this one it survives. */
  @Override
  String stacks(Watched child) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-SEGV", Long.toString(child.pid())).start().waitFor();
    child.isAlive();
    return child.output();
  }

  /** The call that it died in. */
  @Override
  String sort(String text) {
    Matcher died = DIED.matcher(text);
    return died.find() ? died.group(1) : "";
  }

  @Override
  void read(Watched child, Options options, Findings findings) throws IOException {
    List<String> of = new ArrayList<>();
    for (String line : child.lines()) {
      of.add(line);
      Matcher wrong = WRONG.matcher(line);
      if (wrong.matches()) {
        long number = Long.parseLong(wrong.group(1));
        String text = String.join("\n", of) + "\n";
        findings.add("native", Kind.WRONG, options.seed(), number, place(of), text, new byte[0]);
        of.clear();
      }
    }
  }

  /** File and line of the check that failed first. */
  private static String place(List<String> lines) {
    return lines.get(0).replaceAll("^(\\S+:\\d+): .*", "$1");
  }
}
