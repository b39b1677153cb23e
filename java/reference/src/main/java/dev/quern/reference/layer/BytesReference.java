package dev.quern.reference.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementations of the int8 operators other than convolution (see {@link
 * QuantizedConv2dReference}). These are bit-identical to the native implementations: sums are exact
 * integers, and the result of each operation on a sum is rounded to float. Inputs and outputs are
 * integers from which the zero point was subtracted, as {@link QuantizedConv2dReference#steps}
 * returns them. The shape is {@code [N, C, H, W]}; operators with two inputs accept any shape.
 */
public final class BytesReference {
  private BytesReference() {}

  /**
   * Computes the mean of each window.
   *
   * @param from quantization of {@code steps}
   * @param steps quantized input
   * @param toOrNull quantization of the result, or null for a result in floats
   */
  public static NdArray avgPool2d(
      AvgPool2d layer, FakeQuantize from, NdArray steps, @Nullable FakeQuantize toOrNull) {
    Require.present("avg_pool2d", "layer, from, steps", layer, from, steps);
    NdArray made = new NdArray(Checks.batchOutput(layer, steps.shape()));
    int height = steps.dim(2);
    int width = steps.dim(3);
    Size kernel = layer.kernel();
    for (int o = 0; o < made.size(); o++) {
      int plane = o / made.dim(3) / made.dim(2) * height * width;
      int top = o / made.dim(3) % made.dim(2) * layer.stride().height() - layer.paddings().top();
      int left = o % made.dim(3) * layer.stride().width() - layer.paddings().left();
      int sum = 0;
      int inside = 0;
      int padded = 0;
      for (int tap = 0; tap < kernel.height() * kernel.width(); tap++) {
        int y = top + tap / kernel.width() * layer.dilation().height();
        int x = left + tap % kernel.width() * layer.dilation().width();
        if (y < height + layer.paddings().bottom() && x < width + layer.paddings().right()) {
          padded++;
        }
        if (y >= 0 && y < height && x >= 0 && x < width) {
          inside++;
          sum += (int) steps.get(plane + y * width + x);
        }
      }
      int counted = layer.countIncludePad() ? padded : inside;
      made.set(o, inside == 0 ? 0 : mean(sum, counted, from, toOrNull));
    }
    return made;
  }

  /** Computes adaptive average pooling; the arguments are as in {@link #avgPool2d}. */
  public static NdArray adaptiveAvgPool2d(
      AdaptiveAvgPool2d layer, FakeQuantize from, NdArray steps, @Nullable FakeQuantize toOrNull) {
    Require.present("adaptive_avg_pool2d", "layer, from, steps", layer, from, steps);
    NdArray made = new NdArray(Checks.batchOutput(layer, steps.shape()));
    int height = steps.dim(2);
    int width = steps.dim(3);
    for (int o = 0; o < made.size(); o++) {
      int plane = o / made.dim(3) / made.dim(2) * height * width;
      int row = o / made.dim(3) % made.dim(2);
      int column = o % made.dim(3);
      int bottom = ((row + 1) * height + made.dim(2) - 1) / made.dim(2);
      int right = ((column + 1) * width + made.dim(3) - 1) / made.dim(3);
      int sum = 0;
      int count = 0;
      for (int y = row * height / made.dim(2); y < bottom; y++) {
        for (int x = column * width / made.dim(3); x < right; x++, count++) {
          sum += (int) steps.get(plane + y * width + x);
        }
      }
      made.set(o, mean(sum, count, from, toOrNull));
    }
    return made;
  }

  private static double mean(int sum, int count, FakeQuantize from, @Nullable FakeQuantize to) {
    if (to == null) {
      return (float) sum * (float) ((double) from.scale() / count);
    }
    float steps = (float) sum * (float) ((double) from.scale() / to.scale() / count);
    return rounded(to, steps, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
  }

  /**
   * Computes the sum {@code a + b}, quantized with {@code to}.
   *
   * @param low lower bound of the dequantized sum, for a fused ReLU or ReLU6
   */
  public static NdArray add(
      FakeQuantize ofA,
      NdArray a,
      FakeQuantize ofB,
      NdArray b,
      FakeQuantize to,
      float low,
      float high) {
    Require.present("add", "ofA, a, ofB, b, to", ofA, a, ofB, b, to);
    Checks.shape("add", "b", b, a.shape());
    float finerA = (float) ((double) ofA.scale() / to.scale());
    float finerB = (float) ((double) ofB.scale() / to.scale());
    NdArray made = new NdArray(a.shape());
    for (int i = 0; i < made.size(); i++) {
      float x = (float) a.get(i) * finerA;
      float y = (float) b.get(i) * finerB;
      made.set(i, rounded(to, x + y, low, high));
    }
    return made;
  }

  /**
   * Computes the product of {@code steps} and {@code factor}, quantized with {@code to}.
   *
   * @param factor array with the shape of {@code steps}, or {@code [N, C, 1, 1]}, one factor per
   *     sample and channel
   */
  public static NdArray multiply(
      FakeQuantize from,
      NdArray steps,
      FakeQuantize ofFactor,
      NdArray factor,
      FakeQuantize to,
      float low,
      float high) {
    Require.present(
        "multiply", "from, steps, ofFactor, factor, to", from, steps, ofFactor, factor, to);
    if (!factor.shape().equals(steps.shape())) {
      if (steps.rank() != 4) {
        throw new ShapeException(
            "multiply: steps " + steps.shape() + " must be [N, C, H, W] or equal factor's shape");
      }
      Checks.shape("multiply", "factor", factor, Shape.of(steps.dim(0), steps.dim(1), 1, 1));
    }
    int each = steps.size() == 0 ? 1 : steps.size() / factor.size();
    float unit = (float) ((double) from.scale() * ofFactor.scale() / to.scale());
    NdArray made = new NdArray(steps.shape());
    for (int i = 0; i < made.size(); i++) {
      float product = (float) (steps.get(i) * factor.get(i / each));
      made.set(i, rounded(to, product * unit, low, high));
    }
    return made;
  }

  private static double rounded(FakeQuantize to, float steps, float low, float high) {
    double least = Math.max(to.quantMin() - to.zeroPoint(), low);
    double most = Math.min(to.quantMax() - to.zeroPoint(), (double) (high / to.scale()));
    return Math.rint(Math.min(Math.max(steps, least), most));
  }
}
