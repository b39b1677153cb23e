package dev.quern.notebook.numpy;

import dev.quern.error.ShapeException;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;

/**
 * A batch of images {@code [N, C, H, W]} of integers: the uint8 pixels, or what a layer makes of
 * them in int64.
 */
interface IntegerImages {
  int count();

  int channels();

  int height();

  int width();

  /** The value at a row-major offset. */
  long get(int offset);

  default int offset(int n, int c, int y, int x) {
    return ((n * channels() + c) * height() + y) * width() + x;
  }

  default Shape shape() {
    return Shape.of(count(), channels(), height(), width());
  }

  /** The values as doubles, rounded beyond 2^53 as NumPy's conversion rounds. */
  default NdArray toNdArray() {
    NdArray array = new NdArray(shape());
    for (int i = 0; i < array.size(); i++) {
      array.set(i, get(i));
    }
    return array;
  }

  /** Pixels as CIFAR-10 stores them, unsigned bytes in C, H, W order. Not copied. */
  record Uint8(byte[] pixels, int count, int channels, int height, int width)
      implements IntegerImages {
    public Uint8 {
      if ((long) count * channels * height * width != pixels.length || count < 1) {
        throw new ShapeException(
            "notebook: "
                + pixels.length
                + " bytes are not "
                + count
                + " (at least 1) images of "
                + channels
                + "x"
                + height
                + "x"
                + width);
      }
    }

    @Override
    public long get(int offset) {
      return pixels[offset] & 0xff;
    }
  }

  /** The int64 output of a layer. */
  record Int64s(long[] values, int count, int channels, int height, int width)
      implements IntegerImages {
    static Int64s zeros(int count, int channels, int height, int width) {
      return new Int64s(
          new long[count * channels * height * width], count, channels, height, width);
    }

    @Override
    public long get(int offset) {
      return values[offset];
    }
  }
}
