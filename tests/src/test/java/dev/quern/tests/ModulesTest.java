package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A modular application that requires ours, on the module path and in an image of its own. */
class ModulesTest {
  /** Those of ours that require automatic modules; nothing else may. */
  private static final Set<String> MAY_NEED_AUTOMATIC =
      Set.of(
          "dev.quern.onnx", "dev.quern.image.formats", "dev.quern.serve", "dev.quern.micrometer");

  private static final String MODULE =
      "module app { requires dev.quern; requires dev.quern.io; requires dev.quern.image; }";
  private static final String MAIN =
      """
      package app;

      import dev.quern.data.Image;
      import dev.quern.io.ModelFile;
      import dev.quern.layer.*;
      import dev.quern.layer.activation.*;
      import dev.quern.network.Network;
      import dev.quern.tensor.*;
      import dev.quern.train.Trainer;
      import java.awt.image.BufferedImage;
      import java.io.ByteArrayOutputStream;
      import java.nio.file.*;
      import java.util.*;
      import javax.imageio.ImageIO;

      public class Main {
        public static void main(String[] args) throws Exception {
          Network network = Network.of("small", Shape.of(3, 8, 8),
              new Conv2d(8, 3).padding(1), new Relu(), new Flatten(), new Linear(2));
          ByteArrayOutputStream picture = new ByteArrayOutputStream();
          ImageIO.write(new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB), "png", picture);
          System.out.println("read " + Image.read(picture.toByteArray()));
          Path file = Files.createTempFile("model", ".safetensors");
          try (Trainer trainer = Trainer.builder(network).build();
              Arena arena = new Arena()) {
            Tensor images = arena.tensor(Shape.of(4, 3, 8, 8));
            System.out.println("loss " + trainer.step(images, new int[] {0, 1, 0, 1}));
            ModelFile.save(file, trainer.modelData(List.of("a", "b"), Map.of()));
            System.out.println("module " + Main.class.getModule().getName());
          } finally {
            Files.delete(file);
          }
        }
      }
      """;

  @TempDir private static Path folder;
  private static String modulePath;

  @BeforeAll
  static void compile() throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/app"));
    Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
    Files.writeString(sources.resolve("Main.java"), MAIN);
    modulePath = String.join(File.pathSeparator, modules());
    run(
        "javac",
        "-p",
        modulePath,
        "-d",
        folder.resolve("classes").toString(),
        sources.resolveSibling("module-info.java").toString(),
        sources.resolve("Main.java").toString());
  }

  /** What of the tests' class path is a named module. */
  private static List<String> modules() {
    List<String> named = new ArrayList<>();
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
      boolean isModule =
          ModuleFinder.of(Path.of(element)).findAll().stream()
              .map(ModuleReference::descriptor)
              .anyMatch(
                  m ->
                      isAutomatic(m.name())
                          || !m.isAutomatic() && !m.name().startsWith("org.junit"));
      if (isModule && Files.exists(Path.of(element))) {
        named.add(element);
      }
    }
    return named;
  }

  /** Protocol buffers, TwelveMonkeys' plug-ins, Prometheus's client, and Micrometer. */
  private static boolean isAutomatic(String module) {
    return module.equals("com.google.protobuf")
        || module.startsWith("com.twelvemonkeys.")
        || module.startsWith("io.prometheus.")
        || module.startsWith("micrometer.");
  }

  private static void run(String tool, String... arguments) {
    ToolProvider found = ToolProvider.findFirst(tool).orElse(null);
    assumeThat(found).as("this Java has no %s", tool).isNotNull();
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    assertThat(found.run(out, out, arguments)).as("%s: %s", tool, text).isZero();
    assertThat(text.toString()).as("%s is silent", tool).isEmpty();
  }

  private static void assertTrains(String... command) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(ChildJvm.NOT_INHERITED);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    int status = builder.start().waitFor();
    assertThat(Files.readString(output))
        .contains("read Image 3x4x5", "loss 0.69", "module app")
        .doesNotContainIgnoringCase("warning");
    assertThat(status).isZero();
  }

  private static String java(Path home) {
    return home.resolve("bin").resolve("java").toString();
  }

  @Test
  void requiringOursIsEnoughOnTheModulePath() throws Exception {
    assertTrains(
        java(Path.of(System.getProperty("java.home"))),
        "--enable-native-access=dev.quern.bindings,org.bytedeco.javacpp",
        "-p",
        modulePath + File.pathSeparator + folder.resolve("classes"),
        "-m",
        "app/app.Main");
  }

  @Test
  void imageOfItsOwnTrains() throws Exception {
    String platform = System.getProperty("quern.platform").replace('-', '.');
    Path image = folder.resolve("image");
    run(
        "jlink",
        "-p",
        modulePath + File.pathSeparator + folder.resolve("classes"),
        "--add-modules",
        "app,dev.quern.bindings." + platform,
        "--output",
        image.toString());
    assertTrains(
        java(image),
        "--enable-native-access=dev.quern.bindings,org.bytedeco.javacpp",
        "-m",
        "app/app.Main");
  }

  /**
   * An automatic module among them forbids jlink, as it does for dev.quern.onnx, image.formats,
   * serve, micrometer and the CLI.
   */
  @Test
  void everyModuleThatOursRequiresIsNamed() {
    Set<String> ours =
        Set.of(
            "dev.quern",
            "dev.quern.io",
            "dev.quern.image",
            "dev.quern.image.formats",
            "dev.quern.onnx",
            "dev.quern.ocr",
            "dev.quern.embed",
            "dev.quern.report",
            "dev.quern.serve",
            "dev.quern.micrometer",
            "dev.quern.reference",
            "dev.quern.cli");
    ModuleFinder all =
        ModuleFinder.compose(
            ModuleFinder.of(modules().stream().map(Path::of).toArray(Path[]::new)),
            ModuleFinder.ofSystem());
    for (String name : ours) {
      for (ModuleDescriptor.Requires r : all.find(name).orElseThrow().descriptor().requires()) {
        assertThat(MAY_NEED_AUTOMATIC.contains(name) || !isAutomatic(r.name())).isTrue();
        boolean optional = r.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC);
        assertThat(optional || all.find(r.name()).isPresent())
            .as("%s requires %s", name, r)
            .isTrue();
      }
    }
  }
}
