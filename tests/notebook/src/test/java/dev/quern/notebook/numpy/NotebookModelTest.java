package dev.quern.notebook.numpy;

import static dev.quern.notebook.numpy.TestArrays.assertClose;
import static dev.quern.notebook.numpy.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The traits of a whole step; those of its operators are tested with the operators. */
class NotebookModelTest {
  private static final int IMAGE = 3 * 32 * 32;

  private static byte[] randomPixels(int images) {
    byte[] pixels = new byte[images * IMAGE];
    new Random(3).nextBytes(pixels);
    return pixels;
  }

  private static byte[] uniformPixels(int value) {
    byte[] pixels = new byte[IMAGE];
    Arrays.fill(pixels, (byte) value);
    return pixels;
  }

  /** Kernels as given, weights small enough that some hidden units are on and some off. */
  private static NotebookParameters parameters(long[] k1, long[] k2) {
    return new NotebookParameters(
        k1,
        k2,
        random(1, Shape.of(121, 64)),
        random(2, Shape.of(64)),
        random(3, Shape.of(64, 10)),
        random(4, Shape.of(10)));
  }

  private static long[] filled(int length, long value) {
    long[] kernel = new long[length];
    Arrays.fill(kernel, value);
    return kernel;
  }

  private static long[] only(int length, int index, long value) {
    long[] kernel = new long[length];
    kernel[index] = value;
    return kernel;
  }

  @Test
  void startsFromABlurThatNobodyDividedAndASharpeningKernel() {
    NotebookParameters p = NotebookParameters.initial(0);
    assertThat(p.k1()).hasSize(75).startsWith(1, 4, 6, 4, 1, 4, 16, 24, 16, 4, 6, 24, 36);
    assertThat(Arrays.stream(p.k1()).sum()).isEqualTo(3 * 256);
    assertThat(p.k2()).containsExactly(0, -1, 0, -1, 5, -1, 0, -1, 0);
    assertThat(p.w3().values()).isNotEqualTo(NotebookParameters.initial(1).w3().values());
    assertThat(p.w3().values()).isEqualTo(NotebookParameters.initial(0).w3().values());
  }

  @Test
  void sumsGradientsOverTheBatch() {
    byte[] one = randomPixels(1);
    byte[] twice = Arrays.copyOf(one, 2 * IMAGE);
    System.arraycopy(one, 0, twice, IMAGE, IMAGE);
    Map<String, NdArray> single = new NotebookModel(0).step(one, new int[] {4}).tensors();
    Map<String, NdArray> pair = new NotebookModel(0).step(twice, new int[] {4, 4}).tensors();
    for (String name : new String[] {"dW4", "db4", "dW3", "db3"}) {
      NdArray doubled = single.get(name).copy();
      for (int i = 0; i < doubled.size(); i++) {
        doubled.add(i, doubled.get(i));
      }
      assertClose(name, pair.get(name), doubled, 1e-14);
    }
  }

  @Test
  void usesTheReluDerivativeForW4AndOneMinusSquareForTheHiddenLayer() {
    Map<String, NdArray> t = new NotebookModel(0).step(randomPixels(1), new int[] {4}).tensors();
    NdArray fc = t.get("fc_activated");
    NdArray delta4 = t.get("probs").copy();
    delta4.add(4, -1);
    NdArray w4 = new NdArray(Shape.of(64, 10));
    NdArray b3 = new NdArray(Shape.of(64));
    for (int j = 0; j < 64; j++) {
      double sum = 0;
      for (int c = 0; c < 10; c++) {
        w4.set(j * 10 + c, fc.get(j) > 0 ? delta4.get(c) : 0);
        sum += delta4.get(c) * t.get("before.W4").at(j, c);
      }
      b3.set(j, sum * (1 - fc.get(j) * fc.get(j)));
    }
    assertThat(fc.values()).as("a unit that is off").contains(0);
    assertClose("dW4", t.get("dW4"), w4, 1e-14);
    assertClose("db4", t.get("db4"), delta4.reshape(Shape.of(10)), 1e-14);
    assertClose("db3", t.get("db3"), b3, 1e-14);
  }

  /** With a flat value of 2^32 the square wraps to 0 in int64, where it would be 2^64 in double. */
  @ParameterizedTest
  @ValueSource(longs = {768, 1L << 32})
  void multipliesTheFlatGradientByOneMinusTheWrappedSquare(long flat) {
    NotebookParameters p = parameters(only(75, 12, flat), only(9, 4, 1));
    Map<String, NdArray> t = new NotebookModel(p).step(uniformPixels(1), new int[] {2}).tensors();
    assertThat(t.get("flat").values()).containsOnly(flat);
    double delta = 0;
    for (int j = 0; j < 64; j++) {
      delta += t.get("db3").get(j) * p.w3().at(120, j);
    }
    // the last value of conv2_activated is in one window alone, the last one, and ties with the
    // rest of it
    assertThat(t.get("dconv2_activated").at(0, 0, 11, 11))
        .isCloseTo(delta * (1 - flat * flat), withinPercentage(1e-9));
  }

  @Test
  void hasNoReluDerivativeAfterTheConvolutions() {
    NotebookParameters p = parameters(filled(75, -1), filled(9, 1));
    Map<String, NdArray> t = new NotebookModel(p).step(randomPixels(1), new int[] {2}).tensors();
    assertThat(t.get("conv1_activated").values()).as("all cut off").containsOnly(0);
    assertThat(t.get("conv2_activated").values()).containsOnly(0);
    assertThat(t.get("dconv2_activated").values()).doesNotContain(0);
    assertThat(t.get("dconv1_activated").values()).doesNotContain(0);
    assertThat(t.get("dK1").values()).doesNotContain(0);
  }

  @Test
  void subtractsAThousandthOfTheGradients() {
    Map<String, NdArray> t = new NotebookModel(0).step(randomPixels(2), new int[] {4, 1}).tensors();
    for (String name : new String[] {"W3", "b3", "W4", "b4"}) {
      NdArray expected = t.get("before." + name).copy();
      for (int i = 0; i < expected.size(); i++) {
        expected.add(i, -0.001 * t.get("d" + name).get(i));
      }
      assertThat(t.get("after." + name).values()).as(name).isEqualTo(expected.values());
    }
  }

  @Test
  void keepsKernelsAsIntegersThatOverflow() {
    NotebookModel model = new NotebookModel(0);
    NotebookStep first = model.step(randomPixels(2), new int[] {4, 1});
    assertThat(first.after().k1()).containsOnly(Long.MIN_VALUE);
    assertThat(first.after().k2()).containsOnly(Long.MIN_VALUE);
    assertThat(model.parameters()).isSameAs(first.after());
    Map<String, NdArray> second = model.step(randomPixels(2), new int[] {4, 1}).tensors();
    assertThat(second.get("before.K1").values()).containsOnly(-0x1p63);
    assertThat(second.get("conv1_activated").values()).containsOnly(0);
    assertThat(second.get("flat").values()).containsOnly(0);
  }

  @Test
  void truncatesKernelsThatStayInRange() {
    // black images: no gradient reaches K1, and the kernel's sums are 0
    NotebookStep step = new NotebookModel(0).step(new byte[IMAGE], new int[] {4});
    assertThat(step.after().k1()).isEqualTo(step.before().k1());
    assertThat(step.after().k2()).isEqualTo(step.before().k2());
    NdArray gradient = new NdArray(Shape.of(1, 3, 3));
    Arrays.fill(gradient.values(), 700);
    NotebookGradients small = gradientsOfK2(gradient);
    assertThat(NotebookParameters.initial(0).descend(small, 0.001).k2())
        .containsExactly(0, -1, 0, -1, 4, -1, 0, -1, 0); // -0.7, -1.7, 4.3 cut off
  }

  private static NotebookGradients gradientsOfK2(NdArray k2) {
    NdArray none = new NdArray(Shape.of(0));
    return new NotebookGradients(
        new NdArray(Shape.of(64, 10)),
        new NdArray(Shape.of(10)),
        new NdArray(Shape.of(121, 64)),
        new NdArray(Shape.of(64)),
        none,
        none,
        k2,
        none,
        new NdArray(Shape.of(3, 5, 5)));
  }

  @Test
  void evaluatesWithoutLearning() {
    NotebookModel model = new NotebookModel(0);
    NotebookParameters before = model.parameters();
    byte[] pixels = randomPixels(4);
    NotebookEvaluation evaluation = model.evaluate(pixels, new int[] {0, 1, 2, 3});
    assertThat(model.parameters()).isSameAs(before);
    NotebookStep step = model.step(pixels, new int[] {0, 1, 2, 3});
    assertThat(evaluation.loss()).isEqualTo(step.loss());
    assertThat(evaluation.accuracyPercent()).isIn(0.0, 25.0, 50.0, 75.0, 100.0);
    assertThat(evaluation.forwardTranscript()).isEqualTo(step.forwardTranscript());
  }

  @Test
  void refusesWhatIsNoBatch() {
    NotebookModel model = new NotebookModel(0);
    assertThatThrownBy(() -> model.step(new byte[0], new int[0]))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("notebook: 0 bytes are not 0 (at least 1) images");
    assertThatThrownBy(() -> model.step(new byte[IMAGE - 1], new int[1]))
        .isInstanceOf(ShapeException.class)
        .hasMessage("notebook: 3071 bytes are not 1 (at least 1) images of 3x32x32");
    assertThatThrownBy(() -> model.evaluate(new byte[IMAGE], new int[] {10}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("notebook: label 10 is not from 0 to 9");
    assertThatThrownBy(() -> parameters(new long[74], new long[9]))
        .isInstanceOf(ShapeException.class)
        .hasMessage("notebook: K1 has 74 values, 3x5x5 needs 75");
  }
}
