package dev.quern.tests.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Maven Central demands of a POM, and what a user's build needs of it. */
class PomTest {
  private static final List<String> DEMANDED =
      List.of(
          "/modelVersion",
          "/artifactId",
          "/name",
          "/description",
          "/url",
          "/licenses/license/name",
          "/licenses/license/url",
          "/licenses/license/distribution",
          "/developers/developer/name",
          "/scm/connection",
          "/scm/developerConnection",
          "/scm/url",
          "/issueManagement/url",
          "/organization/name");

  static List<Published> modules() throws IOException {
    return Published.all();
  }

  @Test
  void modulesAreFound() throws Exception {
    assertThat(modules())
        .extracting(Published::toString)
        .contains(
            "quern-native",
            "quern-core",
            "quern-io",
            "quern-image",
            "quern-image-formats",
            "quern-onnx",
            "quern-ocr",
            "quern-embed",
            "quern-spark",
            "quern-report",
            "quern-serve",
            "quern-micrometer",
            "quern-spring-boot-autoconfigure",
            "quern-spring-boot-starter",
            "quern-cli")
        .doesNotContain("quern-parent", "quern-java", "quern-tests", "quern-fuzz");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void isComplete(Published module) throws Exception {
    Pom pom = module.flattened();
    for (String path : DEMANDED) {
      assertThat(pom.text(path)).as(pom.file() + " " + path).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void standsAlone(Published module) throws Exception {
    Pom pom = module.flattened();
    assertThat(pom.all("/parent")).as(pom.file().toString()).isEmpty();
    assertThat(pom.all("/build")).isEmpty();
    assertThat(pom.all("/repositories")).isEmpty();
    // the agent of -Dquern.coverage, which no release has, is in the POM that keeps its
    // dependencies
    String ours = "//dependency[not(artifactId='org.jacoco.agent')]";
    assertThat(pom.all(ours + "/scope")).doesNotContain("test", "system");
    assertThat(pom.all("//dependency/version"))
        .hasSameSizeAs(pom.all("//dependency"))
        .allMatch(v -> !v.matches(".*[\\[(,].*|LATEST|RELEASE"));
    assertThat(pom.xml()).doesNotContain(Published.ROOT.toString());
  }

  /** After mvn install of a clone, which builds for one platform. */
  @Test
  void quernNeedsNoJarThatIsNotBuilt() throws Exception {
    Published quern =
        modules().stream().filter(m -> m.toString().equals("quern")).findFirst().orElseThrow();
    List<String> needed =
        quern.flattened().all("//dependency[artifactId='quern-native']/classifier");
    assertThat(needed).hasSize(4);
    for (String platform : needed) {
      if (!platform.contains("$")) { // all of them, where this is a release
        assertThat(Published.ROOT.resolve("native/target"))
            .isDirectoryContaining("glob:**/quern-native-*-" + platform + ".jar");
      }
    }
  }

  /** Whatever a user's build fills in is a property of this POM, or the platform. */
  @ParameterizedTest
  @MethodSource("modules")
  void hasNoPropertyOfTheBuild(Published module) throws Exception {
    Pom pom = module.flattened();
    Set<String> used = new TreeSet<>();
    Matcher m = Pattern.compile("\\$\\{([^}]+)\\}").matcher(pom.xml());
    while (m.find()) {
      String name = m.group(1);
      if (!pom.xml().contains("<" + name + ">")) {
        used.add(name);
      }
    }
    used.removeAll(Set.of("javacpp.platform", "project.version", "basedir"));
    assertThat(used).as(pom.file().toString()).isEmpty();
  }
}
