package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.LocalResponseNormReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** local_response_norm against its twin; what is refused. */
class LocalResponseNormTest {
  private static final String OP = "local_response_norm";

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private void check(LocalResponseNorm layer, long... dims) {
    Values v = Values.floats(Values.seedOf(layer + " " + Shape.of(dims)));
    NdArray x = v.array(dims);
    NdArray gy = v.array(dims);
    Tensor tx = Values.tensor(arena, x);
    Tensor tgy = Values.tensor(arena, gy);
    Passes p = new Passes(layer);
    String what = " of " + layer + ", " + v;
    Compare.close(
        "output" + what,
        p.run(OP, () -> Eager.of(layer).forward(tx)),
        LocalResponseNormReference.forward(layer, x));
    Compare.close(
        "grad_input" + what,
        p.run(OP, () -> Eager.of(layer).backward(tx, tgy)),
        LocalResponseNormReference.backward(layer, x, gy));
  }

  @ParameterizedTest
  @CsvSource({"1,0.75", "2,0.75", "3,0.5", "4,1", "5,0.75", "5,0.625", "5,0", "9,2", "300,0.75"})
  void agreesWithTheTwin(int size, float beta) {
    for (int channels : Conv2dTest.CHANNELS) {
      check(new LocalResponseNorm(size, 0.5f, beta, 1.5f), 2, channels, 3, 5);
    }
    check(new LocalResponseNorm(size, 2, beta, 0.25f), 1, 300, 2, 3);
  }

  /** ONNX's window: the odd channel of an even size is behind. */
  @Test
  void evenWindowsReachOneChannelFurtherBehind() {
    Tensor x = arena.tensor(Shape.of(1, 3, 1, 1), 1, 2, 3);
    assertThat(Eager.of(new LocalResponseNorm(2, 2, 1, 0)).forward(x).toArray())
        .containsExactly(1 / 5f, 2 / 13f, 3 / 9f);
  }

  @Test
  void defaultsArePyTorchs() {
    assertThat(new LocalResponseNorm(5)).isEqualTo(new LocalResponseNorm(5, 1e-4f, 0.75f, 1));
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    LocalResponseNorm layer = new LocalResponseNorm(3);
    Tensor x = arena.tensor(Shape.of(0, 3, 2, 2));
    assertThat(Eager.of(layer).backward(x, Eager.of(layer).forward(x)).shape())
        .isEqualTo(x.shape());
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    LocalResponseNorm layer = new LocalResponseNorm(3);
    Tensor x = arena.tensor(Shape.of(2, 3, 4, 5));
    return Stream.of(
            argument(OP, () -> new LocalResponseNorm(0), "size 0"),
            argument(OP, () -> new LocalResponseNorm(3, -1, 1, 1), "alpha -1"),
            argument(OP, () -> new LocalResponseNorm(3, 1, Float.NaN, 1), "beta NaN"),
            argument(OP, () -> new LocalResponseNorm(3, 1, 1, 1 / 0f), "k Infinity"),
            argument(OP, () -> Eager.of(layer).forward(null), "input", "null"),
            argument(OP, () -> Eager.of(layer).backward(x, null), "grad_output", "null"),
            shape(OP, () -> Eager.of(layer).forward(arena.tensor(Shape.of(2, 3))), "2x3"),
            shape(OP, () -> layer.outputShape(Shape.of(3, 4)), "3x4"),
            shape(
                OP,
                () -> Eager.of(layer).backward(x, arena.tensor(Shape.of(2, 3, 5, 4))),
                "2x3x5x4"))
        .map(Refusal::test);
  }
}
