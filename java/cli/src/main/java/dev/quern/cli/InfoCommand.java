package dev.quern.cli;

import dev.quern.engine.Engine;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quern info}. */
@Command(
    name = "info",
    description =
        "Prints versions, platform, CPU, the instruction set chosen and why, threads, OpenBLAS,"
            + " tuning and memory.")
final class InfoCommand implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  @Spec private CommandSpec command;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Map<String, Object> facts = facts(Engine.info());
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      out.println(json(facts));
    } else {
      facts.forEach((k, v) -> out.printf(Locale.ROOT, "%-16s %s%n", k, v));
    }
    return Failures.OK;
  }

  private static Map<String, Object> facts(Engine.Info engine) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("quern", Version.text());
    facts.put("native", engine.version());
    facts.put(
        "java", System.getProperty("java.version") + " " + System.getProperty("java.vm.name"));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("platform", engine.platform());
    facts.put("cpu", engine.cpu());
    facts.put("processors", (long) Runtime.getRuntime().availableProcessors());
    facts.put("isa", engine.isa());
    facts.put("isa_reason", engine.isaReason());
    facts.put("threads", (long) engine.threads());
    facts.put("openblas", engine.openblasConfig().strip());
    facts.put("openblas_core", engine.openblasCore());
    facts.put("tuning", engine.tuning());
    facts.put("memory_mib", engine.memoryLimit() / MIB);
    facts.put("heap_mib", Runtime.getRuntime().maxMemory() / MIB);
    return facts;
  }

  private static String json(Map<String, Object> facts) {
    JsonObject line = new JsonObject();
    facts.forEach(
        (key, value) -> {
          if (value instanceof Long n) {
            line.put(key, n);
          } else {
            line.put(key, value.toString());
          }
        });
    return line.toString();
  }
}
