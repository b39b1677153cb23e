package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DeformConv of ONNX; the numbers are those of ONNX's own node tests. */
class DeformConvRulesTest {
  private static final String ONES = "Reshape f{1.0,1,1,1} k{1,1,2,2} -> w ; ";

  @TempDir Path dir;

  private ModelData load(long opset, String nodes) throws IOException {
    byte[] file = Graphs.of(opset, nodes.split(" ; ?")).build().toByteArray();
    return Onnx.load(Files.write(dir.resolve("m.onnx"), file));
  }

  private static List<Layer> layers(ModelData model) {
    return model.network().nodes().stream()
        .map(Network.Node::layer)
        .filter(l -> l instanceof DeformConv2d || l instanceof ZeroPad2d)
        .toList();
  }

  private static float[] counting(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return values;
  }

  /** Some values that differ from all others of an input. */
  private static float[] filled(int n, float value, Map<Integer, Float> except) {
    float[] values = new float[n];
    Arrays.fill(values, value);
    except.forEach((i, v) -> values[i] = v);
    return values;
  }

  private static void computes(ModelData data, Map<String, float[]> inputs, float... wanted) {
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      data.network()
          .inputs()
          .forEach((name, shape) -> tensors.put(name, tensor(arena, shape, inputs.get(name))));
      float[] got = model.predict(tensors).values().iterator().next().toArray();
      assertThat(got).containsExactly(wanted, offset(1e-5f));
    }
  }

  private static Tensor tensor(Arena arena, Shape sample, float... values) {
    Tensor t = arena.tensor(sample.batch(1));
    t.copyFrom(values);
    return t;
  }

  @ParameterizedTest
  @ValueSource(longs = {19, 22})
  void withoutPadding(long opset) throws IOException {
    ModelData model =
        load(opset, ONES + "DeformConv x[1,1,3,3] w o[1,8,2,2] -> y kernel_shape=2,2 pads=0,0,0,0");
    assertThat(layers(model)).containsExactly(new DeformConv2d(1, 2).bias(false));
    // y of kernel element (0, 0) at output (0, 0), x of kernel element (1, 0) at output (0, 1)
    Map<Integer, Float> moved = Map.of(0, 0.5f, 5 * 4 + 1, -0.1f);
    float[] x = counting(9);
    computes(model, Map.of("x", x, "o", filled(32, 0, moved)), 9.5f, 11.9f, 20, 24);
  }

  @Test
  void withPadding() throws IOException {
    ModelData model = load(19, ONES + "DeformConv x[1,1,3,3] w o[1,8,4,4] -> y pads=1,1,1,1");
    assertThat(layers(model)).containsExactly(new DeformConv2d(1, 2).padding(1).bias(false));
    float[] moved = filled(128, 0, Map.of(0, 0.5f, 5 * 16 + 6, -0.1f));
    float[] wanted = {0, 1, 3, 2, 3, 8, 11.9f, 7, 9, 20, 24, 13, 6, 13, 15, 8};
    computes(model, Map.of("x", counting(9), "o", moved), wanted);
  }

  @Test
  void withMaskAndBias() throws IOException {
    ModelData model = load(19, ONES + "DeformConv x[1,1,3,3] w o[1,8,2,2] b{1.0} m[1,4,2,2] -> y");
    assertThat(layers(model)).containsExactly(new DeformConv2d(1, 2));
    float[] moved = filled(32, 0, Map.of(0, 0.5f, 5 * 4 + 1, -0.1f));
    // kernel element (1, 0) at output (1, 1)
    float[] mask = filled(16, 1, Map.of(2 * 4 + 3, 0.2f));
    Map<String, float[]> inputs = Map.of("x", counting(9), "o", moved, "m", mask);
    computes(model, inputs, 10.5f, 12.9f, 21, 19.4f);
  }

  @Test
  void withTwoOffsetGroups() throws IOException {
    String two = "Reshape f{1.0,1,1,1,1,1,1,1} k{1,2,2,2} -> w ; ";
    ModelData model = load(22, two + "DeformConv x[1,2,3,3] w o[1,16,2,2] -> y offset_group=2");
    assertThat(layers(model)).containsExactly(new DeformConv2d(1, 2).offsetGroups(2).bias(false));
    float[] x = new float[18];
    for (int i = 0; i < 9; i++) {
      x[i] = i;
      x[9 + i] = 8 - i;
    }
    float[] moved = filled(64, 0, Map.of(0, 0.5f, 13 * 4 + 1, -0.1f));
    computes(model, Map.of("x", x, "o", moved), 33.5f, 32.1f, 32, 32);
  }

  /** Rows 1 to 4 and columns 0 to 2 of what padding on all sides gives. */
  @Test
  void unevenPaddingIsZerosAroundTheImage() throws IOException {
    ModelData model = load(19, ONES + "DeformConv x[1,1,3,3] w o[1,8,3,3] -> y pads=0,1,1,0");
    assertThat(layers(model))
        .containsExactly(new ZeroPad2d(1, 0, 0, 1), new DeformConv2d(1, 2).bias(false));
    float[] moved = filled(72, 0, Map.of(5 * 9 + 2, -0.1f));
    float[] wanted = {3, 8, 11.9f, 9, 20, 24, 6, 13, 15};
    computes(model, Map.of("x", counting(9), "o", moved), wanted);
  }

  @Test
  void everyAttribute() throws IOException {
    ModelData model =
        load(
            19,
            "DeformConv x[1,4,9,8] w(6,2,2,3) o[1,24,4,8] b(6) -> y"
                + " strides=2,1 pads=1,2,1,2 dilations=3,2 group=2 offset_group=2");
    DeformConv2d layer =
        new DeformConv2d(
            6, new Size(2, 3), new Size(2, 1), new Size(1, 2), new Size(3, 2), 2, 2, true);
    assertThat(layers(model)).containsExactly(layer);
  }

  /** A constant offset, and images of any number and size. */
  @Test
  void dynamicSizes() throws IOException {
    ModelData model =
        load(
            19,
            "Conv x[0,2,0,0] c(18,2,3,3) -> o pads=1,1,1,1 ; DeformConv x w(4,2,3,3) o -> y"
                + " pads=1,1,1,1");
    assertThat(layers(model)).containsExactly(new DeformConv2d(4, 3).padding(1).bias(false));
    model = load(19, "DeformConv x[0,1,3,3] w(1,1,2,2) o(1,8,2,2) -> y");
    assertThat(layers(model)).containsExactly(new DeformConv2d(1, 2).bias(false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DeformConv x[1,2,5] w(2,2,3) o[1,6,3] -> y; must have 4 dimensions",
        "DeformConv x[1,2,5,5] w(2,2,3) o[1,18,3,3] -> y; does not match an input of 4",
        "DeformConv x[1,2,5,5] w(2,2,3,3) o[1,17,3,3] -> y; offset 17x3x3 must have shape 18x3x3",
        "DeformConv x[1,2,5,5] w(2,2,3,3) o[1,18,3,3] b(2) m[1,8,3,3] -> y; mask 8x3x3",
        "DeformConv x[1,2,5,5] w(2,2,3,3) o[1,18,3,3] -> y offset_group=0; offset_groups 0",
        "DeformConv x[1,2,5,5] w(2,2,3,3) -> y; input 2 is missing",
        "DeformConv x[1,2,5,5] v[2,2,3,3] o[1,18,3,3] -> y; the weight (input 1) is computed",
      })
  void refusesWhatDoesNotFit(String text) {
    String[] parts = text.split("; ");
    assertThatThrownBy(() -> load(19, parts[0]))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(parts[1]);
  }

  @Test
  void isWrittenFromOpset19On() throws IOException {
    ModelData model =
        load(
            19,
            "DeformConv x[1,4,5,5] w(6,2,3,3) o[1,36,3,3] _ m[1,18,3,3] -> y group=2"
                + " offset_group=2");
    Path file = dir.resolve("again.onnx");
    for (int opset : new int[] {19, 22}) {
      new OnnxWriter().opset(opset).save(model, file);
      ModelData read = Onnx.load(file);
      assertThat(layers(read))
          .containsExactly(new DeformConv2d(6, 3).groups(2).offsetGroups(2).bias(false));
      assertThat(read.weights().values().iterator().next())
          .isEqualTo(model.weights().values().iterator().next());
    }
    assertThatThrownBy(() -> new OnnxWriter().opset(18).save(model, file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("DeformConv exists since opset 19");
  }
}
