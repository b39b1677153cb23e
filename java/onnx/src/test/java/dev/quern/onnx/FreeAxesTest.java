package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches, heights and widths that a file leaves free. */
class FreeAxesTest {
  private static final String CONV = "Conv x[0,3,0,0] w(4,3,3,3) -> c pads=1,1,1,1 strides=4,4";

  /** The height and width of the input, in two ways of exporters. */
  private static final List<String> SLICED =
      List.of("Shape x -> q", "Slice q b{2} e{4} a{0} -> hw");

  private static final List<String> GATHERED =
      List.of(
          "Shape x -> q",
          "Gather q i{2} -> h axis=0",
          "Gather q j{3} -> wd axis=0",
          "Concat h wd -> s axis=0",
          "Cast s -> f to=1",
          "Cast f -> hw to=7");

  private static final List<String> LIKE =
      List.of("Shape c -> o", "Slice o k{0} l{2} m{0} -> nc", "Concat nc hw -> z axis=0");

  @TempDir Path dir;

  private Path write(List<String> lines) throws IOException {
    ModelProto.Builder model = Graphs.of(lines.toArray(String[]::new));
    return Files.write(dir.resolve("m.onnx"), model.build().toByteArray());
  }

  private static List<String> all(List<?>... parts) {
    List<String> lines = new ArrayList<>();
    Arrays.stream(parts).flatMap(List::stream).forEach(l -> lines.add((String) l));
    return lines;
  }

  private ModelData agrees(List<String> lines, long[]... sizes) throws IOException {
    Path file = write(lines);
    ModelData data = Onnx.load(file);
    for (long[] size : sizes) {
      Judge.compare(file, data, size);
    }
    return data;
  }

  private static long[][] sizes() {
    return new long[][] {{1, 32, 64}, {2, 230, 250}, {3, 37, 41}, {1, 33, 128}};
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mode=linear coordinate_transformation_mode=half_pixel",
        "mode=linear coordinate_transformation_mode=pytorch_half_pixel",
        "mode=linear coordinate_transformation_mode=align_corners"
      })
  void aResizeFollowsTheSizeOfAnotherValue(String how) throws IOException {
    for (List<String> arithmetic : List.of(SLICED, GATHERED)) {
      List<String> resize = List.of("Resize c _ _ z -> y " + how);
      ModelData data = agrees(all(List.of(CONV), arithmetic, LIKE, resize), sizes());
      assertThat(data.network().nodes())
          .anyMatch(n -> n.layer() instanceof ResizeLike && n.inputs().contains("x"));
    }
  }

  /** Of sizes without a common divisor, where no place is one that floats round up or down. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "coordinate_transformation_mode=asymmetric nearest_mode=floor",
        "coordinate_transformation_mode=half_pixel nearest_mode=round_prefer_ceil",
        "coordinate_transformation_mode=tf_half_pixel_for_nn nearest_mode=floor"
      })
  void theNearestFollows(String how) throws IOException {
    String conv = CONV.replace("strides=4,4", "strides=2,2");
    List<String> resize = List.of("Resize c _ _ z -> y mode=nearest " + how);
    agrees(all(List.of(conv), SLICED, LIKE, resize), new long[] {2, 21, 35}, new long[] {1, 9, 13});
  }

  /** LR-ASPP, and decoders that lay an encoder's values beside theirs. */
  @Test
  void skipConnectionsFit() throws IOException {
    agrees(
        List.of(
            "Conv x[0,3,0,0] w0(4,3,3,3) -> a pads=1,1,1,1 strides=2,2",
            "MaxPool a -> b kernel_shape=2,2 strides=2,2 ceil_mode=1",
            "Conv b w1(4,4,3,3) -> c pads=1,1,1,1 strides=2,2",
            "GlobalAveragePool c -> g",
            "Sigmoid g -> gate",
            "Mul c gate -> d",
            "Shape b -> q",
            "Slice q sb{2} se{4} sa{0} -> hw",
            "Shape d -> o",
            "Slice o k{0} l{2} m{0} -> nc",
            "Concat nc hw -> z axis=0",
            "Resize d _ _ z -> up mode=linear coordinate_transformation_mode=half_pixel",
            "Concat up b -> both axis=1",
            "Conv both w2(4,8,1,1) -> e",
            "ConvTranspose e w3(4,4,2,2) -> t strides=2,2",
            "Shape a -> q2",
            "Gather q2 i2{2} -> h2 axis=0",
            "Gather q2 j2{3} -> v2 axis=0",
            "Shape t -> o2",
            "Slice o2 k2{0} l2{2} m2{0} -> nc2",
            "Concat nc2 h2 v2 -> z2 axis=0",
            "Resize t _ _ z2 -> u mode=linear coordinate_transformation_mode=align_corners",
            "Add u a -> sum",
            "Slice sum s1{0,0} s2{100000,100000} s3{2,3} s4{2,2} -> y"),
        sizes());
  }

  @Test
  void factorsOfAnySizeStayFactors() throws IOException {
    List<String> twice =
        List.of(
            "Shape c -> q",
            "Slice q b{2} e{4} a{0} -> s",
            "Cast s -> sf to=1",
            "Mul sf two{2.0,2.0} -> d",
            "Floor d -> fl",
            "Cast fl -> hw to=7");
    List<String> resize =
        List.of("Resize c _ _ z -> y mode=linear coordinate_transformation_mode=half_pixel");
    ModelData data = agrees(all(List.of(CONV), twice, LIKE, resize), sizes());
    assertThat(data.network().nodes()).noneMatch(n -> n.layer() instanceof ResizeLike);
  }

  /** A graph whose batch, height and width are free, and the node that a refusal names. */
  enum Refused {
    SOFTMAX("Softmax y: it mixes samples", "Softmax c -> y axis=0"),
    LESS_THEIR_MEAN(
        "ReduceMean m: it mixes samples", "ReduceMean c -> m axes=0, keepdims=1", "Sub c m -> y"),
    TRANSPOSED(
        "MatMul y: it mixes samples",
        "GlobalAveragePool c -> g",
        "Flatten g -> f",
        "Transpose f -> t perm=1,0",
        "MatMul f t -> y"),
    REVERSED("Slice y: it mixes samples", "Slice c s{-1} e{-99} a{0} st{-1} -> y"),
    GATHERED("Gather y: it mixes samples", "Gather c i{0} -> y axis=0"),
    TRAINED(
        "BatchNormalization y: it mixes samples",
        "BatchNormalization c s(4) b(4) m(4) v(4) -> y o p training_mode=1"),
    FOLDED("output y: its batch is not the first axis", "Reshape c r{-1,4} -> y"),
    CONCAT("Concat y: it mixes samples", "Concat c c -> y axis=0"),
    STACKED("Add y: it mixes a constant with the batch", "Add c k(2,4,1,1) -> y"),
    SPLIT("Split p: it mixes samples", "Split c -> p q2 axis=0 num_outputs=2", "Add p q2 -> y"),
    TILED("Tile y: it mixes samples", "Tile c r{2,1,1,1} -> y"),
    SIZE_AS_NUMBER(
        "Mul y: it computes with the size",
        "Shape c -> q",
        "Gather q i{2} -> h axis=0",
        "Cast h -> f to=1",
        "Mul c f -> y"),
    CUBIC(
        "Resize y: resizing to a dynamic size is not supported with mode cubic",
        "Shape x -> q",
        "Resize c _ _ q2 -> y mode=cubic"),
    ROUNDED("layer y", "Conv c w2(4,4,3,3) -> y auto_pad=SAME_UPPER strides=2,2"),
    HALF_AND_TWICE(
        "layer y",
        "Shape c -> q",
        "Slice q b{2} e{4} a{0} -> hw",
        "Div hw k{3,3} -> d",
        "Mul d l{3,3} -> s",
        "Slice q b2{0} e2{2} a2{0} -> nc",
        "Concat nc s -> z axis=0",
        "Resize c _ _ z -> y mode=linear"),
    BOUNDED(
        "its sizes are not linear in the size of an image",
        "Shape c -> q",
        "Slice q b{2} e{4} a{0} -> hw",
        "Min hw k{64,64} -> s",
        "Slice q b2{0} e2{2} a2{0} -> nc",
        "Concat nc s -> z axis=0",
        "Resize c _ _ z -> y mode=linear"),
    GRID("Add y", "Add c g(1,1,56,64) -> y"),
    FLAT("Gemm y", "Flatten c -> f", "Gemm f k(14336,2) -> y"),
    STRIDES(
        "the product of strides is 192",
        "MaxPool c -> d kernel_shape=6,6 strides=6,6",
        "MaxPool d -> e kernel_shape=8,8 strides=8,8",
        "Relu e -> y");

    private final String says;
    private final List<String> lines;

    Refused(String says, String... lines) {
      this.says = says;
      this.lines = List.of(lines);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotProvedIsRefused(Refused graph) throws IOException {
    List<String> lines = all(List.of(CONV), graph.lines);
    if (graph == Refused.CUBIC) {
      lines = all(List.of(CONV), SLICED, LIKE, List.of("Resize c _ _ z -> y mode=cubic"));
    }
    Path file = write(lines);
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(graph.says)
        .hasMessageContaining("give the input's size (OnnxReader.size, --size)");
  }

  /** One sample of a graph that would mix more is what ONNX Runtime makes of one. */
  @Test
  void oneSampleOfWhatMixesThem() throws IOException {
    for (Refused graph : List.of(Refused.SOFTMAX, Refused.LESS_THEIR_MEAN, Refused.TRAINED)) {
      Path file = write(all(List.of(CONV), graph.lines));
      ModelData data = Onnx.reader().size("x", 1, 3, 24, 28).read(file);
      assertThat(data.network().input()).isEqualTo(Shape.of(3, 24, 28));
      Judge.compare(file, data, 1, 24, 28);
    }
  }

  /** What exporters compute of the number of samples. */
  @Test
  void theBatchAsANumber() throws IOException {
    agrees(
        List.of(
            CONV,
            "GlobalAveragePool c -> g",
            "Shape g -> q",
            "Gather q i{0} -> n axis=0",
            "Concat n k{-1} -> r axis=0",
            "Reshape g r -> f",
            "Concat n o{4} -> r2 axis=0",
            "Expand t(1,4) r2 -> token",
            "Concat token f -> two axis=1",
            "Gemm two v(8,2) -> p",
            "Unsqueeze f e{2} -> column",
            "MatMul u(2,4) column -> q2",
            "Squeeze q2 e2{2} -> q3",
            "Add p q3 -> y"),
        sizes());
  }
}
