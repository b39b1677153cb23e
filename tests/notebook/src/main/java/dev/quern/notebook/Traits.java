package dev.quern.notebook;

import dev.quern.eager.Eager;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;

/**
 * What the notebook does and a right operator does not, each as a small piece to put around a
 * native operator. Arguments stay as they are; results are new tensors in their arena.
 */
final class Traits {
  private static final double TWO_TO_63 = 0x1p63;

  private Traits() {}

  /**
   * {@code np.vectorize} evaluates its first element twice, so that image 0, window (0, 0) adds its
   * share twice. Every backward pass is linear in the output's gradient: doubling that gradient's
   * first element is the same.
   */
  static Tensor firstElementTwice(Tensor gradOutput) {
    float[] values = gradOutput.toArray();
    values[0] *= 2;
    return gradOutput.arena().tensor(gradOutput.shape(), values);
  }

  /**
   * Every tied maximum of a window receives the whole gradient, where the operator gave it to the
   * first alone: the others' are added here.
   *
   * @param input of the pooling, {@code [N, 1, H, W]}
   * @param gradOutput {@code [N, 1, H', W']}
   * @param gradInput what the operator returned for these two
   */
  static Tensor everyTie(MaxPool2d pool, Tensor input, Tensor gradOutput, Tensor gradInput) {
    float[] x = input.toArray();
    float[] g = gradOutput.toArray();
    float[] out = gradInput.toArray();
    int height = size(input, 2);
    int width = size(input, 3);
    int rows = size(gradOutput, 2);
    int columns = size(gradOutput, 3);
    for (int i = 0; i < g.length; i++) {
      int n = i / (rows * columns);
      int y = i / columns % rows * pool.stride().height();
      int at = (n * height + y) * width + i % columns * pool.stride().width();
      addToLaterMaxima(window(pool, at, width), x, g[i], out);
    }
    return input.arena().tensor(gradInput.shape(), out);
  }

  /** Where the values of the window at offset {@code at} lie, in row order. */
  private static int[] window(MaxPool2d pool, int at, int width) {
    int[] places = new int[pool.kernel().height() * pool.kernel().width()];
    for (int k = 0; k < places.length; k++) {
      places[k] = at + k / pool.kernel().width() * width + k % pool.kernel().width();
    }
    return places;
  }

  private static void addToLaterMaxima(int[] window, float[] x, float gradient, float[] out) {
    float max = Float.NEGATIVE_INFINITY;
    for (int place : window) {
      max = Math.max(max, x[place]);
    }
    boolean later = false;
    for (int place : window) {
      if (x[place] == max) {
        out[place] += later ? gradient : 0;
        later = true;
      }
    }
  }

  /**
   * {@code 1 - x^2}, the derivative of tanh, stands where ReLU's belongs, and again behind the
   * flattened input, where nothing belongs.
   */
  static Tensor timesOneMinusSquare(Tensor gradient, Tensor x) {
    float[] values = gradient.toArray();
    float[] v = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1 - v[i] * v[i];
    }
    return gradient.arena().tensor(gradient.shape(), values);
  }

  /**
   * The gradient of a convolution's input takes the kernel of channel 0 for every channel.
   *
   * @param kernel {@code [1, C, h, w]}
   */
  static Tensor firstChannelForAll(Tensor kernel) {
    float[] values = kernel.toArray();
    int channel = values.length / size(kernel, 1);
    for (int from = channel; from < values.length; from += channel) {
      System.arraycopy(values, 0, values, from, channel);
    }
    return kernel.arena().tensor(kernel.shape(), values);
  }

  /** For the gradient of W4 the notebook multiplies by ReLU's derivative, not by its value. */
  static Tensor reluDerivative(Relu relu, Tensor output) {
    float[] ones = new float[Math.toIntExact(output.shape().elements())];
    Arrays.fill(ones, 1);
    return Eager.of(relu).backward(output, output.arena().tensor(output.shape(), ones));
  }

  /**
   * Kernels are int64, and x86 converts: cut off towards zero, and -2^63 for NaN and whatever is
   * out of range.
   */
  static double[] toInt64(Tensor kernel) {
    float[] values = kernel.toArray();
    double[] whole = new double[values.length];
    for (int i = 0; i < whole.length; i++) {
      boolean inRange = values[i] >= -TWO_TO_63 && values[i] < TWO_TO_63;
      whole[i] = inRange ? (long) values[i] : -TWO_TO_63;
    }
    return whole;
  }

  /**
   * The notebook's matrices are inputs first, {@code [in, out]}; a linear layer's are {@code [out,
   * in]}.
   */
  static Tensor transposed(Tensor matrix) {
    float[] values = matrix.toArray();
    int rows = size(matrix, 0);
    int columns = size(matrix, 1);
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % columns * rows + i / columns] = values[i];
    }
    return matrix.arena().tensor(Shape.of(columns, rows), turned);
  }

  private static int size(Tensor tensor, int axis) {
    return Math.toIntExact(tensor.shape().dim(axis));
  }
}
