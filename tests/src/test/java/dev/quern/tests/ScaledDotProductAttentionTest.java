package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.ScaledDotProductAttentionPass.Gradients;
import dev.quern.layer.Parameter;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.ScaledDotProductAttentionReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** scaled_dot_product_attention against its reference implementation; what is refused. */
class ScaledDotProductAttentionTest {
  private static final String OP = "scaled_dot_product_attention";

  private static final ScaledDotProductAttention TWO = new ScaledDotProductAttention(2);

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private static NdArray tokens(Values v, int batch, int tokens, int features) {
    return v.array(Shape.of(batch, tokens, features));
  }

  private void check(
      ScaledDotProductAttention layer, int batch, int queries, int keys, int d, int e) {
    Values v = Values.floats(Values.seedOf(layer + " " + queries + " " + keys + " " + d));
    int heads = layer.heads();
    List<NdArray> inputs =
        List.of(
            tokens(v, batch, queries, heads * d),
            tokens(v, batch, keys, heads * d),
            tokens(v, batch, keys, heads * e));
    NdArray bias =
        layer.biasHeads() == 0
            ? null
            : v.array(
                Shape.of(layer.biasHeads(), queries / layer.windows(), keys / layer.windows()));
    check(layer, inputs, bias, v);
  }

  private void check(
      ScaledDotProductAttention layer,
      List<NdArray> inputs,
      @Nullable NdArray biasOrNull,
      Values v) {
    NdArray wanted = ScaledDotProductAttentionReference.forward(layer, inputs, biasOrNull);
    NdArray gy = v.array(wanted.shape());
    ScaledDotProductAttentionReference.Gradients gradients =
        ScaledDotProductAttentionReference.backward(layer, inputs, biasOrNull, gy);
    List<Tensor> x = inputs.stream().map(a -> Values.tensor(arena, a)).toList();
    NdArray added = inputs.size() > 3 ? inputs.get(3) : biasOrNull;
    Tensor bias = added == null ? null : Values.tensor(arena, added);
    Passes p = new Passes(layer);
    Tensor y = p.run(OP, () -> Eager.of(layer).forward(x.get(0), x.get(1), x.get(2), bias));
    Gradients g =
        p.run(
            OP,
            () ->
                Eager.of(layer)
                    .backward(x.get(0), x.get(1), x.get(2), bias, Values.tensor(arena, gy)));
    String what = layer + " on " + inputs + ", " + v;
    Compare.close("output of " + what, y, wanted, 0.3);
    Compare.close("grad_query of " + what, g.query(), gradients.inputs().get(0), 0.3);
    Compare.close("grad_key of " + what, g.key(), gradients.inputs().get(1), 0.3);
    Compare.close("grad_value of " + what, g.value(), gradients.inputs().get(2), 0.3);
    if (added == null) {
      assertThat(g.bias()).isNull();
    } else {
      NdArray wantedBias = biasOrNull == null ? gradients.inputs().get(3) : gradients.bias();
      Compare.close("grad_bias of " + what, g.bias(), wantedBias, 0.3);
    }
  }

  @Test
  void agreesWithTheReference() {
    for (int n : new int[] {1, 5, 17, 197}) {
      for (int d : new int[] {1, 7, 32, 64}) {
        check(new ScaledDotProductAttention(1), 1, n, n, d, d);
      }
    }
    check(TWO, 3, 4, 11, 5, 6);
    check(TWO.scale(-0.7f), 2, 60, 1, 3, 2);
    check(TWO.causal(true), 2, 101, 101, 4, 4);
    check(TWO.causal(true), 1, 3, 7, 4, 4);
    check(TWO.causal(true), 1, 7, 3, 4, 4);
    check(TWO.windows(3), 2, 12, 21, 4, 5);
    check(TWO.windows(64).causal(true), 1, 64, 128, 3, 3);
  }

  @Test
  void agreesWithBiases() {
    check(TWO.biasHeads(1), 3, 9, 7, 4, 4);
    check(TWO.biasHeads(2), 3, 9, 7, 4, 4);
    check(TWO.biasHeads(2).causal(true), 2, 60, 60, 4, 4);
    check(TWO.windows(4).biasHeads(1), 3, 36, 28, 4, 4);
    check(TWO.windows(4).biasHeads(2), 3, 36, 28, 4, 4);
    check(TWO.windows(4).biasHeads(8), 3, 36, 28, 4, 4);
    check(new ScaledDotProductAttention(1).windows(49).biasHeads(49), 2, 49, 98, 4, 4);
    Values v = Values.floats(3);
    List<Shape> masks = List.of(Shape.of(2, 5, 7), Shape.of(2, 1, 5, 7), Shape.of(2, 2, 5, 7));
    for (Shape mask : masks) {
      NdArray hidden = v.array(mask);
      for (int i = 0; i < hidden.size(); i += 3) {
        hidden.set(i, Double.NEGATIVE_INFINITY);
      }
      List<NdArray> inputs =
          List.of(tokens(v, 2, 5, 8), tokens(v, 2, 7, 8), tokens(v, 2, 7, 6), hidden);
      check(TWO, inputs, null, v);
      check(TWO.causal(true), inputs, null, v);
    }
    List<NdArray> windows =
        List.of(
            tokens(v, 2, 12, 8),
            tokens(v, 2, 9, 8),
            tokens(v, 2, 9, 6),
            v.array(Shape.of(2, 6, 4, 3)));
    check(TWO.windows(3), windows, null, v);
    check(TWO.windows(3).causal(true), windows, null, v);
  }

  @Test
  void queryWithoutKeysGivesZeros() {
    float no = Float.NEGATIVE_INFINITY;
    Tensor x = arena.tensor(Shape.of(1, 2, 1), 1, 2);
    Tensor mask = arena.tensor(Shape.of(1, 2, 2), 0, no, no, no);
    ScaledDotProductAttention one = new ScaledDotProductAttention(1);
    assertThat(Eager.of(one).forward(x, x, x, mask).toArray()).containsExactly(1, 0);
    assertThat(Eager.of(one).backward(x, x, x, mask, x).value().toArray()).containsExactly(1, 0);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor x = tensor(0, 3, 4);
    Tensor bias = tensor(2, 3, 3);
    ScaledDotProductAttention layer = TWO.biasHeads(2);
    assertThat(Eager.of(layer).forward(x, x, x, bias).shape()).isEqualTo(x.shape());
    assertThat(Eager.of(layer).backward(x, x, x, bias, x).bias().toArray()).containsOnly(0);
  }

  @Test
  void countsMultiplyAddsAndKeepsFreeSizes() {
    Shape query = Shape.of(5, 8);
    assertThat(TWO.multiplyAdds(List.of(query, Shape.of(7, 8), Shape.of(7, 6))))
        .isEqualTo(5 * 7 * (8 + 6));
    Shape free = Shape.of(Shape.FREE, 8);
    assertThat(TWO.outputShape(List.of(free, query, Shape.of(5, 6))))
        .isEqualTo(Shape.of(Shape.FREE, 6));
    assertThat(TWO.windows(5).multiplyAdds(List.of(query, query, query))).isEqualTo(5 * 16);
    assertThat(TWO.windows(5).biasHeads(10).parameters(List.of(query, query, query)))
        .containsExactly(new Parameter("bias", Shape.of(10, 1, 1), 0, 0));
    assertThat(TWO.parameters(List.of(query, query, query))).isEmpty();
    assertThat(TWO.biasHeads(1).parameters(List.of(query, Shape.of(7, 8), Shape.of(7, 6))))
        .containsExactly(new Parameter("bias", Shape.of(1, 5, 7), 0, 0));
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Tensor x = tensor(2, 3, 4);
    Tensor odd = tensor(2, 3, 3);
    Tensor bias = tensor(2, 3, 3);
    return Stream.concat(shapes(), tensors(x, odd, bias)).map(Refusal::test);
  }

  private static Shape out(ScaledDotProductAttention layer, Shape... inputs) {
    return layer.outputShape(new ArrayList<>(List.of(inputs)));
  }

  private static Stream<Refusal> shapes() {
    Shape x = Shape.of(3, 4);
    Shape free = Shape.of(Shape.FREE, 4);
    ScaledDotProductAttention biased = TWO.biasHeads(2);
    return Stream.of(
        argument(OP, () -> new ScaledDotProductAttention(0), "heads", "0"),
        argument(OP, () -> TWO.scale(Float.NaN), "scale", "NaN"),
        argument(OP, () -> TWO.scale(Float.POSITIVE_INFINITY), "scale", "Infinity"),
        argument(OP, () -> TWO.biasHeads(3), "bias_heads 3", "2"),
        argument(OP, () -> TWO.biasHeads(-1), "bias_heads -1"),
        argument(OP, () -> TWO.windows(0), "windows", "0"),
        argument(OP, () -> TWO.windows(3).biasHeads(3), "bias_heads 3", "3 windows"),
        argument(OP, () -> TWO.windows(3).biasHeads(6).windows(2), "bias_heads 6", "2 windows"),
        shape(OP, () -> out(TWO.windows(2), x, x, x), "3x4", "multiple of 2 windows"),
        shape(OP, () -> out(TWO.windows(3), x, x, x, Shape.of(3, 3)), "mask 3x3", "1x1", "size 6"),
        shape(OP, () -> out(TWO.windows(3), x, x, x, Shape.of(2, 1, 1)), "mask 2x1x1", "size 6"),
        shape(OP, () -> out(TWO.windows(3), free, free, free), "?x4", "fixed lengths for windows"),
        shape(OP, () -> TWO.outputShape(x), "3 or 4 inputs, found 1"),
        shape(OP, () -> out(TWO, x, x), "found 2"),
        shape(OP, () -> out(TWO, x, x, x, x, x), "found 5"),
        shape(OP, () -> out(TWO, Shape.of(4), x, x), "query 4", "tokens"),
        shape(OP, () -> out(TWO, x, Shape.of(1, 3, 4), x), "key 1x3x4", "tokens"),
        shape(OP, () -> out(TWO, x, x, Shape.of(3, 5)), "value 3x5", "multiple", "2"),
        shape(OP, () -> out(TWO, Shape.of(3, Shape.FREE), x, x), "query 3x?", "multiple"),
        shape(OP, () -> out(TWO, x, Shape.of(3, 6), x), "3x4", "3x6", "features"),
        shape(OP, () -> out(TWO, x, x, Shape.of(5, 4)), "3x4", "5x4", "tokens"),
        shape(OP, () -> out(TWO, x, Shape.of(0, 4), Shape.of(0, 4)), "key 0x4", "no tokens"),
        shape(OP, () -> out(TWO, x, x, x, Shape.of(3, 4)), "mask 3x4", "3x3"),
        shape(OP, () -> out(TWO, x, x, x, Shape.of(3, 3, 3)), "mask 3x3x3", "1 or 2"),
        shape(OP, () -> out(TWO, x, x, x, Shape.of(3)), "mask 3"),
        shape(OP, () -> out(biased, x, x, x, Shape.of(3, 3)), "mask", "bias"),
        shape(OP, () -> out(biased, free, free, free), "?x4", "fixed"));
  }

  private Stream<Refusal> tensors(Tensor x, Tensor odd, Tensor bias) {
    ScaledDotProductAttention biased = TWO.biasHeads(2);
    return Stream.of(
        argument(OP, () -> Eager.of(TWO).forward(null, x, x, null), "query", "null"),
        argument(OP, () -> Eager.of(TWO).forward(x, null, x, null), "key", "null"),
        argument(OP, () -> Eager.of(TWO).forward(x, x, null, null), "value", "null"),
        argument(OP, () -> Eager.of(biased).forward(x, x, x, null), "bias", "null"),
        argument(OP, () -> Eager.of(TWO).backward(x, x, x, null, null), "grad_output", "null"),
        shape(OP, () -> Eager.of(TWO).forward(tensor(4), x, x, null), "query 4", "batch"),
        shape(OP, () -> Eager.of(TWO).forward(x, tensor(1, 3, 4), x, null), "batch sizes"),
        shape(OP, () -> Eager.of(TWO).forward(x, x, odd, null), "value 3x3"),
        shape(OP, () -> Eager.of(TWO).forward(x, x, x, tensor(3, 3, 3)), "batch sizes"),
        shape(OP, () -> Eager.of(TWO).forward(x, x, x, tensor(2, 3, 4)), "mask 3x4"),
        shape(OP, () -> Eager.of(biased).forward(x, x, x, tensor(1, 3, 3)), "bias 1x3x3", "2x3x3"),
        shape(OP, () -> Eager.of(biased).backward(x, x, x, bias, odd), "grad_output 2x3x3"));
  }
}
