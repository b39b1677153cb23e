package dev.quern.tests;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No circle of packages in or across the Java modules; a package counts with those below its name.
 * The order of core's packages is a test of its own there.
 */
class PackagesTest {
  private static JavaClasses classes() {
    List<Path> folders =
        Stream.of("core", "reference", "io", "cli")
            .map(m -> Path.of(System.getProperty("quern.root"), "java", m, "target", "classes"))
            .toList();
    return new ClassFileImporter().importPaths(folders);
  }

  @Test
  void noCircle() {
    slices().matching("dev.quern.(*)..").should().beFreeOfCycles().check(classes());
  }
}
