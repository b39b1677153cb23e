package dev.quern.cli.check;

import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.engine.Engine;
import dev.quern.error.NativeException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern info}, which prints facts about the installation and checks kernels. */
@Command(
    name = "info",
    description = {
      "Prints the facts for a bug report: versions, platform, CPU, the chosen instruction"
          + " set and the reason, threads, OpenBLAS, the files of the native libraries, memory,"
          + " and the relevant properties and environment variables.",
      "",
      "With --check it also compares every family of kernels with a reference"
          + " implementation in double precision, which takes some seconds."
    })
public final class InfoCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Option(
      names = "--check",
      description = "Also check the kernels; the exit status is 1 if one fails.")
  private boolean check;

  @Option(
      names = "--tolerance",
      paramLabel = "E",
      defaultValue = "1e-4",
      description =
          "Largest error that --check accepts, relative to the largest value of a result;"
              + " default ${DEFAULT-VALUE}.")
  private double tolerance;

  @Override
  public Integer call() {
    Map<String, Object> java = Facts.ofJava();
    Engine.Info engine;
    try {
      engine = Engine.info();
    } catch (NativeException e) {
      print(java);
      throw e;
    }
    print(Facts.all(java, Facts.of(engine)));
    return !check || check() ? Failures.OK : Failures.FAILED;
  }

  private void print(Map<String, Object> facts) {
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      out.println(JsonText.of(facts));
    } else {
      facts.forEach((k, v) -> out.printf(Locale.ROOT, "%-16s %s%n", k, v));
    }
    out.flush();
  }

  private boolean check() {
    if (!(tolerance > 0)) {
      throw new BadValueException(command, "--tolerance " + tolerance + " must be above 0");
    }
    PrintWriter out = command.commandLine().getOut();
    int failed = 0;
    for (KernelCheck kernel : KernelCheck.all()) {
      KernelCheck.Result result = kernel.run();
      boolean passes = result.error() <= tolerance;
      failed += passes ? 0 : 1;
      out.println(line(kernel.name(), result, passes));
      out.flush();
    }
    if (failed > 0) {
      Failures.line(
          command.commandLine().getErr(), "info: " + failed + " families of kernels failed");
    }
    return failed == 0;
  }

  private String line(String name, KernelCheck.Result result, boolean passes) {
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("check", name);
      all.put("error", result.error());
      all.put("ran", result.ran());
      all.put("passes", passes ? "yes" : "no");
      return JsonText.of(all);
    }
    return result.ran().isEmpty()
        ? String.format(Locale.ROOT, "%-24s not on this processor", name)
        : String.format(
            Locale.ROOT,
            "%-24s largest error %.1e  %s",
            name,
            result.error(),
            passes ? "ok" : "FAILS");
  }
}
