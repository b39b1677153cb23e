package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs with a dynamic batch that becomes another axis, or a part of one, on the way. */
class MovedBatchTest {
  /** Three heads of an axis that contains batch and heads, as nn.MultiheadAttention has them. */
  private static final String HEADS =
      "Shape x[0,5,24] -> dims ; Gather dims i{0} -> n axis=0 ; Mul n three{3} -> nh ;"
          + " Concat five{5} nh eight{8} -> apart axis=0 ;"
          + " Concat n h3{3} t5{5} e8{8} -> four axis=0 ; ";

  private static final String TOKENS_FIRST =
      HEADS
          + "Transpose x -> u perm=1,0,2 ; MatMul u w(24,72) -> a0 ; Add a0 b(72) -> a ;"
          + " Concat five n k4{3,24} -> c0 axis=0 ;"
          + " Reshape a c0 -> c ; Unsqueeze c ua{0} -> e ;"
          + " Transpose e -> g perm=3,1,2,0,4 ; Squeeze g ub{3} -> h5 ;"
          + " Gather h5 g0{0} -> q0 axis=0 ; Reshape q0 apart -> q1 ;"
          + " Transpose q1 -> q2 perm=1,0,2 ; Reshape q2 four -> q ;"
          + " Gather h5 g1{1} -> k0 axis=0 ; Reshape k0 apart -> k1 ;"
          + " Transpose k1 -> k2 perm=1,0,2 ; Reshape k2 four -> kf ;"
          + " Transpose kf -> k perm=0,1,3,2 ;"
          + " Gather h5 g2{2} -> v0 axis=0 ; Reshape v0 apart -> v1 ;"
          + " Transpose v1 -> v2 perm=1,0,2 ; Reshape v2 four -> v ;"
          + " MatMul q k -> s0 ; Mul s0 f{0.35355338} -> s ; Softmax s -> p axis=-1 ;"
          + " MatMul p v -> o ; Transpose o -> to perm=2,0,1,3 ; Mul n five -> nt ;"
          + " Concat nt wide{24} -> rows axis=0 ; Reshape to rows -> r ;"
          + " Gemm r wo(24,24) bo(24) -> m ; Concat five n wide -> back axis=0 ;"
          + " Reshape m back -> z ; Transpose z -> y0 perm=1,0,2 ; Relu y0 -> y";

  /** Shifted windows: batch and windows in one axis, and a mask for each window. */
  private static final String WINDOWS =
      "Shape x[0,8,8,6] -> dims ; Gather dims i{0} -> n axis=0 ; Mul n four{4} -> nw ;"
          + " Concat n c0{2,4,2,4,6} -> s0 axis=0 ; Reshape x s0 -> x0 ;"
          + " Transpose x0 -> x1 perm=0,1,3,2,4,5 ; Concat nw c1{16,6} -> s1 axis=0 ;"
          + " Reshape x1 s1 -> t ; MatMul t w(6,18) -> a0 ; Add a0 b(18) -> a ;"
          + " Concat nw c2{16,3,2,3} -> s2 axis=0 ; Reshape a s2 -> h ;"
          + " Transpose h -> h1 perm=2,0,3,1,4 ; Gather h1 g0{0} -> q0 axis=0 ;"
          + " Gather h1 g1{1} -> k0 axis=0 ; Gather h1 g2{2} -> v0 axis=0 ;"
          + " Squeeze q0 z0{0} -> q ; Squeeze k0 z1{0} -> k1 ; Squeeze v0 z2{0} -> v ;"
          + " Mul q f{0.57735} -> q1 ; Transpose k1 -> k perm=0,1,3,2 ; MatMul q1 k -> p0 ;"
          + " Add p0 bias(1,2,16,16) -> p1 ; Concat n c3{4,2,16,16} -> s3 axis=0 ;"
          + " Reshape p1 s3 -> p2 ; Add p2 mask(1,4,1,16,16) -> p3 ;"
          + " Reshape p3 c4{-1,2,16,16} -> p4 ; Softmax p4 -> p axis=-1 ; MatMul p v -> o ;"
          + " Transpose o -> o1 perm=0,2,1,3 ; Reshape o1 s1 -> o2 ; MatMul o2 wo(6,6) -> o3 ;"
          + " Concat n c5{2,2,4,4,6} -> s5 axis=0 ; Reshape o3 s5 -> o4 ;"
          + " Transpose o4 -> o5 perm=0,1,3,2,4,5 ; Concat n c6{8,8,6} -> s6 axis=0 ;"
          + " Reshape o5 s6 -> y";

  private static final ScaledDotProductAttention IN_WINDOWS =
      new ScaledDotProductAttention(2).windows(4).biasHeads(8);

  @TempDir Path dir;

  private Path write(String nodes) throws IOException {
    byte[] file = Graphs.of(nodes.split(" ; ?")).build().toByteArray();
    return Files.write(dir.resolve("m.onnx"), file);
  }

  private ModelData agrees(String nodes) throws IOException {
    Path file = write(nodes);
    ModelData data = Onnx.load(file);
    for (long batch : new long[] {1, 2, 3, 5}) {
      Judge.compare(file, data, batch);
    }
    return data;
  }

  @Test
  void attentionWithTokensFirst() throws IOException {
    ModelData data = agrees(TOKENS_FIRST);
    assertThat(data.network().nodes())
        .filteredOn(n -> n.layer() instanceof ScaledDotProductAttention)
        .hasSize(1);
  }

  @Test
  void shiftedWindows() throws IOException {
    ModelData data = agrees(WINDOWS);
    assertThat(data.network().nodes())
        .filteredOn(n -> n.layer() instanceof ScaledDotProductAttention)
        .singleElement()
        .satisfies(n -> assertThat(n.layer()).isEqualTo(IN_WINDOWS));
  }

  /** Operators on {@code [5, batch, 24]}; the last value is transposed back. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Relu u -> v",
        "Add u c(24) -> a ; Mul a d(5,1,24) -> b ; Sub b e(1,1,1) -> v",
        "Add u u -> a ; Relu u -> r ; Mul a r -> v",
        "MatMul u w(24,24) -> v",
        "Softmax u -> v axis=0",
        "LogSoftmax u -> v axis=-1",
        "LayerNormalization u s(24) b(24) -> v axis=2",
        "SimplifiedLayerNormalization u s(24) -> v axis=2",
        "ReduceMean u -> a axes=2, keepdims=1 ; Sub u a -> v",
        "ReduceSum u k{0} -> a keepdims=0 ; Unsqueeze a j{0} -> b ; Mul u b -> v",
        "ReduceMax u -> a axes=0, keepdims=1 ; Add u a -> v",
        "Slice u b{1} e{4} a{0} -> p ; Slice u b2{0} e2{2} a2{0} -> q ; Concat p q -> v axis=0",
        "Split u -> p q axis=2 ; Concat q p -> v axis=2",
        "Gather u i{3} -> g axis=0 ; Gather u j{4,0,0,2,1} -> h axis=0 ; Add g h -> v",
        "ArgMax u -> a axis=2 keepdims=0 ; Cast a -> f to=1 ; Unsqueeze f j{2} -> b ; Add u b -> v",
        "Reshape u s{-1,24} -> a ; Softmax a -> b axis=1 ; Reshape b t{5,-1,24} -> v",
        "ReduceL2 u -> a axes=-1, keepdims=1 ; Shape u -> s ; Expand a s -> b ; Div u b -> v",
        "Clip u -> a ; HardSigmoid a -> b ; Erf b -> v"
      })
  void operators(String nodes) throws IOException {
    agrees("Transpose x[0,5,24] -> u perm=1,0,2 ; " + nodes + " ; Transpose v -> y perm=1,0,2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Softmax u -> v axis=1 | Softmax v: it mixes samples",
        "ReduceMean u -> v axes=1, keepdims=1 | ReduceMean v: it mixes samples",
        "ReduceMean u -> v keepdims=1 | ReduceMean v: it mixes samples",
        "LayerNormalization u s(24) -> v axis=1 | it mixes samples",
        "RMSNormalization u s(24) -> v axis=1 | it mixes samples",
        "Gather u i{0} -> v axis=1 | Gather v: it mixes samples",
        "Slice u b{0} e{1} a{1} -> v | Slice v: it mixes samples",
        "Concat u u -> v axis=1 | Concat v: it mixes samples",
        "MatMul w(5,5) u -> v | MatMul v: it mixes samples",
        "Reshape x s{5,-1,24} -> z ; Add u z -> v | does not have one element per sample",
        "Reshape u r{-1} -> a ; Softmax a -> v axis=0 | it mixes samples",
        "Transpose u -> t perm=0,2,1 ; MatMul u t -> v | MatMul v: it mixes samples",
        "GlobalAveragePool u -> v | the batch of its input is not the first axis",
        "Relu u -> v | output v: its batch is not the first axis"
      })
  void samplesThatMixAreRefused(String graph) throws IOException {
    String[] parts = graph.split(" [|] ");
    Path file = write("Transpose x[0,5,24] -> u perm=1,0,2 ; " + parts[0]);
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(parts[1])
        .hasMessageContaining("give the input's size");
  }

  /** A fixed batch of several samples is moved in the same way. */
  @Test
  void aFixedBatch() throws IOException {
    String fixed = TOKENS_FIRST.replace("x[0,5,24]", "x[4,5,24]");
    Path file = write(fixed);
    ModelData data = Onnx.load(file);
    assertThat(data.network().input().toArray()).containsExactly(5, 24);
    Judge.compare(file, data);
    assertThat(List.copyOf(data.network().nodes()))
        .anyMatch(n -> n.layer() instanceof ScaledDotProductAttention);
  }
}
