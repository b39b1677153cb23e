package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Engine;
import dev.quern.error.ShapeException;
import dev.quern.layer.Add;
import dev.quern.layer.Concat;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.reference.AddReference;
import dev.quern.reference.ConcatReference;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    Compare.exact("add", new Add().forward(t(a), t(b)), sum);
    Tensor joined = new Concat().forward(t(a), t(d));
    assertThat(Engine.lastImplementation()).startsWith("concat:");
    Operators.running("concat", null);
    Compare.exact("concat", joined, ConcatReference.forward(List.of(a, d)));
    List<NdArray> parts = ConcatReference.backward(List.of(a.shape(), d.shape()), grad);
    Compare.exact("grad_input", new Concat().backward(t(grad), a.shape(), 0), parts.get(0));
    Compare.exact("grad_other", new Concat().backward(t(grad), d.shape(), c), parts.get(1));
  }

  private Tensor t(NdArray array) {
    return Values.tensor(arena, array);
  }

  @Test
  void refuseShapesThatDoNotMeet() {
    Tensor a = arena.tensor(Shape.of(1, 2, 3, 3));
    Tensor b = arena.tensor(Shape.of(1, 2, 3, 4));
    assertThatThrownBy(() -> new Add().forward(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("add: ");
    assertThatThrownBy(() -> new Concat().forward(a, b))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: inputs 2x3x3 and 2x3x4 differ in height or width");
    assertThatThrownBy(() -> new Concat().forward(a, arena.tensor(Shape.of(2, 2, 3, 3))))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("batches");
    assertThatThrownBy(() -> new Concat().backward(a, Shape.of(1, 2, 3, 3), 1))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> new Concat().backward(a, Shape.of(1, 2, 300, 300), 0))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: input 1x2x300x300 and grad_output 1x2x3x3 differ in height or width");
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
            "add: inputs 3x3x3 and 2x3x3 differ in axis 0, where neither is 1 (layer sum, input 3x3x3"
                + " and 2x3x3)");
  }
}
