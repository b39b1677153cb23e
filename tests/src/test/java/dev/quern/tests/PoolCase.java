package dev.quern.tests;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;

/** Windows of a pooling layer over an input {@code [N, C, H, W]}. */
record PoolCase(
    Size kernel, Size stride, Sides padding, Size dilation, boolean ceilMode, Shape input) {
  private static final Size ONE = Size.of(1);
  private static final Size NONE = Size.of(0);

  PoolCase(Size kernel, Size stride, Size padding, Size dilation, boolean ceilMode, Shape input) {
    this(kernel, stride, Sides.of(padding), dilation, ceilMode, input);
  }

  MaxPool2d max() {
    return new MaxPool2d(kernel, stride, NONE, dilation, ceilMode, padding);
  }

  AvgPool2d avg(boolean countIncludePad) {
    return new AvgPool2d(kernel, stride, NONE, dilation, ceilMode, countIncludePad, padding);
  }

  /** Every parameter on its own, channels and sizes, and random combinations. */
  static List<PoolCase> all() {
    List<PoolCase> cases = new ArrayList<>();
    for (boolean ceil : new boolean[] {false, true}) {
      kernels(cases, ceil);
      strides(cases, ceil);
      dilations(cases, ceil);
      sizes(cases, ceil);
      sides(cases, ceil);
    }
    for (int channels : Conv2dTest.CHANNELS) {
      cases.add(new PoolCase(Size.of(3), Size.of(2), ONE, ONE, true, image(3, channels, 6, 7)));
    }
    for (int seed = 0; seed < 300; seed++) {
      cases.add(random(Values.floats(seed)));
    }
    return cases;
  }

  /** Each kernel with every padding that it may have. */
  private static void kernels(List<PoolCase> cases, boolean ceil) {
    for (int h = 1; h <= 7; h++) {
      for (int w = 1; w <= 7; w++) {
        for (int pad = 0; pad <= Math.max(h, w) / 2; pad++) {
          Size padding = new Size(Math.min(pad, h / 2), Math.min(pad, w / 2));
          cases.add(
              new PoolCase(new Size(h, w), Size.of(2), padding, ONE, ceil, image(1, 2, 9, 8)));
        }
      }
    }
  }

  private static void strides(List<PoolCase> cases, boolean ceil) {
    for (int h = 1; h <= 4; h++) {
      for (int w = 1; w <= 4; w++) {
        Size stride = new Size(h, w);
        cases.add(new PoolCase(new Size(3, 2), stride, ONE, ONE, ceil, image(2, 3, 11, 13)));
        cases.add(new PoolCase(Size.of(2), stride, Size.of(0), ONE, ceil, image(2, 1, 7, 10)));
      }
    }
  }

  private static void dilations(List<PoolCase> cases, boolean ceil) {
    for (int h = 1; h <= 3; h++) {
      for (int w = 1; w <= 3; w++) {
        Size dilation = new Size(h, w);
        cases.add(new PoolCase(new Size(3, 2), Size.of(2), ONE, dilation, ceil, image(2, 3, 7, 9)));
      }
    }
  }

  private static void sizes(List<PoolCase> cases, boolean ceil) {
    for (int h : new int[] {1, 2, 3, 5, 7, 13, 23}) {
      for (int w : new int[] {1, 2, 3, 5, 11, 17, 31}) {
        cases.add(new PoolCase(Size.of(3), Size.of(2), ONE, ONE, ceil, image(3, 2, h, w)));
      }
    }
  }

  /** Each side in turn, up to all that a kernel reaches over. */
  private static void sides(List<PoolCase> cases, boolean ceil) {
    for (int wide = 1; wide <= 3; wide++) {
      for (int side = 0; side < 4; side++) {
        Sides padding =
            new Sides(
                side == 0 ? wide : 0,
                side == 1 ? wide : 0,
                side == 2 ? wide : 0,
                side == 3 ? wide : 0);
        Size stride = Size.of(wide);
        cases.add(new PoolCase(Size.of(4), stride, padding, ONE, ceil, image(2, 3, 7, 8)));
        cases.add(new PoolCase(Size.of(3), stride, padding, Size.of(2), ceil, image(1, 9, 5, 6)));
      }
    }
  }

  private static PoolCase random(Values v) {
    Size kernel = new Size(v.nextInt(1, 5), v.nextInt(1, 5));
    Size dilation = new Size(v.nextInt(1, 3), v.nextInt(1, 3));
    int h = dilation.height() * (kernel.height() - 1);
    int w = dilation.width() * (kernel.width() - 1);
    Sides padding = new Sides(v.nextInt(0, w), v.nextInt(0, w), v.nextInt(0, h), v.nextInt(0, h));
    long fitsH = Math.max(1, h + 1 - padding.top() - padding.bottom());
    long fitsW = Math.max(1, w + 1 - padding.left() - padding.right());
    return new PoolCase(
        kernel,
        new Size(v.nextInt(1, 5), v.nextInt(1, 5)),
        padding,
        dilation,
        v.nextInt(0, 1) == 0,
        image(v.nextInt(1, 3), v.nextInt(1, 20), fitsH + v.nextInt(0, 9), fitsW + v.nextInt(0, 9)));
  }

  private static Shape image(long n, long c, long h, long w) {
    return Shape.of(n, c, h, w);
  }
}
