package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Linear;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention in the spellings of PyTorch's exports becomes one layer, and computes the same. */
class JoinedAttentionTest {
  private static final ScaledDotProductAttention THREE = new ScaledDotProductAttention(3);

  /** Query, key and value of three heads, by three projections. */
  private static final String APART =
      "MatMul x[1,5,24] wq(24,24) -> q0 ; Reshape q0 sq{1,5,3,8} -> q1 ;"
          + " Transpose q1 -> q perm=0,2,1,3 ; MatMul x wk(24,24) -> k0 ;"
          + " Reshape k0 sk{1,5,3,8} -> k1 ; Transpose k1 -> k perm=0,2,3,1 ;"
          + " MatMul x wv(24,24) -> v0 ; Reshape v0 sv{1,5,3,8} -> v1 ;"
          + " Transpose v1 -> v perm=0,2,1,3 ; ";

  private static final String ROOT = "Mul %1$s f%1$s{0.59460355} -> %1$sr ; ";

  private static final String END =
      " ; Softmax s -> p axis=-1 ; MatMul p v -> o ; Transpose o -> t perm=0,2,1,3 ;"
          + " Reshape t st{1,5,24} -> r ; MatMul r wo(24,24) -> y0 ; Relu y0 -> y";

  private static final String PACKED =
      "MatMul x[1,5,24] w(24,72) -> a0 ; Add b(72) a0 -> a ; Reshape a sa{1,5,3,3,8} -> c ;"
          + " Transpose c -> d perm=2,0,3,1,4 ; Gather d i{0} -> q0 axis=0 ;"
          + " Reshape q0 sq{1,3,5,8} -> q ; Gather d j{1} -> k0 axis=0 ;"
          + " Reshape k0 sk{1,3,5,8} -> k1 ; Transpose k1 -> k perm=0,1,3,2 ;"
          + " Gather d l{2} -> v0 axis=0 ; Reshape v0 sv{1,3,5,8} -> v ; ";

  /** nn.MultiheadAttention: the batch behind the tokens. */
  private static final String TOKENS_FIRST =
      "Transpose x[1,5,24] -> u perm=1,0,2 ; MatMul u w(24,72) -> a0 ; Add a0 b(72) -> a ;"
          + " Reshape a sa{5,1,3,24} -> c ; Unsqueeze c ua{0} -> e ;"
          + " Transpose e -> g perm=3,1,2,0,4 ; Squeeze g ub{3} -> h ;"
          + " Gather h i{0} -> q0 axis=0 ; Reshape q0 sq{5,3,8} -> q1 ;"
          + " Transpose q1 -> q2 perm=1,0,2 ; Reshape q2 tq{1,3,5,8} -> q ;"
          + " Gather h j{1} -> k0 axis=0 ; Reshape k0 sk{5,3,8} -> k1 ;"
          + " Transpose k1 -> k2 perm=1,0,2 ; Reshape k2 tk{1,3,5,8} -> k3 ;"
          + " Transpose k3 -> k perm=0,1,3,2 ;"
          + " Gather h l{2} -> v0 axis=0 ; Reshape v0 sv{5,3,8} -> v1 ;"
          + " Transpose v1 -> v2 perm=1,0,2 ; Reshape v2 tv{1,3,5,8} -> v ; ";

  private static final String TOKENS_FIRST_END =
      " ; Softmax s -> p axis=-1 ; MatMul p v -> o ; Transpose o -> t perm=2,0,1,3 ;"
          + " Reshape t st{5,24} -> r ; Gemm r wo(24,24) bo(24) -> m ;"
          + " Reshape m sm{5,1,24} -> n ; Transpose n -> y0 perm=1,0,2 ; Relu y0 -> y";

  private static final String ROOTS = ROOT.formatted("q") + ROOT.formatted("k");

  private static final String ROOTED = ROOTS + "MatMul qr kr -> s";

  private static final String ROOTED0 = ROOTS + "MatMul qr kr -> s0 ; ";

  /** The causal mask of PyTorch's scaled_dot_product_attention. */
  private static final String TRIANGLE =
      "ConstantOfShape sc{5,5} -> o0 ; Add o0 one{1.0} -> o1 ; Trilu o1 -> o2 upper=0 ;"
          + " Equal o2 zero{0.0} -> e0 ; Log zz{0.0} -> low ; Where e0 low nil{0.0} -> m ; ";

  private static final String DIVIDED = "MatMul q k -> s0 ; Div s0 f{2.8284271} -> s";

  private static final String ADDED = "MatMul q k -> s0 ; Mul s0 f{0.5} -> s1 ; Add ";

  private static String mask(boolean causal) {
    StringBuilder all = new StringBuilder("m{");
    for (int i = 0; i < 25; i++) {
      boolean hidden = causal ? i % 5 > i / 5 : i == 3;
      all.append(i == 0 ? "" : ",").append(hidden ? "-Infinity" : "0.0");
    }
    return "Reshape " + all + "} sm{1,1,5,5} -> m2 ; ";
  }

  @TempDir Path dir;

  static Stream<Arguments> spellings() {
    return Stream.of(
        Arguments.of(APART + ROOTED + END, THREE),
        Arguments.of(APART + DIVIDED + END, THREE),
        Arguments.of(APART + "Mul q f{0.5} -> q2 ; MatMul q2 k -> s" + END, THREE.scale(0.5f)),
        Arguments.of(APART + "MatMul q k -> s" + END, THREE.scale(1)),
        Arguments.of(
            APART + "MatMul q k -> s0 ; Mul s0 by(1,3,1,1) -> s1 ; Add s1 m(1,3,5,5) -> s" + END,
            THREE.scale(1).biasHeads(3)),
        Arguments.of(PACKED + ROOTED + END, THREE),
        Arguments.of(PACKED + ADDED + "s1 m(1,3,5,5) -> s" + END, THREE.scale(0.5f).biasHeads(3)),
        Arguments.of(PACKED + ADDED + "m(1,1,5,5) s1 -> s" + END, THREE.scale(0.5f).biasHeads(1)),
        Arguments.of(
            mask(true) + PACKED + ADDED + "s1 m2 -> s" + END, THREE.scale(0.5f).causal(true)),
        Arguments.of(TRIANGLE + PACKED + ROOTED0 + "Add s0 m -> s" + END, THREE.causal(true)),
        Arguments.of(TOKENS_FIRST + ROOTED + TOKENS_FIRST_END, THREE));
  }

  private Network read(String nodes) {
    return Judge.agree(dir, Graphs.of(nodes.split(" ; ?"))).network();
  }

  private static List<ScaledDotProductAttention> attention(Network network) {
    return network.nodes().stream()
        .map(Network.Node::layer)
        .filter(ScaledDotProductAttention.class::isInstance)
        .map(ScaledDotProductAttention.class::cast)
        .toList();
  }

  private static long count(Network network, Class<?> layer) {
    return network.nodes().stream().filter(n -> layer.isInstance(n.layer())).count();
  }

  /** Nothing is left between the projections and attention. */
  @ParameterizedTest
  @MethodSource("spellings")
  void becomesOneLayer(String nodes, ScaledDotProductAttention layer) {
    Network network = read(nodes);
    assertThat(attention(network)).containsExactly(layer);
    assertThat(count(network, Linear.class)).isEqualTo(4);
    assertThat(network.nodes()).hasSize(6);
  }

  /** A mask that hides a key is a bias with the lowest float. */
  @Test
  void maskOfInfinityIsBias() {
    Network network = read(mask(false) + PACKED + ADDED + "s1 m2 -> s" + END);
    assertThat(attention(network)).containsExactly(THREE.scale(0.5f).biasHeads(1));
    assertThat(network.nodes()).hasSize(6);
  }

  /** Weights that something else reads are computed, as before. */
  @Test
  void weightsThatAreReadStay() {
    String nodes = APART + DIVIDED + END + " ; ReduceMean p -> u axes=1,";
    Network network =
        Judge.agree(dir, Graphs.withOutputs(Graphs.of(nodes.split(" ; ?")), "y", "u")).network();
    assertThat(attention(network)).isEmpty();
    assertThat(count(network, Softmax.class)).isEqualTo(1);
  }

  /** A softmax over queries, or a factor behind what is added, is not attention. */
  @Test
  void otherChainsStay() {
    assertThat(attention(read(APART + DIVIDED + END.replace("axis=-1", "axis=-2")))).isEmpty();
    String late = "MatMul q k -> s0 ; Add s0 m(1,3,5,5) -> s1 ; Mul s1 f{0.5} -> s";
    assertThat(attention(read(APART + late + END))).isEmpty();
    String row = "MatMul q k -> s0 ; Add s0 m(1,3,1,5) -> s";
    assertThat(attention(read(APART + row + END))).isEmpty();
  }

  /** Heads whose features are not neighbors are put side by side first. */
  @Test
  void interleavedHeadsAreMoved() {
    String interleaved =
        APART.replace("sq{1,5,3,8}", "sq{1,5,8,3}").replace("q perm=0,2,1,3", "q perm=0,3,1,2");
    Network network = read(interleaved + DIVIDED + END);
    assertThat(attention(network)).containsExactly(THREE);
  }
}
