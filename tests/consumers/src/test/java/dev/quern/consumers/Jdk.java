package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The Java that runs an application. */
record Jdk(Path home) {
  /** The one that runs these tests, and, where this machine has it, 25. */
  static Stream<Jdk> all() throws IOException {
    List<Jdk> all = new ArrayList<>(List.of(current()));
    find25().ifPresent(all::add);
    return all.stream();
  }

  static Jdk current() {
    return new Jdk(Path.of(System.getProperty("java.home")));
  }

  private static Optional<Jdk> find25() throws IOException {
    String given = System.getProperty("java25.home", "");
    if (!given.isEmpty() && !given.startsWith("$")) {
      return Optional.of(new Jdk(Path.of(given)));
    }
    Path folder = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(
              p -> p.toString().contains("25") && Files.isExecutable(p.resolve("bin/java")))
          .findFirst()
          .map(Jdk::new);
    }
  }

  /** The version, for example 25. */
  int feature() {
    try {
      String version =
          Command.run(Path.of("."), List.of(tool("java"), "-XshowSettings:properties", "-version"));
      return Integer.parseInt(
          version.replaceAll("(?s).*java.specification.version = (\\d+).*", "$1"));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The command of a tool: {@code java}, {@code jlink}. */
  String tool(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  /** Runs it in a folder without data, and without a warning; returns what it prints. */
  String java(Path in, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(tool("java"), "-Duser.home=" + in));
    command.addAll(List.of(arguments));
    String text = Command.run(in, command);
    assertThat(text).doesNotContain("WARNING");
    return text;
  }

  static String classPath(Path project) {
    return project.resolve("target/classes") + File.pathSeparator + project.resolve("target/lib/*");
  }

  @Override
  public String toString() {
    return home.getFileName().toString();
  }
}
