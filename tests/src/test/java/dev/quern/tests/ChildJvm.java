package dev.quern.tests;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** A JVM of its own on the tests' class path, or on a part of it. */
final class ChildJvm {
  private static final int PATIENCE_SECONDS = 120;

  /** What would choose kernels, or make the JVM print a line of its own. */
  static final List<String> NOT_INHERITED =
      List.of(
          "QUERN_ISA",
          "QUERN_TUNE",
          "OPENBLAS_CORETYPE",
          "JAVA_TOOL_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_JAVA_OPTIONS");

  private final Map<String, String> environment = new HashMap<>();
  private final List<String> prefix = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final List<String> classPath =
      new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));

  /**
   * How it ended.
   *
   * @param output both of its streams
   */
  record Result(int status, String output) {}

  ChildJvm environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  ChildJvm option(String option) {
    options.add(option);
    return this;
  }

  /** Of the main class. */
  ChildJvm argument(String argument) {
    arguments.add(argument);
    return this;
  }

  /** A command that runs the JVM's own, given as its arguments. */
  ChildJvm prefix(String... words) {
    prefix.addAll(List.of(words));
    return this;
  }

  /** In front of the rest. */
  ChildJvm classPath(Path first) {
    classPath.add(0, first.toString());
    return this;
  }

  /** Drops every jar and directory that holds a file whose name contains {@code part}. */
  ChildJvm without(String part) throws IOException {
    List<String> kept = new ArrayList<>();
    for (String element : classPath) {
      if (!holds(Path.of(element), part)) {
        kept.add(element);
      }
    }
    if (kept.size() == classPath.size()) {
      throw new AssertionError("nothing on the class path holds " + part + ": " + classPath);
    }
    classPath.clear();
    classPath.addAll(kept);
    return this;
  }

  private static boolean holds(Path element, String part) throws IOException {
    if (Files.isDirectory(element)) {
      try (Stream<Path> all = Files.walk(element)) {
        return all.anyMatch(p -> p.getFileName().toString().contains(part));
      }
    }
    if (!Files.exists(element)) {
      return false;
    }
    try (JarFile jar = new JarFile(element.toFile())) {
      return jar.stream()
          .anyMatch(e -> e.getName().substring(e.getName().lastIndexOf('/') + 1).contains(part));
    }
  }

  /** Runs the main class to its end. */
  Result run(Class<?> main) throws IOException, InterruptedException {
    Path output = Files.createTempFile("quern-child", ".txt");
    try {
      Process process = builder(main, output).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("the child JVM hangs; so far: " + Files.readString(output));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Starts the main class; its output is lost. */
  Process start(Class<?> main) throws IOException {
    return builder(main, null).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  private ProcessBuilder builder(Class<?> main, Path outputOrNull) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1"); // starts sooner
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+UnlockDiagnosticVMOptions");
    command.add("-XX:-BytecodeVerificationRemote"); // of what javac wrote
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dquern.root=" + GoldenFile.root().toAbsolutePath());
    command.add("-Dquern.full=" + Suite.FULL);
    command.addAll(options);
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath));
    command.add(main.getName());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    if (outputOrNull != null) {
      builder.redirectOutput(outputOrNull.toFile());
    }
    builder.environment().keySet().removeAll(NOT_INHERITED);
    builder.environment().putAll(environment);
    return builder;
  }
}
