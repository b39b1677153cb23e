package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What several nodes spell becomes the layer that is known by it, and computes the same. */
class JoiningTest {
  private static final String CONV = "Conv x[1,3,6,6] w(4,3,3,3) -> c";
  private static final String NORM =
      "ReduceMean x[1,3,8] -> m axes=-1, ; Sub x m -> d ; Pow d e{2.0} -> p ;"
          + " ReduceMean p -> v axes=-1, ; Add v f{0.001} -> a ; Sqrt a -> r ; Div d r -> n ;"
          + " Mul n w(8) -> s ; Add s b(8) -> y";

  private static final String RMS =
      "Mul x[1,3,8] x -> p ; ReduceMean p -> v axes=-1, ; Add v f{0.001} -> a ; Sqrt a -> r ;"
          + " Div x r -> n ; Mul n w(8) -> y";

  @TempDir Path dir;

  /** Nodes, and the layers that come of them. */
  static Stream<Arguments> patterns() {
    return Stream.of(
        Arguments.of("HardSigmoid x[1,3,4] -> h alpha=0.16666667 ; Mul x h -> y", "Hardswish"),
        Arguments.of(
            "Add x[1,3,4] t{3.0} -> a ; Clip a lo{0.0} hi{6.0} -> c ; Mul x c -> m ;"
                + " Div m s{6.0} -> y",
            "Hardswish"),
        Arguments.of(
            "Add x[1,3,4] t{3.0} -> a ; Clip a lo{0.0} hi{6.0} -> c ; Div c s{6.0} -> d ;"
                + " Mul x d -> y",
            "Hardswish"),
        Arguments.of("Sigmoid x[1,3,4] -> s ; Mul x s -> y", "Silu"),
        Arguments.of("Sigmoid x[1,3,4] -> s ; Mul s x -> y", "Silu"),
        Arguments.of("Softplus x[1,3,4] -> p ; Tanh p -> t ; Mul x t -> y", "Mish"),
        Arguments.of(
            "Div x[1,3,4] r{1.4142135} -> d ; Erf d -> e ; Add e o{1.0} -> a ; Mul x a -> m ;"
                + " Mul m h{0.5} -> y",
            "Gelu"),
        Arguments.of(
            "Div x[1,3,4] r{1.4142135} -> d ; Erf d -> e ; Add e o{1.0} -> a ; Mul a h{0.5} -> g ;"
                + " Mul x g -> y",
            "Gelu"),
        Arguments.of(
            "Mul x[1,3,4] h{0.5} -> g ; Mul x r{0.70710678} -> d ; Erf d -> e ;"
                + " Add e o{1.0} -> a ; Mul g a -> y",
            "Gelu"),
        Arguments.of(
            "Pow x[1,3,4] e{3.0} -> c ; Mul c k{0.044715} -> p ; Add x p -> s ;"
                + " Mul s r{0.7978845608} -> d ; Tanh d -> t ; Add t o{1.0} -> a ; Mul x a -> m ;"
                + " Mul m h{0.5} -> y",
            "Gelu"),
        Arguments.of(
            "Mul x[1,3,4] h{0.5} -> g ; Mul x x -> q ; Mul q x -> c ; Mul c k{0.044715} -> p ;"
                + " Add p x -> s ; Mul s r{0.79788456} -> d ; Tanh d -> t ; Add t o{1.0} -> a ;"
                + " Mul g a -> y",
            "Gelu"),
        Arguments.of(
            "Pow x[1,3,4] e{2.0} -> q ; Mul x q -> c ; Mul k{0.044715} c -> p ; Add x p -> s ;"
                + " Mul r{0.79788456} s -> d ; Tanh d -> t ; Add o{1.0} t -> a ;"
                + " Mul h{0.5} a -> g ; Mul g x -> y",
            "Gelu"),
        Arguments.of("Mul x[1,3] a{2.0} -> p ; Add p b{3.0} -> y", "Affine"),
        Arguments.of("Pad x[1,3,6,6] p{0,0,1,2,0,0,3,0} -> q ; Conv q w(4,3,3,3) -> y", "Conv2d"),
        Arguments.of(
            "Pad x[1,3,6,6] p{0,0,1,1,0,0,1,1} -> q ;"
                + " AveragePool q -> y kernel_shape=3,3 strides=2,2 count_include_pad=1",
            "AvgPool2d"),
        Arguments.of(CONV + " ; Add c b(1,4,1,1) -> y", "Conv2d"),
        Arguments.of(CONV + " ; Add b(4,1,1) c -> y", "Conv2d"),
        Arguments.of("Conv x[1,3,6,6] w(4,3,3,3) k(4) -> c ; Add c b(1,4,1,1) -> y", "Conv2d"),
        Arguments.of("Conv x[1,3,7] w(4,3,3) -> c ; Add c b(1,4,1) -> y", "Conv1d"),
        Arguments.of(CONV + " ; Mul c b(1,4,1,1) -> y", "Conv2d"),
        Arguments.of("Gemm x[1,5] w(5,4) -> g ; Add g b(4) -> y", "Linear"),
        Arguments.of("MatMul x[1,2,5] w(5,4) -> g ; Add g b(4) -> y", "Linear"),
        Arguments.of("MatMul x[1,2,5] w(5,4) -> g ; Mul g b(4) -> y", "Linear"),
        Arguments.of(
            "BatchNormalization x[1,3,4,4] s(3) b(3) m(3) v(3) -> n ; Mul n f(3,1,1) -> p ;"
                + " Add p g(3,1,1) -> y",
            "BatchNorm2d"),
        Arguments.of(
            "Transpose x[1,3,4,5] -> t perm=0,2,3,1 ; Transpose t -> p perm=0,3,1,2 ; Relu p -> y",
            "Relu"),
        Arguments.of(
            "Reshape x[1,6,4,5] a{1,2,3,4,5} -> r ; Transpose r -> t perm=0,2,1,3,4 ;"
                + " Reshape t b{1,6,4,5} -> y",
            "ChannelShuffle"),
        Arguments.of(NORM, "LayerNorm"),
        Arguments.of(RMS, "RmsNorm"),
        Arguments.of(
            "Pow x[1,3,8] e{2.0} -> p ; ReduceMean p -> v axes=-1, ; Add v f{0.001} -> a ;"
                + " Sqrt a -> r ; Reciprocal r -> i ; Mul x i -> n ; Mul w(8) n -> y",
            "RmsNorm"),
        Arguments.of(
            "Mul x[1,3,8] x -> p ; ReduceMean p -> v axes=-2,-1 ; Add v f{0.001} -> a ;"
                + " Sqrt a -> r ; Div o{1.0} r -> i ; Mul i x -> n ; Mul n w(3,8) -> y",
            "RmsNorm"));
  }

  private static String[] lines(String text) {
    return text.split(" ; ?");
  }

  private static List<String> kinds(Network network) {
    return network.nodes().stream()
        .map(Network.Node::layer)
        .map(Layer::getClass)
        .map(Class::getSimpleName)
        .toList();
  }

  private Network read(ModelProto.Builder model) {
    return Judge.agree(dir, model).network();
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void becomesOneLayer(String nodes, String layer) {
    assertThat(kinds(read(Graphs.of(lines(nodes))))).containsExactly(layer);
  }

  /** A value inside that is an output, too, stays, and its numbers stay right. */
  @ParameterizedTest
  @MethodSource("patterns")
  void staysApartWhereAllIsShown(String nodes, String layer) {
    String[] lines = lines(nodes);
    String[] made =
        Stream.of(lines).map(l -> l.replaceAll(".* -> (\\w+).*", "$1")).toArray(String[]::new);
    Network network = read(Graphs.withOutputs(Graphs.of(lines), made));
    assertThat(network.outputs()).hasSameSizeAs(made);
    assertThat(network.nodes()).hasSizeGreaterThan(1);
  }

  /** So does one that something else reads. */
  @ParameterizedTest
  @MethodSource("patterns")
  void staysApartWhereAllIsRead(String nodes, String layer) {
    String[] lines = lines(nodes);
    StringBuilder more = new StringBuilder(nodes);
    String[] made = new String[lines.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = "out" + i;
      more.append(" ; Exp ").append(lines[i].replaceAll(".* -> (\\w+).*", "$1")).append(" -> ");
      more.append(made[i]);
    }
    Network network = read(Graphs.withOutputs(Graphs.of(lines(more.toString())), made));
    assertThat(network.outputs()).hasSameSizeAs(made);
    assertThat(network.nodes()).hasSizeGreaterThan(made.length + 1);
  }

  /** Another number than 0.044715, or another power, is no Gelu. */
  @Test
  void anotherPolynomialIsNoGelu() {
    String nodes =
        "Pow x[1,3,4] e{3.0} -> c ; Mul c k{0.044715} -> p ; Add x p -> s ;"
            + " Mul s r{0.79788456} -> d ; Tanh d -> t ; Add t o{1.0} -> a ; Mul x a -> m ;"
            + " Mul m h{0.5} -> y";
    assertThat(kinds(read(Graphs.of(lines(nodes.replace("0.044715", "0.05")))))).hasSize(8);
    assertThat(kinds(read(Graphs.of(lines(nodes.replace("e{3.0}", "e{5.0}")))))).hasSize(8);
  }

  /** Numbers of another axis are no weight and bias of a layer norm. */
  @Test
  void scaleOfAnotherAxisIsNoLayerNorm() {
    Network network =
        read(
            Graphs.of(
                lines(
                    NORM.replace("[1,3,8]", "[1,6,2,3]")
                        .replace("axes=-1,", "axes=-2,-1")
                        .replace("w(8)", "w(6,1,1)")
                        .replace("b(8)", "b(6,1,1)"))));
    assertThat(kinds(network)).doesNotContain("LayerNorm");
  }

  /** The scale of another axis, and an eps below 0, are left as they are. */
  @Test
  void otherwiseThereIsNoNorm() {
    String image = RMS.replace("[1,3,8]", "[1,6,2,3]").replace("axes=-1,", "axes=-2,-1");
    for (String other :
        List.of(image.replace("w(8)", "w(6,1,1)"), RMS.replace("0.001", "-0.001"))) {
      assertThat(kinds(read(Graphs.of(lines(other))))).doesNotContain("RmsNorm");
    }
    assertThat(kinds(read(Graphs.of(lines(NORM.replace("0.001", "-0.001"))))))
        .doesNotContain("LayerNorm", "RmsNorm");
  }

  @Test
  void biasOfAnotherAxisIsNoBias() {
    assertThat(kinds(read(Graphs.of(lines("Conv x[1,3,6,6] w(4,3,3,3) -> c ; Add c b(4) -> y")))))
        .containsExactly("Conv2d", "Constant", "Add");
  }

  @Test
  void sharedWeightsAreScaledOnce() {
    read(
        Graphs.withOutputs(
            Graphs.of(
                lines("Conv x[1,3,6,6] w(3,3,3,3) -> c ; Mul c b(1,3,1,1) -> p ; Conv x w -> y")),
            "p",
            "y"));
  }

  /** One value under two names, the first of which is the layer's. */
  @Test
  void oneLayerIsTwoOutputs() {
    Network network =
        read(
            Graphs.withOutputs(
                Graphs.of("Relu x[1,3] -> y", "Identity y -> z", "Identity x -> q"),
                "y",
                "z",
                "q"));
    assertThat(network.outputs()).hasSize(3).startsWith("y");
  }
}
