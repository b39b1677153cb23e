package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.FormatException;
import dev.quern.io.Safetensors;
import dev.quern.io.file.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A recorded file and what kind it is, told by its metadata. */
record GoldenFile(Path path, Kind kind, Safetensors content) {
  /** What was recorded. */
  enum Kind {
    /** Operator cases, as torch-ops. */
    OPERATORS("cases"),
    /** Training steps of a network, as torch-steps. */
    STEPS("losses"),
    /** A step of the notebook, as notebook-step. */
    NOTEBOOK("transcript");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /**
   * @throws FormatException if the metadata is of no known kind
   */
  static GoldenFile read(Path path) {
    Safetensors content = Safetensors.read(path);
    for (Kind kind : Kind.values()) {
      if (content.metadata().containsKey(kind.key)) {
        return new GoldenFile(path, kind, content);
      }
    }
    throw new FormatException(
        "golden: " + path + " is neither operator cases nor recorded steps, by its metadata");
  }

  /** The project's root: the directory that Maven names, else where the JVM runs. */
  static Path root() {
    return Path.of(System.getProperty("quern.root", "."));
  }

  static Path bundled(String name) {
    return root().resolve("data/golden").resolve(name);
  }

  /** Every bundled file. */
  static List<Path> bundled() {
    return safetensors(root().resolve("data/golden"));
  }

  /**
   * The files in the directory that the system property {@code quern.golden} names, from {@link
   * #root()} on if it is relative; none where it names none.
   */
  static List<Path> external() {
    String directory = System.getProperty("quern.golden", "");
    if (directory.isBlank()) {
      return List.of();
    }
    List<Path> files = safetensors(root().resolve(directory));
    assertThat(files).as("*.safetensors files in quern.golden, %s", directory).isNotEmpty();
    return files;
  }

  private static List<Path> safetensors(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(p -> p.toString().endsWith(".safetensors")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("golden: " + directory + " cannot be listed", e);
    }
  }

  /** The bundled file's bytes are the recorded ones. */
  static void assertChecksum(Path bundled) {
    Path sums = bundled.resolveSibling("SHA256SUMS");
    try {
      assertThat(checksums(sums))
          .as("checksums in %s", sums)
          .containsEntry(bundled.getFileName().toString(), Sha256.of(bundled));
    } catch (IOException e) {
      throw new UncheckedIOException("golden: " + bundled + " cannot be read", e);
    }
  }

  /** Lines of {@code sha256 name}. */
  private static Map<String, String> checksums(Path sums) throws IOException {
    return Files.readAllLines(sums).stream()
        .map(line -> line.split("\\s+", 2))
        .collect(Collectors.toMap(p -> p[1], p -> p[0], (a, b) -> b, TreeMap::new));
  }

  String name() {
    return path.getFileName().toString();
  }
}
