package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application may bring another OpenBLAS. It works and is named, unless the application demands
 * one. Most tests take the same one with another version's number in it.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "library names here are Linux's")
class OpenBlasVersionTest {
  private static final String NAME = "libopenblas.so.0";
  private static final String TESTED = "0.3.31";
  private static final String OTHER = "0.3.29";

  @TempDir private static Path temporary;
  private static String folder;

  /** Its bytes as text, which may be changed in place where the length stays. */
  private static String library;

  @BeforeAll
  static void read() throws IOException {
    folder = "org/bytedeco/openblas/" + Engine.info().platform() + "/";
    for (String name : new String[] {"libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"}) {
      byte[] content = resource(folder + name);
      if (content.length > 0) {
        Files.createDirectories(temporary.resolve(folder));
        Files.write(temporary.resolve(folder + name), content);
      }
    }
    library = new String(resource(folder + NAME), StandardCharsets.ISO_8859_1);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = OpenBlasVersionTest.class.getClassLoader().getResourceAsStream(name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  /** With an OpenBLAS that calls itself something else. */
  private static ChildJvm child(String from, String to) throws IOException {
    assertThat(library.contains(from)).as(from).isTrue();
    assertThat(to).hasSameSizeAs(from);
    Path file = temporary.resolve(folder + NAME);
    Files.writeString(file, library.replace(from, to), StandardCharsets.ISO_8859_1);
    return new ChildJvm().classPath(temporary);
  }

  private static ChildJvm other() throws IOException {
    return child("OpenBLAS " + TESTED, "OpenBLAS " + OTHER);
  }

  @Test
  void anotherVersionWorksWithAWarning() throws Exception {
    ChildJvm.Result result = other().run(LoadMain.class);
    assertThat(result.output())
        .contains("WARNING: OpenBLAS is " + OTHER + ", Quern is tested with " + TESTED)
        .contains("loss 1.4583423", "OpenBLAS " + OTHER + " ");
    assertThat(result.status()).isZero();
  }

  @Test
  void testedVersionGivesNoWarning() throws Exception {
    ChildJvm.Result result = new ChildJvm().run(LoadMain.class);
    assertThat(result.output()).startsWith("loss ").doesNotContain("WARNING");
  }

  static List<Arguments> demands() {
    return Suite.first(
        1,
        List.of(
            Arguments.of(OTHER, false), Arguments.of(TESTED, true), Arguments.of("0.3", false)));
  }

  @ParameterizedTest
  @MethodSource("demands")
  void propertyDemandsOne(String demanded, boolean fits) throws Exception {
    ChildJvm child = new ChildJvm().option("-Dquern.openblas.version=" + demanded);
    ChildJvm.Result result = child.run(LoadMain.class);
    if (fits) {
      assertThat(result.output()).startsWith("loss ");
    } else {
      assertThat(result.output())
          .contains("openblas: found version " + TESTED)
          .contains("quern.openblas.version requires " + demanded);
    }
    assertThat(result.status()).isEqualTo(fits ? 0 : LoadMain.REFUSED);
  }

  @Test
  void demandedVersionGivesNoWarning() throws Exception {
    ChildJvm.Result result =
        other().option("-Dquern.openblas.version=" + OTHER).run(LoadMain.class);
    assertThat(result.output()).startsWith("loss ").doesNotContain("WARNING");
  }

  /** Its calls would take other arguments, or only one thread at a time. */
  static List<String> kinds() {
    return Suite.first(1, List.of("USE64BITINT", "SINGLE_THREADED"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void otherKindIsRefused(String kind) throws Exception {
    String from = TESTED + " DYNAMIC_ARCH NO_";
    assumeTrue(library.contains(from), "this OpenBLAS is built in another way");
    String start = TESTED + " " + kind;
    String to = start + " ".repeat(from.length() - start.length());
    ChildJvm.Result result = child(from, to).run(LoadMain.class);
    assertThat(result.output())
        .startsWith("dev.quern.error.NativeException: openblas: ")
        .contains(kind, "one without " + kind + " is needed");
    assertThat(result.status()).isEqualTo(LoadMain.REFUSED);
  }

  /** Laid there by the profile {@code full}. */
  @Test
  @Tag("full")
  void earlierReleaseWorks() throws Exception {
    Path jar = GoldenFile.root().resolve("tests/target/openblas/earlier.jar");
    assertThat(jar).exists();
    ChildJvm.Result result = new ChildJvm().classPath(jar).run(IsaMain.class);
    assertThat(result.output()).contains("WARNING: OpenBLAS is 0.3.30", "cases 88");
    assertThat(result.status()).isZero();
  }
}
