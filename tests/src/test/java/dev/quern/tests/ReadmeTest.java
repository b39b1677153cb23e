package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.Network;
import dev.quern.Shape;
import dev.quern.io.NetworkJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's examples run as they stand. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("quern.root"));

  private static List<String> blocks(String language) throws IOException {
    Matcher m =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    List<String> all = new ArrayList<>();
    while (m.find()) {
      all.add(m.group(1));
    }
    assertThat(all).as("blocks of " + language).isNotEmpty();
    return all;
  }

  /** Runs a program from source in the repository's root, where its data lie. */
  private static String run(Path folder, String name, String source) throws Exception {
    Path file = Files.writeString(folder.resolve(name + ".java"), source);
    Path out = folder.resolve("out.txt");
    Process p =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                file.toString(),
                folder.resolve("model.safetensors").toString())
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(p.waitFor(3, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(out);
    assertThat(p.exitValue()).as(text).isZero();
    return text;
  }

  @Test
  void programTrainsSavesAndPredicts(@TempDir Path folder) throws Exception {
    String text = run(folder, "Example", blocks("java").get(0));
    Matcher accuracy = Pattern.compile("accuracy=(0\\.\\d+)").matcher(text);
    assertThat(accuracy.find()).as(text).isTrue();
    assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.75);
    assertThat(text).contains("Prediction[label=");
    assertThat(folder.resolve("model.safetensors")).isNotEmptyFile();
  }

  @Test
  void residualNetworkTrainsAndGoesOn(@TempDir Path folder) throws Exception {
    for (int run = 0; run < 2; run++) { // the second finds a finished run
      String text = run(folder, "Residual", blocks("java").get(1));
      Matcher accuracy = Pattern.compile("FINISHED .*accuracy=(0\\.\\d+)").matcher(text);
      assertThat(accuracy.find()).as(text).isTrue();
      assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.7);
    }
    assertThat(folder.resolve("model.safetensors/best.safetensors")).isNotEmptyFile();
  }

  @Test
  void operatorsRun(@TempDir Path folder) throws Exception {
    assertThat(run(folder, "Operators", program("Operators", blocks("java").get(3)))).isEmpty();
  }

  @Test
  void trainerTakesWhatElseCanBeSaid(@TempDir Path folder) throws Exception {
    assertThat(run(folder, "Said", program("Said", blocks("java").get(2))))
        .endsWith(" bytes off-heap\n");
  }

  private static String program(String name, String statements) {
    return "import dev.quern.*;\nimport dev.quern.init.*;\nimport dev.quern.layer.*;\n"
        + "import dev.quern.loss.*;\nclass "
        + name
        + " {\npublic static void main(String[] a) {\n"
        + statements
        + "}\n}\n";
  }

  @Test
  void networkFileIsANetwork() throws IOException {
    Network n = NetworkJson.read(blocks("json").get(0));
    assertThat(n.input()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(n.output()).isEqualTo(Shape.of(10));
  }
}
