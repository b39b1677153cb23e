package dev.quern;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which package may stand on which. */
class ArchitectureTest {
  /** From the ground up; packages of one storey may use each other, though in no circle. */
  private static final List<List<String>> STOREYS =
      List.of(
          List.of("error"),
          List.of("bindings"),
          List.of("console", "internal"),
          List.of("tensor"),
          List.of("kernel"),
          List.of(
              "engine", "augment", "data", "detect", "init", "layer", "loss", "metric", "optim"),
          List.of("eager", "network", "profile"),
          List.of("feed"),
          List.of("plan"),
          List.of("predict"),
          List.of("train", "dense", "explain", "pose", "quantize"),
          List.of("diagnostics", "recipe"));

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .importPath(Path.of(System.getProperty("quern.root"), "java", "core", "target/classes"));

  @Test
  void noCircleOfPackages() {
    slices().matching("dev.quern.(**)").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void packagesStandOnLowerOnes() {
    List<String> above = new ArrayList<>();
    for (int i = STOREYS.size() - 1; i > 0; i--) {
      above.addAll(packages(STOREYS.get(i)));
      List<String> here = packages(STOREYS.get(i - 1));
      here.remove("dev.quern.bindings.."); // of another module
      if (!here.isEmpty()) {
        noClasses()
            .that()
            .resideInAnyPackage(here.toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(above.toArray(String[]::new))
            .check(CORE);
      }
    }
  }

  @Test
  void everyPackageHasItsStorey() {
    List<String> known = STOREYS.stream().flatMap(List::stream).toList();
    assertThat(CORE)
        .isNotEmpty()
        .allSatisfy(c -> assertThat(known).contains(c.getPackageName().split("[.]")[2]));
  }

  @Test
  void nativeCodeIsCalledFromTheKernelsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.quern.kernel..", "dev.quern.internal..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.quern.bindings..")
        .check(CORE);
  }

  private static List<String> packages(List<String> names) {
    List<String> all = new ArrayList<>();
    names.forEach(name -> all.add("dev.quern." + name + ".."));
    return all;
  }
}
