package dev.quern.consumers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Maven, as users have it: Quern comes out of a repository that this build filled, into a local one
 * that is made for these tests. Other libraries come from the local repository of this build where
 * they are there, else from the network.
 */
final class Repository {
  static final Path TARGET = Path.of("target").toAbsolutePath();
  static final String VERSION = System.getProperty("quern.version");
  static final String PLATFORM = System.getProperty("quern.platform");

  /** Filled by this build. */
  static final Path PUBLISHED = Path.of(System.getProperty("quern.repository"));

  private static final Path BUILD_LOCAL = Path.of(System.getProperty("maven.local"));
  private static final Path LOCAL = TARGET.resolve("m2");

  /** Other libraries, as a local repository. */
  static final Path TAIL = TARGET.resolve("m2-tail");

  static {
    try {
      delete(LOCAL.resolve("dev/quern"));
      withoutQuern();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Repository() {}

  /** Runs Maven in a folder; returns what it prints. */
  static String maven(Path in, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    String mvn = File.separatorChar == '\\' ? "mvn.cmd" : "mvn";
    command.add(Path.of(System.getProperty("maven.home"), "bin", mvn).toString());
    command.addAll(
        List.of(
            "-B",
            "-ntp",
            "-Dmaven.repo.local=" + LOCAL,
            "-Dmaven.repo.local.tail=" + TAIL,
            "-Dquern.repository=" + PUBLISHED.toUri(),
            "-Dquern.version=" + VERSION,
            "-Dquern.platform=" + PLATFORM));
    command.addAll(List.of(arguments));
    return Command.run(in, command);
  }

  /** The POM of one of our artifacts, as published. */
  static String pom(String artifact) throws IOException {
    return Files.readString(find(artifact, ".pom"));
  }

  /** The published file whose name ends so, for example in {@code -linux-arm64.jar}. */
  static Path find(String artifact, String end) throws IOException {
    try (Stream<Path> all =
        Files.list(PUBLISHED.resolve("dev/quern/" + artifact + "/" + VERSION))) {
      return all.filter(p -> p.toString().endsWith(end))
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new AssertionError(artifact + " has no " + end));
    }
  }

  /** All that is published. */
  static List<String> artifacts() throws IOException {
    try (Stream<Path> all = Files.list(PUBLISHED.resolve("dev/quern"))) {
      return all.filter(Files::isDirectory).map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  /** Whether the build that filled the repository was one with {@code -Pcross}. */
  static boolean hasAllPlatforms() throws IOException {
    try (Stream<Path> all = Files.walk(PUBLISHED.resolve("dev/quern/quern-native"))) {
      return all.filter(p -> p.toString().matches(".*(linux|windows|macosx)-\\w+\\.jar"))
              .map(p -> p.toString().replaceAll(".*-(\\w+-\\w+)\\.jar", "$1"))
              .distinct()
              .count()
          == 4;
    }
  }

  /** The build's local repository, but for what somebody installed there of Quern. */
  private static void withoutQuern() throws IOException {
    delete(TAIL);
    link(BUILD_LOCAL, TAIL, "dev");
    if (Files.isDirectory(BUILD_LOCAL.resolve("dev"))) {
      link(BUILD_LOCAL.resolve("dev"), TAIL.resolve("dev"), "quern");
    }
  }

  private static void link(Path from, Path to, String without) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> all = Files.list(from)) {
      for (Path p : (Iterable<Path>) all::iterator) {
        if (!p.endsWith(without)) {
          Files.createSymbolicLink(to.resolve(p.getFileName()), p);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
