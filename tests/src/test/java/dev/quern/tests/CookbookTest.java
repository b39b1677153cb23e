package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cookbook's programs are short, and run. */
class CookbookTest {
  private static final Path COOKBOOK = Docs.ROOT.resolve("java/cookbook");
  private static final String GOOD = "accuracy=(0\\.[89]\\d*|1\\.0)";

  /** What each program prints. */
  private static final Map<String, String> PRINTS =
      Map.ofEntries(
          Map.entry("Autoencoder", "off by 0\\.[01]\\d\ncode 1x2x7x7\n"),
          Map.entry("CustomLayers", "Swish\\[beta=1.5\\]\nEvaluation\\[" + GOOD + ".*\n"),
          Map.entry("CustomLosses", "LogCosh\\[width=0.5\\]\ntrue\n"),
          Map.entry("Detector", "mAP (0\\.9\\d|1\\.00)\n(disc at [234]|square at 1[789])\n"),
          Map.entry("Features", "[89]\\d of 100 lie nearest to one of their class\n"),
          Map.entry(
              "FineTuning",
              "loaded: 2\nmissing: 0\nunexpected: 0\nof another shape: 2 \\(head.weight.*\n"
                  + "Evaluation\\[accuracy=0\\.9.*\n"),
          Map.entry(
              "ImageFolders",
              "\\{circle=120, square=120\\}\nnone.png is skipped\n(0\\.9\\d*|1\\.0)\nsquare\n"),
          Map.entry(
              "MultiLabel", "right: (0\\.9\\d|1\\.00)\n(row|dot) yes\n(row|dot) yes\ncolumn no\n"),
          Map.entry(
              "OnnxFineTuning", "\\d+ layers\n\\[other, shoe\\]\nEvaluation\\[accuracy=0\\.9.*\n"),
          Map.entry("OwnArrays", "Evaluation\\[" + GOOD + ".*\n"),
          Map.entry("OwnImages", "(0\\.9\\d*|1\\.0)\nsquare\nsquare\n"),
          Map.entry(
              "Pretrained",
              "loaded: 100\nmissing: 0\nunexpected: 0\nof another shape: 2 \\(fc.weight.*\n"
                  + "(0\\.[89]\\d*|1\\.0)\nbar\n"),
          Map.entry("Regression", "off by 0\\.\\d pixels\nof a black image 1x2\n"),
          Map.entry("Residual", "FINISHED Evaluation\\[accuracy=0\\.[789].*\n"),
          Map.entry("Segmentation", "mean IoU (0\\.9\\d|1\\.00)\nof another size 48x48\n"),
          Map.entry("Server", "99\n400 classify: 5 bytes do not fill an image of 1x28x28\n"),
          Map.entry("Signals", "Evaluation\\[accuracy=(0\\.9[5-9]|1\\.0).*\na square\n"),
          Map.entry("Streaming", "Evaluation\\[" + GOOD + ".*\n"),
          Map.entry("Tables", "\\[length, weight, year\\] (0\\.9\\d*|1\\.0)\ncod\ntrout\n"),
          Map.entry("TwoHeads", "(0\\.9\\d*|1\\.0)\nstanding\n[789] pixels\n"));

  /**
   * A third of the time of all. FineTuning and the tests of torchvision's networks and of ONNX show
   * the same, so that the short suite compiles them only.
   */
  private static final Set<String> LONG = Set.of("Pretrained", "OnnxFineTuning");

  /** What each program printed, for each of its runs. */
  private static final Map<Path, List<String>> TEXTS = new HashMap<>();

  @BeforeAll
  static void run(@TempDir Path folder) throws Exception {
    List<Path> runs = new ArrayList<>();
    List<Path> compiled = new ArrayList<>();
    try (Stream<Path> all = programs()) {
      for (Path program : all.toList()) {
        (runs(name(program)) ? runs : compiled).add(program);
        if (name(program).equals("Residual")) { // it goes on
          runs.add(program);
        }
      }
    }
    List<String> texts = Docs.runAll(folder, runs, compiled);
    for (int i = 0; i < runs.size(); i++) {
      TEXTS.computeIfAbsent(runs.get(i), p -> new ArrayList<>()).add(texts.get(i));
    }
  }

  static Stream<Path> programs() throws IOException {
    return Files.list(COOKBOOK).filter(p -> p.toString().endsWith(".java")).sorted();
  }

  private static boolean runs(String name) {
    return Suite.FULL || !LONG.contains(name);
  }

  @Test
  void allAreKnownHere() throws IOException {
    try (Stream<Path> all = programs()) {
      assertThat(all.map(CookbookTest::name)).hasSameElementsAs(PRINTS.keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void printsWhatItsPageSays(Path program) throws IOException {
    assertThat(Files.readAllLines(program))
        .filteredOn(line -> !line.startsWith("import "))
        .as("short enough for a page")
        .hasSizeLessThanOrEqualTo(51);
    assertThat(TEXTS.containsKey(program)).isEqualTo(runs(name(program)));
    for (String text : TEXTS.getOrDefault(program, List.of())) {
      assertThat(text).matches(PRINTS.get(name(program)));
    }
  }

  private static String name(Path program) {
    return ProgramsMain.name(program);
  }
}
