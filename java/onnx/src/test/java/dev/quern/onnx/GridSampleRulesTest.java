package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.layer.shape.GridSample;
import dev.quern.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GridSample of ONNX, judged by ONNX Runtime. */
class GridSampleRulesTest {
  private static final String POINTS = "Tanh x[0,3,6,4] -> t ; Reshape t ii{0,9,4,2} -> g ; ";

  @TempDir Path dir;

  private Path write(String nodes) throws IOException {
    byte[] file = Graphs.of(nodes.split(" ; ?")).build().toByteArray();
    return Files.write(dir.resolve("m.onnx"), file);
  }

  static Stream<String> attributes() {
    return Stream.of("bilinear", "nearest", "bicubic")
        .flatMap(
            mode ->
                Stream.of("zeros", "border", "reflection")
                    .flatMap(
                        padding ->
                            Stream.of(0, 1)
                                .map(
                                    align ->
                                        " mode="
                                            + mode
                                            + " padding_mode="
                                            + padding
                                            + " align_corners="
                                            + align)));
  }

  @ParameterizedTest
  @MethodSource("attributes")
  void everyModeAndPadding(String attributes) throws IOException {
    String nodes = POINTS.replace("x[0", "x[1") + "GridSample x g -> y" + attributes;
    Judge.agree(dir, Graphs.of(nodes.split(" ; ?")));
    assertThat(layers(nodes)).hasSize(1);
  }

  private List<GridSample> layers(String nodes) throws IOException {
    Network network = Onnx.load(write(nodes)).network();
    return network.nodes().stream()
        .map(Network.Node::layer)
        .filter(GridSample.class::isInstance)
        .map(GridSample.class::cast)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GridSample x[1,2,4,5] g(1,3,2,2) -> y",
        "GridSample w(1,2,4,5) x[1,3,4,2] -> y",
        "Relu x[2,2,4,5] -> r ; Reshape r ii{2,5,4,2} -> g ; GridSample r g -> y",
      })
  void constantsAndFixedBatches(String nodes) {
    Judge.agree(dir, Graphs.of(nodes.split(" ; ?")));
  }

  @Test
  void theDefaultsOfADynamicBatch() throws IOException {
    assertThat(layers(POINTS + "GridSample x g -> y")).containsExactly(new GridSample());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GridSample x g -> y mode=area; attribute mode area is not supported",
        "GridSample x g -> y padding_mode=wrap; attribute padding_mode wrap is not supported",
        "GridSample x t -> y; grid 3x6x4 must have shape [height, width, 2]",
        "GridSample t -> y; input 1 is missing",
      })
  void refusesWhatIsUnknown(String text) {
    String[] parts = text.split("; ");
    assertThatThrownBy(() -> Onnx.load(write(POINTS + parts[0])))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(parts[1]);
  }
}
