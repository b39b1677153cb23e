package dev.quern.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Rules for the product's files and packages: their sizes, no cyclic dependencies between packages,
 * and layers that are descriptions alone. A package and one below it are two packages. Modules of
 * one package have no part in cycles. The order of core's packages is a test of its own there.
 *
 * <p>The graph is searched here because ArchUnit's slices reported only some of the cycles.
 */
class PackagesTest {
  private static final int MOST_FILES = 45;
  private static final int MOST_LINES = 400;

  /** Files that are lists: a reader looks one entry up in them. */
  private static final Set<String> LISTS = Set.of("native/src/kernels/kernels.h");

  /** Values, and native code that computes with them. */
  private static final String RUNS =
      "dev[.]quern[.](tensor[.]Tensor|kernel[.](\\w+Kernel|Scratch|conv[.]\\w+))([$].*)?";

  private static final Path ROOT = Path.of(System.getProperty("quern.root"));

  /** Dependencies by package and package that it uses, as {@code From -> To}. */
  private final Map<String, Map<String, Set<String>>> uses = new TreeMap<>();

  @Test
  void noCycle() {
    List<Path> folders =
        Stream.of(
                "core", "reference", "io", "image", "onnx", "report", "serve", "micrometer", "cli")
            .map(m -> ROOT.resolve("java").resolve(m).resolve("target/classes"))
            .toList();
    new ClassFileImporter().importPaths(folders).forEach(this::add);
    assertThat(uses).containsKeys("dev.quern.cli", "dev.quern.serve", "dev.quern.onnx");
    Set<String> cycles = new TreeSet<>();
    uses.forEach(
        (from, all) ->
            all.forEach(
                (to, classes) -> {
                  if (leads(to, from, new HashSet<>())) {
                    cycles.add(from + " uses " + to + ": " + classes);
                  }
                }));
    assertThat(cycles).as("dependencies that are part of a cycle").isEmpty();
  }

  /** A layer is a description: {@code dev.quern.eager} and plans run it. */
  @Test
  void layersRunNothing() {
    noClasses()
        .that()
        .resideInAPackage("dev.quern.layer..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(RUNS)
        .check(new ClassFileImporter().importPath(ROOT.resolve("java/core/target/classes")));
  }

  @Test
  void noLargePackage() throws IOException {
    Map<String, Long> sizes =
        sources().stream()
            .filter(f -> f.startsWith("java/") && f.endsWith(".java"))
            .map(f -> f.substring(0, f.lastIndexOf('/')))
            .collect(Collectors.groupingBy(folder -> folder, TreeMap::new, Collectors.counting()));
    assertThat(sizes).containsKey("java/core/src/main/java/dev/quern/train");
    sizes.values().removeIf(files -> files <= MOST_FILES);
    assertThat(sizes).as("packages of more than %s files", MOST_FILES).isEmpty();
  }

  @Test
  void noLongFile() throws IOException {
    Map<String, Long> lengths = new TreeMap<>();
    for (String file : sources()) {
      try (Stream<String> lines = Files.lines(ROOT.resolve(file))) {
        lengths.put(file, lines.count());
      }
    }
    assertThat(lengths).containsKeys(LISTS.toArray(String[]::new));
    lengths.keySet().removeAll(LISTS);
    lengths.values().removeIf(lines -> lines <= MOST_LINES);
    assertThat(lengths).as("files of more than %s lines", MOST_LINES).isEmpty();
  }

  /** Java and C++ files of what is published, by their paths in the repository. */
  private static List<String> sources() throws IOException {
    List<Path> folders;
    try (Stream<Path> modules = Files.list(ROOT.resolve("java"))) {
      folders =
          Stream.concat(
                  modules.map(m -> m.resolve("src/main")),
                  Stream.of("native/src", "native/include").map(ROOT::resolve))
              .filter(Files::isDirectory)
              .toList();
    }
    List<String> all = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .map(f -> ROOT.relativize(f).toString().replace('\\', '/'))
            .filter(f -> f.matches(".*[.](java|cpp|h|inc)"))
            .forEach(all::add);
      }
    }
    return all;
  }

  private void add(JavaClass from) {
    for (Dependency d : from.getDirectDependenciesFromSelf()) {
      JavaClass to = d.getTargetClass().getBaseComponentType();
      if (to.getPackageName().startsWith("dev.quern.")
          && !to.getPackageName().equals(from.getPackageName())) {
        uses.computeIfAbsent(from.getPackageName(), k -> new TreeMap<>())
            .computeIfAbsent(to.getPackageName(), k -> new TreeSet<>())
            .add(from.getSimpleName() + " -> " + to.getSimpleName());
      }
    }
  }

  private boolean leads(String from, String to, Set<String> seen) {
    return from.equals(to)
        || seen.add(from)
            && uses.getOrDefault(from, Map.of()).keySet().stream()
                .anyMatch(p -> leads(p, to, seen));
  }
}
