package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A named module that requires {@code dev.quern} and no other. */
class ModularTest {
  private static final String PRINTS =
      "(?s)Evaluation\\[accuracy=1\\.0.*predicted upright\npredicted across\n";
  private static final String NATIVE_ACCESS =
      "--enable-native-access=dev.quern.bindings,org.bytedeco.javacpp";

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.quern.consumers.Jdk#all")
  void onTheModulePath(Jdk jdk) throws Exception {
    Path project = Projects.built("modular");
    assertThat(jdk.java(folder, NATIVE_ACCESS, "-p", modulePath(project), "-m", "app/app.Bars"))
        .matches(PRINTS);
  }

  @Test
  void asAnImage() throws Exception {
    Path project = Projects.built("modular");
    Path image = folder.resolve("image");
    Command.run(
        folder,
        List.of(
            Jdk.current().tool("jlink"),
            "-p",
            modulePath(project),
            "--add-modules",
            "app",
            "--bind-services",
            "--output",
            image.toString()));
    assertThat(new Jdk(image).java(folder, "-m", "app/app.Bars")).matches(PRINTS);
  }

  private static String modulePath(Path project) {
    return project.resolve("target/classes") + File.pathSeparator + project.resolve("target/lib");
  }
}
