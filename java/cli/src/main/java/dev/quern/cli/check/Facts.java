package dev.quern.cli.check;

import dev.quern.cli.process.Failures;
import dev.quern.engine.Engine;
import dev.quern.io.file.Version;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Facts about this process for a bug report: strings and integers by name. */
final class Facts {
  private static final long MIB = 1 << 20;

  /** Prefixes of the system properties that change how Quern loads or runs. */
  private static final List<String> PROPERTIES =
      List.of("quern.", "org.bytedeco.javacpp.", "user.home", "java.io.tmpdir");

  private static final List<String> VARIABLES =
      List.of(
          "QUERN_",
          "OPENBLAS_",
          "GOTO_",
          "OMP_",
          "LD_",
          "MALLOC_",
          "GLIBC_TUNABLES",
          "DYLD_",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS");

  private Facts() {}

  /** Returns the facts that are available even if the native library fails to load. */
  static Map<String, Object> ofJava() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("quern", Version.TEXT);
    facts.put(
        "java", System.getProperty("java.version") + " " + System.getProperty("java.vm.name"));
    facts.put(
        "jvm", System.getProperty("java.vm.version") + " " + System.getProperty("java.vm.vendor"));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("arch", System.getProperty("os.arch"));
    facts.put("processors", (long) Runtime.getRuntime().availableProcessors());
    facts.put("heap_mib", Runtime.getRuntime().maxMemory() / MIB);
    facts.put("properties", properties());
    facts.put("environment", chosen(VARIABLES, System.getenv()));
    return facts;
  }

  private static String properties() {
    Map<String, String> all = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      all.put(name, System.getProperty(name, ""));
    }
    return chosen(PROPERTIES, all);
  }

  /** Returns {@code NAME=VALUE} for each name with one of these prefixes. */
  private static String chosen(List<String> beginnings, Map<String, String> all) {
    String text =
        new TreeMap<>(all)
            .entrySet().stream()
                .filter(e -> beginnings.stream().anyMatch(e.getKey()::startsWith))
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(", "));
    return text.isEmpty() ? "none" : Failures.printable(text);
  }

  static Map<String, Object> of(Engine.Info engine) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("native", engine.version());
    facts.put("platform", engine.platform());
    facts.put("cpu", engine.cpu());
    facts.put("isa", engine.isa());
    facts.put("isa_reason", engine.isaReason());
    facts.put("threads", (long) engine.threads());
    facts.put("openblas", engine.openblasConfig().strip());
    facts.put("openblas_core", engine.openblasCore());
    facts.put("javacpp", engine.javacpp().isEmpty() ? "unknown" : engine.javacpp());
    facts.put("libc", engine.libc());
    facts.put("library", engine.library().toString());
    facts.put("openblas_library", engine.openblasLibrary().toString());
    facts.put("tuning", engine.tuning());
    facts.put("memory_mib", engine.memoryLimit() / MIB);
    if (engine.memoryAvailable() < Long.MAX_VALUE) {
      facts.put("available_mib", engine.memoryAvailable() / MIB);
    }
    facts.put("held_mib", engine.memoryHeld() / MIB);
    return facts;
  }

  /** Returns the facts of Java and of the native engine, in the order in which they are printed. */
  static Map<String, Object> all(Map<String, Object> java, Map<String, Object> engine) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (String first : List.of("quern", "native", "javacpp", "openblas", "openblas_core")) {
      Object value = java.getOrDefault(first, engine.get(first));
      if (value != null) {
        all.put(first, value);
      }
    }
    java.forEach(all::putIfAbsent);
    engine.forEach(all::putIfAbsent);
    return all;
  }
}
