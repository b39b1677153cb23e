package dev.quern.layer.internal;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Argument checks of several layers; each exception message starts with the operator's name. */
public final class Checks {
  /** The largest quantized weight that is stored in one byte. */
  public static final int LARGEST = 127;

  public static final int WIDEST = 254;

  private Checks() {}

  public static void atLeast(String op, String what, int value, int least) {
    if (value < least) {
      throw new InvalidArgumentException(
          op + ": " + what + " " + value + " must be at least " + least);
    }
  }

  public static void atLeast(String op, String what, Size value, int least) {
    if (value == null || value.height() < least || value.width() < least) {
      throw new InvalidArgumentException(
          op + ": " + what + " " + value + " must be at least " + least);
    }
  }

  public static void finite(String op, String what, float value) {
    if (!Float.isFinite(value)) {
      throw new InvalidArgumentException(op + ": " + what + " " + value + " is not finite");
    }
  }

  /** Checks that a number is positive and that its reciprocal does not overflow float. */
  public static void divisor(String op, String what, float value) {
    if (!(value >= Float.MIN_NORMAL && value <= 1 / Float.MIN_NORMAL)) {
      throw new InvalidArgumentException(
          op
              + ": "
              + what
              + " "
              + value
              + " is outside ["
              + Float.MIN_NORMAL
              + ", "
              + 1 / Float.MIN_NORMAL
              + "]");
    }
  }

  public static void eps(String op, float eps) {
    if (!(eps >= 0) || Float.isInfinite(eps)) {
      throw new InvalidArgumentException(op + ": eps " + eps + " must be finite and at least 0");
    }
  }

  /** Checks that the shape of a layer's normalized axes has at least one element. */
  public static void normalizedShape(String op, Shape shape) {
    Require.present(op, "normalized_shape", shape);
    if (shape.rank() == 0 || shape.elements() == 0) {
      throw new InvalidArgumentException(op + ": normalized_shape " + shape + " is empty");
    }
  }

  /** Checks that the last axes of an input have the normalized shape, and returns the input. */
  public static Shape endsIn(String op, Shape input, Shape normalized) {
    int before = any(op, input).rank() - normalized.rank();
    if (before < 0
        || !Arrays.equals(
            Arrays.copyOfRange(input.toArray(), before, input.rank()), normalized.toArray())) {
      throw new ShapeException(
          op + ": input " + input + " must end in normalized_shape " + normalized);
    }
    return input;
  }

  /** Checks that an input shape is not null, and returns it. */
  public static Shape any(String op, Shape input) {
    return Require.present(op, "input", input);
  }

  /** Checks that a list of input shapes is not empty, and returns a copy. */
  public static List<Shape> several(String op, List<Shape> inputs) {
    List<Shape> all = Require.all(op, "inputs", inputs);
    if (all.isEmpty()) {
      throw new ShapeException(op + ": expects at least 1 input, found none");
    }
    return all;
  }

  /** Multiplies two counts of multiply-adds; throws an exception if the product overflows. */
  public static long product(String op, long a, long b) {
    if (b != 0 && a > Long.MAX_VALUE / b) {
      throw new ShapeException(op + ": " + a + " times " + b + " multiply-adds exceed 2^63");
    }
    return a * b;
  }

  /** Checks that the output channels are a multiple of the groups. */
  public static void groups(String op, int outChannels, int groups) {
    atLeast(op, "groups", groups, 1);
    if (outChannels % groups != 0) {
      throw new InvalidArgumentException(
          op + ": out_channels " + outChannels + " must be a multiple of groups " + groups);
    }
  }

  /** Checks that the input channels are a positive multiple of the groups. */
  public static void channels(String op, long channels, int groups) {
    if (channels < 1 || channels % groups != 0) {
      throw new ShapeException(
          op + ": " + channels + " input channels must be a positive multiple of groups " + groups);
    }
  }

  public static void image(String op, Shape input) {
    if (any(op, input).rank() != 3) {
      throw new ShapeException(
          op + ": input " + input + " is not an image [channels, height, width]");
    }
  }

  /**
   * Checks that an image's height and width are from 1 to 2^31 - 1, as kernels require, or dynamic.
   */
  public static void countable(String op, String what, Shape image) {
    countable(op, what, side(image, 1, h -> h), side(image, 2, w -> w));
  }

  private static void countable(String op, String what, long h, long w) {
    if (!countable(h) || !countable(w)) {
      throw new ShapeException(
          op
              + ": "
              + what
              + " "
              + side(h)
              + "x"
              + side(w)
              + " must be from 1x1 to 2147483647x2147483647");
    }
  }

  private static boolean countable(long side) {
    return side == Shape.FREE || side >= 1 && side <= Integer.MAX_VALUE;
  }

  /**
   * Applies a function to an image's height (axis 1) or width (axis 2); a dynamic size remains
   * dynamic.
   */
  public static long side(Shape image, int axis, LongUnaryOperator becomes) {
    return image.isFree(axis) ? Shape.FREE : becomes.applyAsLong(image.dim(axis));
  }

  private static String side(long side) {
    return side == Shape.FREE ? "?" : Long.toString(side);
  }

  /** Checks height and width of an output, and returns its shape {@code [channels, h, w]}. */
  public static Shape output(String op, long channels, long h, long w) {
    countable(op, "output", h, w);
    return Shape.of(channels, h, w);
  }

  /** Checks that a reduction has at least one axis, and returns a copy of the axes. */
  public static List<Integer> axes(String op, List<Integer> axes) {
    List<Integer> all = Require.all(op, "axes", axes);
    if (all.isEmpty()) {
      throw new InvalidArgumentException(op + ": expects at least 1 axis, found none");
    }
    return all;
  }

  public static void padding(String op, int left, int right, int top, int bottom) {
    if (Math.min(Math.min(left, right), Math.min(top, bottom)) < 0) {
      throw new InvalidArgumentException(
          op + ": padding " + sides(left, right, top, bottom) + " must be at least 0");
    }
  }

  public static String sides(int left, int right, int top, int bottom) {
    return "left " + left + ", right " + right + ", top " + top + ", bottom " + bottom;
  }

  public static Shape padded(String op, Shape input, long left, long right, long top, long bottom) {
    image(op, input);
    countable(op, "input", input);
    return output(
        op,
        input.dim(0),
        side(input, 1, h -> h + top + bottom),
        side(input, 2, w -> w + left + right));
  }

  /**
   * Returns the output shape of a sliding window; throws an exception if the kernel is larger than
   * the padded input.
   */
  public static Shape windows(String op, Shape in, long channels, Window window, boolean ceil) {
    Size kernel = window.kernel();
    Size stride = window.stride();
    Sides padding = window.padding();
    Size dilation = window.dilation();
    long h =
        side(
            in,
            1,
            s ->
                window(
                    s,
                    kernel.height(),
                    stride.height(),
                    padding.top(),
                    padding.bottom(),
                    dilation.height(),
                    ceil));
    long w =
        side(
            in,
            2,
            s ->
                window(
                    s,
                    kernel.width(),
                    stride.width(),
                    padding.left(),
                    padding.right(),
                    dilation.width(),
                    ceil));
    if (!countable(h) || !countable(w)) {
      throw new ShapeException(
          op
              + ": kernel "
              + kernel
              + (dilation.equals(Size.of(1)) ? "" : " with dilation " + dilation)
              + " does not fit the padded input "
              + side(side(in, 1, s -> s + padding.top() + padding.bottom()))
              + "x"
              + side(side(in, 2, s -> s + padding.left() + padding.right())));
    }
    return Shape.of(channels, h, w);
  }

  private static long window(
      long in, long kernel, long stride, long begin, long end, long dilation, boolean ceil) {
    long room = in + begin + end - (dilation * (kernel - 1) + 1);
    if (in < 1 || room < 0) {
      return 0;
    }
    long out = (ceil ? room + stride - 1 : room) / stride + 1;
    // in ceil mode, the last window must start inside the input or the padding before it
    return ceil && (out - 1) * stride >= in + begin ? out - 1 : out;
  }

  public static void probability(String op, float p) {
    if (!(p >= 0 && p <= 1)) {
      throw new InvalidArgumentException(op + ": p " + p + " is outside [0, 1]");
    }
  }

  /**
   * Checks that an input has shape {@code [F]} with at least one feature, or {@code [C, H, W]} with
   * at least one channel.
   */
  public static Shape featuresOrImage(String op, Shape input) {
    any(op, input);
    if ((input.rank() != 1 && input.rank() != 3) || input.dim(0) < 1) {
      throw new ShapeException(
          op + ": input " + input + " must have shape [features] or [channels, height, width]");
    }
    return input;
  }

  public static void quantMax(String operation, int quantMax) {
    if (quantMax != LARGEST && quantMax != WIDEST) {
      throw new InvalidArgumentException(
          operation + ": quant_max " + quantMax + " must be " + LARGEST + " or " + WIDEST);
    }
  }
}
