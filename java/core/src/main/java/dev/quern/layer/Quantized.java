package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer with quantized weights: integers from -{@link #quantMax} to {@code quantMax}, times a
 * scale for each output channel ({@code weight_scale}). In files and in memory, each weight
 * occupies one byte, or two bytes if quantMax is {@link #WIDEST}. If the input comes from an 8-bit
 * {@link FakeQuantize}, a model computes the layer in int8; otherwise, and in strict precision, it
 * computes the float layer {@link #plain}. In training ({@link dev.quern.train.Trainer}), the
 * optimizer updates float weights, which each forward pass rounds to integers from -127 to 127;
 * gradients pass straight through the rounding. Jacob et al., "Quantization and Training of Neural
 * Networks for Efficient Integer-Arithmetic-Only Inference", 2018.
 */
public sealed interface Quantized extends Layer permits QuantizedConv2d, QuantizedLinear {
  /** The largest quantized weight that is stored in one byte, 127; the smallest is -127. */
  int LARGEST = Checks.LARGEST;

  /**
   * The largest quantized weight that is stored as the sum of two bytes, 254. Weights that other
   * libraries quantized with a zero point need this range.
   */
  int WIDEST = Checks.WIDEST;

  /** The name of the buffer that contains the scales. */
  String SCALE = "weight_scale";

  /** Returns the float layer that computes the same function. */
  Layer plain();

  /** Returns the number of output channels or output features, which is the number of scales. */
  int channels();

  /** Returns the largest magnitude of the integers: {@link #LARGEST} or {@link #WIDEST}. */
  int quantMax();

  /**
   * Converts quantized weights to floats.
   *
   * @param scales one scale per channel; the integers of a channel are contiguous
   */
  static float[] floats(short[] integers, float... scales) {
    Require.present("quantized", "weight", integers);
    Require.present("quantized", "scales", scales);
    int each = each(integers.length, scales.length);
    float[] values = Heap.floats("weight", integers.length);
    for (int i = 0; i < integers.length; i++) {
      values[i] = integers[i] * scales[i / each];
    }
    return values;
  }

  /** Converts quantized weights in the int8 range to bytes. */
  static byte[] bytes(short... integers) {
    Require.present("quantized", "weight", integers);
    byte[] bytes = Heap.bytes("weight", integers.length);
    for (int i = 0; i < integers.length; i++) {
      bytes[i] = (byte) integers[i];
    }
    return bytes;
  }

  /** Converts int8 weights to 16-bit integers. */
  static short[] shorts(byte... bytes) {
    Require.present("quantized", "weight", bytes);
    short[] integers = Heap.shorts("weight", bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      integers[i] = bytes[i];
    }
    return integers;
  }

  /**
   * Converts float weights, which are multiples of their channel's scale, to integers.
   *
   * @param name the weight's name in exception messages
   * @param scales one scale per channel; the weights of a channel are contiguous
   * @param quantMax the largest magnitude of an integer
   * @throws InvalidArgumentException if a scale is not positive, or a weight is not its channel's
   *     scale times an integer from {@code -quantMax} to {@code quantMax}
   */
  static short[] toIntegers(String name, float[] values, float[] scales, int quantMax) {
    Require.present("quantized", "weight", values);
    Require.present("quantized", "scales", scales);
    int each = each(values.length, scales.length);
    short[] integers = Heap.shorts("weight", values.length);
    for (int c = 0; c < scales.length; c++) {
      float scale = scales[c];
      for (int i = c * each; i < (c + 1) * each; i++) {
        float steps = values[i] / scale;
        int step = (int) (steps < 0 ? steps - 0.5f : steps + 0.5f);
        if (!(scale > 0) || Math.abs((long) step) > quantMax || step * scale != values[i]) {
          throw new InvalidArgumentException(
              "model: weight "
                  + name
                  + " has "
                  + values[i]
                  + " at index "
                  + i
                  + ", expected the channel's scale "
                  + scale
                  + " times an integer from "
                  + -quantMax
                  + " to "
                  + quantMax);
        }
        integers[i] = (short) step;
      }
    }
    return integers;
  }

  /**
   * Rounds weights in place to multiples of their channel's scale, halves to even, and returns the
   * scales. A channel's scale is its largest magnitude divided by 127, or 1 for a channel of zeros.
   * Rounding is idempotent. If a channel contains NaN or infinity, its scale is NaN or infinite,
   * and all of its values become NaN.
   */
  static float[] round(float[] values, int channels) {
    Require.present("quantized", "weight", values);
    int each = each(values.length, channels);
    float[] scales = Heap.floats("weight_scale", channels);
    for (int c = 0; c < channels; c++) {
      float largest = 0;
      for (int i = c * each; i < (c + 1) * each; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      float scale = largest / LARGEST;
      scales[c] = scale < Float.MIN_NORMAL ? 1 : scale;
      for (int i = c * each; i < (c + 1) * each; i++) {
        float step = (float) Math.rint(values[i] / scales[c]) + 0f; // + 0f turns -0 into 0
        values[i] = Math.max(-LARGEST, Math.min(LARGEST, step)) * scales[c];
      }
    }
    return scales;
  }

  private static int each(int values, int channels) {
    if (channels < 1 || values % channels != 0) {
      throw new InvalidArgumentException(
          "quantized: " + values + " weights must be a multiple of " + channels + " channels");
    }
    return values / channels;
  }

  @Override
  default String type() {
    return "quantized_" + plain().type();
  }

  @Override
  default Shape outputShape(Shape input) {
    return plain().outputShape(input);
  }

  @Override
  default List<Parameter> parameters(Shape input) {
    return plain().parameters(input);
  }

  @Override
  default List<Buffer> buffers(Shape input) {
    List<Buffer> all = new ArrayList<>(plain().buffers(input));
    all.add(new Buffer(SCALE, Shape.of(channels()), 1));
    return all;
  }

  @Override
  default long multiplyAdds(Shape input) {
    return plain().multiplyAdds(input);
  }
}
