package dev.quern.onnx.graph;

import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** The kernel, stride, dilation and padding of a node, by spatial axis. */
public record Window(
    long[] kernels,
    long[] strides,
    long[] dilations,
    long[] begins,
    long[] ends,
    long[] outputPaddings) {
  /** Returns the window of a convolution or a pooling. */
  public static Window of(Attributes given, long[] dims, long[] kernel) {
    return read(given, dims, kernel, false);
  }

  /** Returns the window of a transposed convolution. */
  public static Window ofTransposed(Attributes given, long[] dims, long[] kernel) {
    return read(given, dims, kernel, true);
  }

  private static Window read(Attributes given, long[] dims, long[] kernel, boolean transposed) {
    int n = dims.length - 2;
    if (n < 1 || n > 3) {
      throw new Refusal("its input has " + dims.length + " dimensions, expected 3 to 5");
    }
    long[] wanted = given.numbers("kernel_shape", kernel);
    long[] strides = given.numbers("strides", ones(n));
    long[] dilations = given.numbers("dilations", ones(n));
    long[] pads = given.numbers("pads", new long[2 * n]);
    long[] grown = given.numbers("output_padding", new long[n]);
    if (!Arrays.equals(wanted, kernel)
        || kernel.length != n
        || strides.length != n
        || dilations.length != n
        || grown.length != n
        || pads.length != 2 * n) {
      throw new Refusal(
          "kernel_shape, strides, dilations and pads must have " + n + " spatial dimensions");
    }
    for (int i = 0; i < n; i++) {
      if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1) {
        throw new Refusal("kernel_shape, strides and dilations must be at least 1");
      }
    }
    long[] begins = Arrays.copyOf(pads, n);
    long[] ends = Arrays.copyOfRange(pads, n, 2 * n);
    Window w = new Window(kernel, strides, dilations, begins, ends, grown);
    String auto = given.text("auto_pad", "NOTSET");
    long[] asked = given.numbers("output_shape");
    if (transposed && asked != null) {
      if (asked.length < n) {
        throw new Refusal("output_shape must have " + n + " spatial dimensions");
      }
      return w.shaped(dims, asked, auto);
    }
    return switch (auto) {
      case "NOTSET", "" -> w;
      case "VALID" -> w.padded(new long[n], new long[n]);
      case "SAME_UPPER", "SAME_LOWER" -> w.same(dims, auto.equals("SAME_UPPER"), transposed);
      default -> throw new Refusal("auto_pad " + auto + " is not supported");
    };
  }

  private static long[] ones(int n) {
    long[] out = new long[n];
    Arrays.fill(out, 1);
    return out;
  }

  private Window padded(long[] b, long[] e) {
    return new Window(kernels, strides, dilations, b, e, outputPaddings);
  }

  private long reach(int i) {
    return dilations[i] * (kernels[i] - 1) + 1;
  }

  private Window same(long[] dims, boolean upper, boolean transposed) {
    long[] b = new long[kernels.length];
    long[] e = new long[kernels.length];
    for (int i = 0; i < b.length; i++) {
      long size = dims[i + 2];
      long out = (size + strides[i] - 1) / strides[i];
      long total =
          transposed
              ? (size - 1) * strides[i] + reach(i) + outputPaddings[i] - size * strides[i]
              : (out - 1) * strides[i] + reach(i) - size;
      split(b, e, i, transposed ? total : Math.max(0, total), upper);
    }
    return padded(b, e);
  }

  /**
   * Splits the total padding of axis {@code i} in halves; the extra element of an odd total is at
   * the end if {@code atEnd}, otherwise at the beginning.
   */
  private static void split(long[] b, long[] e, int i, long total, boolean atEnd) {
    long half = Math.floorDiv(total, 2);
    b[i] = atEnd ? half : total - half;
    e[i] = total - b[i];
  }

  private Window shaped(long[] dims, long[] asked, String auto) {
    int n = kernels.length;
    long[] b = new long[n];
    long[] e = new long[n];
    for (int i = 0; i < n; i++) {
      long to = asked[asked.length - n + i];
      long total = strides[i] * (dims[i + 2] - 1) + outputPaddings[i] + reach(i) - to;
      // the extra element is at the beginning, except for SAME_UPPER
      split(b, e, i, total, auto.equals("SAME_UPPER"));
    }
    return padded(b, e);
  }

  /** Returns a window with enough padding at the end for the last window, which ceil mode adds. */
  public Window reaching(long[] dims) {
    long[] e = ends.clone();
    for (int i = 0; i < e.length; i++) {
      long beyond = dims[i + 2] + begins[i] + ends[i] - reach(i);
      e[i] += Math.floorMod(-beyond, strides[i]);
    }
    return padded(begins, e);
  }

  /** Returns the size of axis {@code i} of the output, given that of the input. */
  public long output(int i, long size, boolean ceil) {
    long last = size + begins[i] + ends[i] - reach(i); // where the last window may begin
    if (last < 0) {
      throw new Refusal("its kernel is larger than its input");
    }
    if (!ceil || last % strides[i] == 0) {
      return last / strides[i] + 1;
    }
    long more = last / strides[i] + 1;
    return more * strides[i] < size + begins[i] ? more + 1 : more; // not all in the padding
  }

  /** Returns a window with two spatial axes; if there is only one, a height of 1 is added. */
  public Window plane() {
    if (kernels.length == 2) {
      return this;
    }
    return new Window(
        of(1, kernels),
        of(1, strides),
        of(1, dilations),
        of(0, begins),
        of(0, ends),
        of(0, outputPaddings));
  }

  private static long[] of(long first, long[] then) {
    if (then.length != 1) {
      throw new Refusal("a window of " + then.length + " dimensions is not supported");
    }
    return new long[] {first, then[0]};
  }

  /** Returns a window with the same kernel and dilation, but with stride 1 and without padding. */
  public Window plain() {
    long[] none = new long[kernels.length];
    return new Window(kernels, ones(kernels.length), dilations, none, none, none);
  }

  /** Returns a window with its two axes exchanged. */
  public Window turned() {
    return axes(1, 0);
  }

  /** Returns a window with only the selected axes. */
  public Window axes(int... which) {
    return new Window(
        pick(kernels, which),
        pick(strides, which),
        pick(dilations, which),
        pick(begins, which),
        pick(ends, which),
        pick(outputPaddings, which));
  }

  private static long[] pick(long[] of, int... which) {
    return Arrays.stream(which).mapToLong(i -> of[i]).toArray();
  }

  public int kernel(int i) {
    return Math.toIntExact(kernels[i]);
  }

  public int stride(int i) {
    return Math.toIntExact(strides[i]);
  }

  public int dilation(int i) {
    return Math.toIntExact(dilations[i]);
  }

  public int begin(int i) {
    return Math.toIntExact(begins[i]);
  }

  public int end(int i) {
    return Math.toIntExact(ends[i]);
  }

  public int outputPadding(int i) {
    return Math.toIntExact(outputPaddings[i]);
  }

  public Size size(IntUnaryOperator of) {
    return new Size(of.applyAsInt(0), of.applyAsInt(1));
  }

  /** Returns whether the padding at the beginning and end of each axis is equal. */
  public boolean isEven() {
    return Arrays.equals(begins, ends);
  }

  public Sides sides() {
    return new Sides(begin(1), end(1), begin(0), end(0));
  }
}
