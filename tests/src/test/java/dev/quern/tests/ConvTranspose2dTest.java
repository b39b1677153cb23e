package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** conv_transpose2d against its twin over every parameter and awkward sizes. */
class ConvTranspose2dTest {
  private static Stream<DynamicTest> tests(List<ConvTranspose2dCase> cases) {
    return cases.stream().map(c -> dynamicTest(c.toString(), c::check));
  }

  private static ConvTranspose2dCase on(ConvTranspose2d layer, long... input) {
    return new ConvTranspose2dCase(layer, Shape.of(input));
  }

  /** All pairs from {@code from} to {@code to}. */
  private static List<Size> sizes(int from, int to) {
    List<Size> all = new ArrayList<>();
    for (int h = from; h <= to; h++) {
      for (int w = from; w <= to; w++) {
        all.add(new Size(h, w));
      }
    }
    return all;
  }

  @TestFactory
  Stream<DynamicTest> kernelsAndStrides() {
    List<ConvTranspose2dCase> cases = new ArrayList<>();
    for (Size kernel : sizes(1, 4)) {
      cases.add(on(new ConvTranspose2d(3, kernel), 3, 2, 5, 4));
      cases.add(on(new ConvTranspose2d(2, kernel).bias(false).stride(2), 1, 3, 4, 4));
      cases.add(on(new ConvTranspose2d(4, new Size(3, 2)).stride(kernel).padding(1), 2, 3, 4, 5));
    }
    return tests(cases);
  }

  /** Up to paddings that leave a single pixel. */
  @TestFactory
  Stream<DynamicTest> paddings() {
    List<ConvTranspose2dCase> cases = new ArrayList<>();
    for (Size padding : sizes(0, 3)) {
      ConvTranspose2d layer = new ConvTranspose2d(2, 3).stride(new Size(2, 3)).padding(padding);
      cases.add(on(layer, 3, 2, 4, 4));
      for (Size more : List.of(new Size(1, 0), new Size(0, 2), new Size(1, 2))) {
        cases.add(on(layer.outputPadding(more), 2, 3, 4, 3));
      }
    }
    cases.add(on(new ConvTranspose2d(2, 3).padding(1), 2, 3, 1, 1));
    return tests(cases);
  }

  /** With dilation, output padding may reach strides: rows that no input spreads to. */
  @TestFactory
  Stream<DynamicTest> dilations() {
    List<ConvTranspose2dCase> cases = new ArrayList<>();
    for (Size dilation : sizes(1, 3)) {
      ConvTranspose2d layer = new ConvTranspose2d(4, new Size(3, 2)).dilation(dilation);
      cases.add(on(layer.padding(new Size(2, 1)), 2, 3, 5, 6));
      cases.add(on(layer.stride(new Size(1, 3)).groups(2), 1, 4, 3, 4));
      Size most = new Size(dilation.height() - 1, dilation.width() - 1);
      cases.add(on(layer.outputPadding(most), 2, 3, 3, 4));
      cases.add(on(layer.padding(1).outputPadding(most).bias(false), 3, 2, 4, 2));
      cases.add(on(layer.stride(new Size(2, 1)).outputPadding(most), 2, 2, 3, 3));
    }
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> groupsAndChannels() {
    List<ConvTranspose2dCase> cases = new ArrayList<>();
    for (int groups : new int[] {1, 2, 3, 5, 8}) {
      for (int in = 1; in <= 3; in++) {
        for (int out = 1; out <= 3; out++) {
          ConvTranspose2d layer = new ConvTranspose2d(groups * out, 3).groups(groups).stride(2);
          cases.add(on(layer, 2, (long) groups * in, 3, 4));
        }
      }
    }
    for (int in : Conv2dTest.CHANNELS) {
      for (int out : Conv2dTest.CHANNELS) {
        cases.add(on(new ConvTranspose2d(out, 2).stride(2), 1, in, 3, 2));
        cases.add(on(new ConvTranspose2d(out, 1), 2, in, 2, 3));
      }
    }
    return tests(cases);
  }

  /** Larger than one block of im2col. */
  @TestFactory
  Stream<DynamicTest> blocks() {
    return tests(
        List.of(
            on(new ConvTranspose2d(9, 3).stride(2).padding(1).outputPadding(1), 3, 33, 13, 13),
            on(new ConvTranspose2d(2, 2).stride(2), 9, 1, 31, 33),
            on(new ConvTranspose2d(66, 3).groups(2).dilation(2).outputPadding(1), 2, 4, 13, 15)));
  }

  @TestFactory
  Stream<DynamicTest> random() {
    return tests(
        IntStream.range(0, Suite.FULL ? 300 : 100).mapToObj(ConvTranspose2dTest::random).toList());
  }

  private static ConvTranspose2dCase random(int seed) {
    Values v = Values.floats(seed);
    int groups = v.pick(1, 1, 1, 2, 3, 4);
    Size stride = new Size(v.nextInt(1, 4), v.nextInt(1, 4));
    Size dilation = new Size(v.nextInt(1, 3), v.nextInt(1, 3));
    ConvTranspose2d layer =
        new ConvTranspose2d(groups * v.nextInt(1, 5), new Size(v.nextInt(1, 5), v.nextInt(1, 5)))
            .groups(groups)
            .dilation(dilation)
            .stride(stride)
            .bias(v.nextInt(0, 1) == 0)
            .outputPadding(
                new Size(
                    v.nextInt(0, Math.max(stride.height(), dilation.height()) - 1),
                    v.nextInt(0, Math.max(stride.width(), dilation.width()) - 1)));
    Shape in = Shape.of((long) groups * v.nextInt(1, 9), v.nextInt(1, 7), v.nextInt(1, 7));
    Shape out = layer.outputShape(in);
    Size padding =
        new Size(
            v.nextInt(0, (int) Math.min(4, (out.dim(1) - 1) / 2)),
            v.nextInt(0, (int) Math.min(4, (out.dim(2) - 1) / 2)));
    return on(layer.padding(padding), in.batch(v.nextInt(1, 3)).toArray());
  }

  @Test
  void emptyBatchGivesEmptyResultsAndNoGradient() {
    ConvTranspose2d layer = new ConvTranspose2d(4, 3).stride(2);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(0, 2, 5, 5));
      Tensor w = a.tensor(layer.weightShape(2));
      Tensor y = Eager.of(layer).forward(x, w, a.tensor(Shape.of(4)));
      assertThat(y.shape()).isEqualTo(Shape.of(0, 4, 11, 11));
      assertThat(Eager.of(layer).backwardData(y, w, x.shape()).shape()).isEqualTo(x.shape());
      Gradients g = Eager.of(layer).backwardWeights(x, y);
      assertThat(g.weight().toArray()).containsOnly(0);
      assertThat(g.bias().toArray()).containsOnly(0);
    }
  }

  @Test
  void startsAsPyTorchDoes() {
    ConvTranspose2d layer = new ConvTranspose2d(8, new Size(3, 5)).groups(2);
    Shape in = Shape.of(6, 4, 4);
    // fan in is counted on the weight's second dimension: [6, 4, 3, 5]
    assertThat(layer.parameters(in)).allMatch(p -> p.fanIn() == 4 * 3 * 5);
    assertThat(layer.parameters(in).get(0).shape()).isEqualTo(Shape.of(6, 4, 3, 5));
    assertThat(layer.multiplyAdds(in)).isEqualTo(6 * 4 * 4 * 4 * 3 * 5);
  }
}
