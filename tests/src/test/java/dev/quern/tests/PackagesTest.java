package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Packages of the Java modules have no cyclic dependencies. A package and one below it are two
 * packages. Modules of one package are left out. The order of core's packages is a test of its own
 * there.
 *
 * <p>The graph is searched here because ArchUnit's slices reported only some of the cycles.
 */
class PackagesTest {
  /** Dependencies by package and package that it uses, as {@code From -> To}. */
  private final Map<String, Map<String, Set<String>>> uses = new TreeMap<>();

  @Test
  void noCycle() {
    List<Path> folders =
        Stream.of("core", "reference", "io", "image", "onnx", "report", "serve", "cli")
            .map(m -> Path.of(System.getProperty("quern.root"), "java", m, "target", "classes"))
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
