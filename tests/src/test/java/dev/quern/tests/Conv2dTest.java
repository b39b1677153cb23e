package dev.quern.tests;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.layer.Conv2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** conv2d against its twin over every parameter and awkward sizes, by every implementation. */
class Conv2dTest {
  /** Around the widths of vectors. */
  static final int[] CHANNELS = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33};

  private static Stream<DynamicTest> tests(List<Conv2dCase> cases) {
    return cases.stream().map(c -> dynamicTest(c.toString(), c::check));
  }

  private static Conv2dCase on(Conv2d layer, long... input) {
    return new Conv2dCase(layer, Shape.of(input));
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
  Stream<DynamicTest> kernels() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (Size kernel : sizes(1, 7)) {
      cases.add(on(new Conv2d(3, kernel), 3, 2, 9, 8));
      cases.add(on(new Conv2d(2, kernel).bias(false).padding(3), 1, 3, 7, 7));
    }
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> strides() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (Size stride : sizes(1, 4)) {
      cases.add(on(new Conv2d(4, new Size(3, 2)).stride(stride).padding(1), 2, 3, 11, 13));
      cases.add(on(new Conv2d(4, 1).stride(stride).bias(false), 2, 5, 7, 11));
    }
    return tests(cases);
  }

  /** Up to windows that lie on padding altogether. */
  @TestFactory
  Stream<DynamicTest> paddings() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (Size padding : sizes(0, 3)) {
      cases.add(on(new Conv2d(2, 3).padding(padding).stride(new Size(2, 1)), 3, 2, 5, 7));
      cases.add(on(new Conv2d(3, 1).padding(padding), 1, 2, 3, 2));
    }
    return tests(cases);
  }

  /** Each side by itself, and as much as keeps the size. */
  @TestFactory
  Stream<DynamicTest> paddingsBySides() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (int bits = 1; bits < 16; bits++) {
      Conv2d layer = new Conv2d(3, new Size(3, 2)).stride(new Size(1, 2));
      cases.add(on(layer.padding(bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3), 2, 2, 4, 5));
    }
    cases.add(on(new Conv2d(8, 3).padding(0, 4, 3, 1).groups(4).bias(false), 2, 4, 5, 6));
    cases.add(on(new Conv2d(4, 1).padding(0, 4, 3, 1), 1, 3, 1, 1));
    for (Size kernel : sizes(1, 5)) {
      cases.add(on(new Conv2d(3, kernel).padding("same"), 2, 2, 6, 5));
      cases.add(on(new Conv2d(3, kernel).dilation(new Size(2, 3)).padding("same"), 1, 2, 4, 3));
    }
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> dilations() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (Size dilation : sizes(1, 3)) {
      Conv2d layer = new Conv2d(4, new Size(3, 2)).dilation(dilation);
      cases.add(on(layer.padding(new Size(2, 1)), 2, 3, 11, 13));
      cases.add(on(layer.stride(new Size(1, 3)).groups(2), 1, 4, 7, 11));
    }
    return tests(cases);
  }

  /** Depthwise, and with several channels in and out of each group. */
  @TestFactory
  Stream<DynamicTest> groups() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (int groups : new int[] {1, 2, 3, 5, 16, 17}) {
      for (int in : new int[] {1, 2, 3, 8}) {
        for (int out = 1; out <= 3; out++) {
          Conv2d layer = new Conv2d(groups * out, 3).padding(1).groups(groups);
          cases.add(on(layer.bias(out != 2), 2, (long) groups * in, 5, 6));
          cases.add(on(new Conv2d(groups * out, 1).groups(groups), 2, (long) groups * in, 3, 5));
        }
      }
    }
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> channels() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (int in : CHANNELS) {
      for (int out : CHANNELS) {
        cases.add(on(new Conv2d(out, 3).padding(1), 1, in, 5, 3));
        cases.add(on(new Conv2d(out, 1), 3, in, 2, 3));
      }
    }
    return tests(cases);
  }

  @TestFactory
  Stream<DynamicTest> inputSizes() {
    List<Conv2dCase> cases = new ArrayList<>();
    for (int h : new int[] {1, 2, 3, 5, 7, 13, 23}) {
      for (int w : new int[] {1, 2, 3, 5, 11, 17, 31}) {
        cases.add(on(new Conv2d(3, 3).padding(1), 3, 2, h, w));
      }
    }
    return tests(cases);
  }

  /**
   * im2col gathers 65,536 / depth output pixels at a time, at least 64: here such blocks end inside
   * an image, cover several images and a part of one, or are cut short by the end of the batch. The
   * weights' gradient is summed in at most 8 parts, here of unequally many blocks.
   */
  @TestFactory
  Stream<DynamicTest> blocks() {
    return tests(
        List.of(
            on(new Conv2d(5, 5).padding(2), 5, 33, 13, 13),
            on(new Conv2d(9, 3).padding(1), 3, 64, 11, 11),
            on(new Conv2d(3, 7).padding(3).stride(2), 2, 31, 23, 29),
            on(new Conv2d(2, 2), 9, 1, 62, 67),
            on(new Conv2d(4, 3).groups(2).dilation(2), 2, 66, 17, 19),
            on(new Conv2d(3, 1), 5, 257, 11, 13),
            on(new Conv2d(6, 1).groups(3).bias(false), 11, 1026, 5, 13),
            on(new Conv2d(2, new Size(5, 3)), 1, 129, 12, 10)));
  }

  @TestFactory
  Stream<DynamicTest> random() {
    return tests(IntStream.range(0, Suite.FULL ? 500 : 150).mapToObj(Conv2dTest::random).toList());
  }

  private static Conv2dCase random(int seed) {
    Values v = Values.floats(seed);
    int groups = v.pick(1, 1, 1, 2, 3, 4);
    Size kernel = new Size(v.nextInt(1, 5), v.nextInt(1, 5));
    Size dilation = new Size(v.nextInt(1, 3), v.nextInt(1, 3));
    Size padding = new Size(v.nextInt(0, 4), v.nextInt(0, 4));
    Conv2d layer =
        new Conv2d(groups * v.nextInt(1, 5), kernel)
            .groups(groups)
            .dilation(dilation)
            .padding(padding)
            .stride(new Size(v.nextInt(1, 4), v.nextInt(1, 4)))
            .bias(v.nextInt(0, 1) == 0);
    long fitsH = Math.max(1, dilation.height() * (kernel.height() - 1) + 1 - 2 * padding.height());
    long fitsW = Math.max(1, dilation.width() * (kernel.width() - 1) + 1 - 2 * padding.width());
    return on(
        layer,
        v.nextInt(1, 3),
        (long) groups * v.nextInt(1, 9),
        fitsH + v.nextInt(0, 9),
        fitsW + v.nextInt(0, 9));
  }
}
