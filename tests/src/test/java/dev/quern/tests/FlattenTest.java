package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.FlattenReference;
import dev.quern.reference.layer.LinearReference;
import dev.quern.reference.layer.MaxPool2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** flatten against its twin: channels outermost, whatever the kernels' own order is. */
class FlattenTest {
  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,3,5,7", "3,50,4,4", "1,1,28,28", "5,17,1,1", "2,1,1,9"})
  void agreesWithItsTwin(int n, int c, int h, int w) {
    Values v = Values.floats(n * 7L + c);
    NdArray x = v.array(n, c, h, w);
    NdArray y = FlattenReference.forward(x);
    NdArray gy = v.array(y.shape());
    Operators.running("flatten", null);
    try (Arena a = new Arena()) {
      Compare.exact("output, " + v, Eager.of(new Flatten()).forward(Values.tensor(a, x)), y);
      Compare.exact(
          "grad_input, " + v,
          Eager.of(new Flatten()).backward(Values.tensor(a, gy), x.shape()),
          FlattenReference.backward(gy, x.shape()));
    }
  }

  @Test
  void orderIsChannelsThenRowsThenColumns() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(1, 2, 2, 2), 0, 1, 2, 3, 4, 5, 6, 7);
      assertThat(Eager.of(new Flatten()).forward(x).toArray())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }
  }

  /** Pooling, flatten and linear in a row, where an order of channels last would show. */
  @Test
  void behindPoolingAndBeforeLinear() {
    Values v = new Values(Values.Kind.INTEGERS, 5);
    NdArray x = v.array(3, 50, 8, 8);
    NdArray w = v.array(10, 50 * 4 * 4);
    MaxPool2d pool = new MaxPool2d(2);
    Linear layer = new Linear(10, false);
    NdArray pooled = MaxPool2dReference.forward(pool, x);
    NdArray wanted = LinearReference.forward(layer, FlattenReference.forward(pooled), w, null);
    try (Arena a = new Arena()) {
      Tensor flat = Eager.of(new Flatten()).forward(Eager.of(pool).forward(Values.tensor(a, x)));
      Compare.exact(
          "logits, " + v, Eager.of(layer).forward(flat, Values.tensor(a, w), null), wanted);
    }
  }

  @Test
  void emptyBatchStaysEmpty() {
    try (Arena a = new Arena()) {
      Tensor y = Eager.of(new Flatten()).forward(a.tensor(Shape.of(0, 2, 3, 4)));
      assertThat(y.shape()).isEqualTo(Shape.of(0, 24));
      assertThat(Eager.of(new Flatten()).backward(y, Shape.of(0, 2, 3, 4)).shape())
          .isEqualTo(Shape.of(0, 2, 3, 4));
    }
  }
}
