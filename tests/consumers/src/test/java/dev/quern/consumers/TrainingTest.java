package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Applications of several kinds train a few steps and predict. */
class TrainingTest {
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  /** What the shared program prints. */
  private static final String BARS =
      "(?s)Evaluation\\[accuracy=1\\.0.*predicted upright\npredicted across\n";

  @TempDir Path folder;

  static Stream<Jdk> jdks() throws Exception {
    return Jdk.all();
  }

  @Test
  void bothVersionsOfJavaAreTried() throws Exception {
    assumeThat(System.getenv("CI")).as("elsewhere 25 may be missing").isNotNull();
    assertThat(Jdk.all().map(Jdk::feature)).startsWith(Runtime.version().feature()).contains(25);
  }

  /** README's program with README's coordinates. */
  @ParameterizedTest
  @MethodSource("jdks")
  void oneCoordinate(Jdk jdk) throws Exception {
    Path project = Projects.built("plain");
    String text = jdk.java(folder, NATIVE_ACCESS, "-cp", Jdk.classPath(project), "Example");
    assertThat(text.lines()).hasSize(5).first().asString().startsWith("epoch 1/3 loss ");
    assertThat(text).containsPattern("accuracy=0\\.[789]");
    try (Stream<Path> jars = Files.list(project.resolve("target/lib"))) {
      assertThat(jars.filter(p -> p.toString().contains("quern-native-")))
          .hasSize(Repository.hasAllPlatforms() ? 5 : 2);
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void classifiers(Jdk jdk) throws Exception {
    Path project = Projects.built("classifiers");
    String text = jdk.java(folder, NATIVE_ACCESS, "-cp", Jdk.classPath(project), "app.Bars");
    assertThat(text).matches(BARS);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void oneShadedJar(Jdk jdk) throws Exception {
    Path jar = Projects.built("shaded").resolve("target/shaded-1.jar");
    assertThat(jdk.java(folder, "-jar", jar.toString())).matches(BARS);
  }

  @Test
  void kotlin() throws Exception {
    Path project = Projects.built("kotlin");
    String text =
        Jdk.current().java(folder, NATIVE_ACCESS, "-cp", Jdk.classPath(project), "MainKt");
    assertThat(text).matches("(?s)Evaluation\\[accuracy=0\\.[678].*\npredicted [A-Z].*\n");
  }
}
