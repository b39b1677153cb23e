package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.BatchNorm2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.NormGradients;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.BatchNorm2dReference;
import dev.quern.reference.layer.BatchNorm2dReference.Statistics;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batch normalization against its twin: both modes, odd sizes, and means far from zero. */
class BatchNorm2dTest {
  private final int threads = Engine.info().threads();
  private Arena arena;

  @BeforeEach
  void open() {
    arena = new Arena();
  }

  @AfterEach
  void close() {
    Engine.setThreads(threads);
    arena.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,2,0.1,1e-5",
    "2,3,5,7,0.1,1e-5",
    "4,17,3,3,0.03,1e-3",
    "3,16,1,1,1,1e-5",
    "2,33,13,11,0,0.1",
    "8,64,16,16,0.1,1e-5",
    "5,1,31,29,0.5,1e-5"
  })
  void bothModesAgreeWithTheTwin(int n, int c, int h, int w, float momentum, float eps) {
    BatchNorm2d layer = new BatchNorm2d(momentum, eps);
    Values values = Values.floats(Values.seedOf("batch_norm2d" + n + c + h + w));
    NdArray x = values.array(n, c, h, w);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (float) (x.get(i) * 2 + 3 * (i / (h * w) % c)));
    }
    NdArray weight = values.array(c);
    NdArray bias = values.array(c);
    NdArray gradOutput = values.array(n, c, h, w);
    NdArray mean = values.array(c);
    NdArray var = values.array(c);
    for (int i = 0; i < c; i++) {
      var.set(i, (float) (0.5 + Math.abs(var.get(i))));
    }
    Statistics running = new Statistics(mean, var);
    Operators.running("batch_norm2d", layer);

    BatchNorm2dPass.Training got =
        Eager.of(layer).forwardTraining(t(x), t(weight), t(bias), t(mean), t(var));
    assertThat(Engine.lastImplementation()).startsWith("batch_norm2d:");
    Statistics batch = BatchNorm2dReference.ofBatch(layer, x);
    Compare.close(
        "output", got.output(), BatchNorm2dReference.forward(layer, x, weight, bias, batch));
    Statistics moved = BatchNorm2dReference.moved(layer, running, x);
    Compare.close("running_mean", got.runningMean(), moved.mean());
    Compare.close("running_var", got.runningVar(), moved.var());
    Compare.close(
        "evaluation",
        Eager.of(layer).forward(t(x), t(weight), t(bias), t(mean), t(var)),
        BatchNorm2dReference.forward(layer, x, weight, bias, running));
    for (boolean training : new boolean[] {true, false}) {
      NormGradients back =
          Eager.of(layer).backward(t(x), t(weight), t(mean), t(var), t(gradOutput), training);
      BatchNorm2dReference.Gradients wanted =
          BatchNorm2dReference.backward(
              layer, x, weight, training ? batch : running, gradOutput, training);
      Compare.close("grad_weight", back.weight(), wanted.weight());
      Compare.close("grad_bias", back.bias(), wanted.bias());
      if (n * h * w
          > 2) { // of two values the input's gradient is nearly nothing, differences of equals
        Compare.close("grad_input", back.input(), wanted.input());
      }
    }
  }

  private Tensor t(NdArray a) {
    return Values.tensor(arena, a);
  }

  @Test
  void sameBitsForAnyThreadCount() {
    Values values = Values.floats(7);
    BatchNorm2d layer = new BatchNorm2d();
    Tensor x = t(values.array(8, 20, 24, 24));
    Tensor w = t(values.array(20));
    Tensor one = arena.tensor(Shape.of(20));
    float[] alone = null;
    float[] gradAlone = null;
    for (int count : new int[] {1, 2, 3, 4, 8}) {
      Engine.setThreads(count);
      float[] output = Eager.of(layer).forwardTraining(x, w, w, one, one).output().toArray();
      float[] grad = Eager.of(layer).backward(x, w, one, one, x, true).weight().toArray();
      if (alone == null) {
        alone = output;
        gradAlone = grad;
      }
      assertThat(output).as("threads " + count).isEqualTo(alone);
      assertThat(grad).as("threads " + count).isEqualTo(gradAlone);
    }
  }

  @Test
  void refusesWhatCannotBeNormalised() {
    BatchNorm2d layer = new BatchNorm2d();
    Tensor one = arena.tensor(Shape.of(2));
    assertThatThrownBy(
            () ->
                Eager.of(layer)
                    .forwardTraining(arena.tensor(Shape.of(1, 2, 1, 1)), one, one, one, one))
        .isInstanceOf(ShapeException.class)
        .hasMessage("batch_norm2d: 1 values per channel, training needs 2 or more");
    assertThatThrownBy(
            () -> Eager.of(layer).forward(arena.tensor(Shape.of(1, 3, 1, 1)), one, one, one, one))
        .isInstanceOf(ShapeException.class)
        .hasMessage("batch_norm2d: weight 2 must have shape 3");
    assertThatThrownBy(
            () -> Eager.of(layer).forward(arena.tensor(Shape.of(1, 2)), one, one, one, one))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Eager.of(layer).forward(null, one, one, one, one))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("batch_norm2d: input is null");
    assertThatThrownBy(() -> new BatchNorm2d(1.5f, 0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new BatchNorm2d(0.1f, Float.NaN))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
