package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.Eager;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.math.AddReference;
import dev.quern.reference.layer.shape.ConcatReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers of several inputs, add and concat, against their twins; copies and single sums are exact.
 */
class MergeTest {
  private Arena arena;

  @BeforeEach
  void open() {
    arena = new Arena();
  }

  @AfterEach
  void close() {
    arena.close();
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1,1", "2,3,4,5,6", "3,16,1,7,5", "0,2,3,4,4", "2,33,17,3,2"})
  void agreeWithTheTwins(int n, int c, int other, int h, int w) {
    Values values = Values.floats(Values.seedOf("merge" + n + c + other + h + w));
    NdArray a = values.array(n, c, h, w);
    NdArray b = values.array(n, c, h, w);
    NdArray d = values.array(n, other, h, w);
    NdArray grad = values.array(n, c + other, h, w);
    NdArray sum = AddReference.forward(List.of(a, b));
    for (int i = 0; i < sum.size(); i++) {
      sum.set(i, (float) sum.get(i));
    }
    Operators.running("add", null);
    Compare.exact("add", Eager.of(new Add()).forward(t(a), t(b)), sum);
    Tensor joined = Eager.of(new Concat()).forward(t(a), t(d));
    assertThat(Engine.lastImplementation()).startsWith("concat:");
    Operators.running("concat", null);
    Compare.exact("concat", joined, ConcatReference.forward(List.of(a, d)));
    List<NdArray> parts = ConcatReference.backward(List.of(a.shape(), d.shape()), grad);
    Compare.exact(
        "grad_input", Eager.of(new Concat()).backward(t(grad), a.shape(), 0), parts.get(0));
    Compare.exact(
        "grad_other", Eager.of(new Concat()).backward(t(grad), d.shape(), c), parts.get(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void joinAlongAnyAxis(int rank) {
    for (int axis = -rank; axis < rank; axis++) {
      for (int n : new int[] {0, 1, 3}) {
        join(new Concat(axis), n, 2, new long[] {3, 2, 5, 1, 4, 2}, rank);
      }
    }
    join(new Concat(-1), 3, 5000, new long[] {3, 2, 5, 1, 4, 2}, rank);
    join(new Concat(0), 2, 17, new long[] {40, 33, 9, 2, 1, 3}, rank);
  }

  private void join(Concat layer, int n, int otherSize, long[] sizes, int rank) {
    int axis = Math.floorMod(layer.axis(), rank) + 1;
    long[] dims = Shape.of(Arrays.copyOf(sizes, rank)).batch(n).toArray();
    Values values = Values.floats(Values.seedOf(layer + " of " + rank));
    NdArray a = values.array(Shape.of(dims));
    long size = dims[axis];
    dims[axis] = otherSize;
    NdArray b = values.array(Shape.of(dims));
    dims[axis] += size;
    NdArray grad = values.array(Shape.of(dims));
    Operators.running("concat", null);
    String name = layer + " of " + a.shape();
    Compare.exact(
        name, Eager.of(layer).forward(t(a), t(b)), ConcatReference.forward(layer, List.of(a, b)));
    List<NdArray> parts = ConcatReference.backward(layer, List.of(a.shape(), b.shape()), grad);
    Compare.exact(name, Eager.of(layer).backward(t(grad), a.shape(), 0), parts.get(0));
    Compare.exact(name, Eager.of(layer).backward(t(grad), b.shape(), size), parts.get(1));
  }

  private Tensor t(NdArray array) {
    return Values.tensor(arena, array);
  }

  @Test
  void refuseShapesThatDoNotMeet() {
    Tensor a = arena.tensor(Shape.of(1, 2, 3, 3));
    Tensor b = arena.tensor(Shape.of(1, 2, 3, 4));
    assertThatThrownBy(() -> Eager.of(new Add()).forward(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("add: ");
    assertThatThrownBy(() -> Eager.of(new Concat()).forward(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: inputs 2x3x3 and 2x3x4 must be equal in all axes but axis 0");
    assertThatThrownBy(() -> Eager.of(new Concat()).forward(a, arena.tensor(Shape.of(2, 2, 3, 3))))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("batch sizes");
    assertThatThrownBy(() -> Eager.of(new Concat()).backward(a, Shape.of(1, 2, 3, 3), 1))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Eager.of(new Concat()).backward(a, Shape.of(1, 2, 300, 300), 0))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "concat: input 2x300x300 and grad_output 2x3x3 differ in axes other than axis 0");
    assertThatThrownBy(
            () -> Eager.of(new Concat()).backward(a, Shape.of(1, 2, 3, 3), Long.MAX_VALUE))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("input 2x3x3 at position 9223372036854775807 of axis 0");
    assertThatThrownBy(() -> Eager.of(new Concat(3)).forward(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: axis 3 is not an axis of input 2x3x3");
    assertThatThrownBy(() -> Eager.of(new Concat(1)).forward(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: inputs 2x3x3 and 2x3x4 must be equal in all axes but axis 1");
    assertThat(Eager.of(new Concat(2)).forward(a, b).shape()).isEqualTo(Shape.of(1, 2, 3, 7));
    Tensor row = arena.tensor(Shape.of(1, 3));
    assertThatThrownBy(() -> Eager.of(new Concat()).forward(a, row))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: inputs 2x3x3 and 3 must be equal in all axes but axis 0");
    assertThatThrownBy(() -> Eager.of(new Concat()).backward(a, Shape.of(1, 3), 0))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: input 3 and grad_output 2x3x3 differ in axes other than axis 0");
    Tensor seven = arena.tensor(Shape.of(1, 1, 1, 1, 1, 1, 1, 1));
    assertThatThrownBy(() -> Eager.of(new Concat()).forward(seven, seven))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("must have at most 6 axes");
    Shape scalar = Shape.of();
    assertThatThrownBy(() -> new Concat().outputShape(List.of(scalar, scalar)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: axis 0 is not an axis of input scalar");
    Shape most = Shape.of(1L << 53);
    assertThatThrownBy(() -> new Concat().outputShape(List.of(most, most)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2^53");
    NetworkBuilder one = Network.builder("n", Shape.of(2, 3, 3)).add("sum", new Add(), "input");
    assertThatThrownBy(one::build)
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("layer sum: add takes 2 inputs or more, not 1");
    NetworkBuilder apart =
        Network.builder("n", Shape.of(2, 3, 3))
            .add("a", new Conv2d(3, 1))
            .add("sum", new Add(), "a", "input");
    assertThatThrownBy(apart::build)
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining(
            "add: inputs 3x3x3 and 2x3x3 differ in axis 0, where neither is 1 (layer sum, input"
                + " 3x3x3 and 2x3x3)");
  }
}
