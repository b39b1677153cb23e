package dev.quern.reference.layer;

import dev.quern.layer.AvgPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link AvgPool2d}: input {@code [N, C, H, W]}, output {@code [N, C,
 * H', W']}. As in PyTorch, the divisor is the number of the window's positions inside the padded
 * input or, if {@code countIncludePad} is false, inside the input. Positions beyond the padding,
 * which ceil mode makes possible, never count.
 */
public final class AvgPool2dReference {
  private AvgPool2dReference() {}

  /** Receives one term {@code output[o] += input[i] / divisor}. */
  private interface Term {
    void accept(int o, int i, long divisor);
  }

  /**
   * A window along one axis.
   *
   * @param from the window's first kernel position inside the input
   * @param to one past the window's last kernel position inside the input
   * @param padded number of the window's kernel positions inside the padded input
   */
  private record Span(int from, int to, int padded) {
    static Span of(int window, WindowAxis axis) {
      long start = (long) window * axis.stride() - axis.padding();
      int padded = 0;
      for (int tap = 0; tap < axis.kernel(); tap++) {
        long position = start + (long) tap * axis.dilation();
        padded += position < (long) axis.input() + axis.paddingEnd() ? 1 : 0;
      }
      return new Span(axis.firstTap(window), axis.endTap(window), padded);
    }

    long divisor(boolean countPadding) {
      return countPadding ? padded : to - from;
    }
  }

  /** Returns the mean of each window. */
  public static NdArray forward(AvgPool2d layer, NdArray input) {
    Require.present("avg_pool2d", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    forEachTerm(layer, input.shape(), (o, i, divisor) -> output.add(o, input.get(i) / divisor));
    return output;
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(AvgPool2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("avg_pool2d", "layer, inputShape", layer, inputShape);
    Checks.shape("avg_pool2d", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    NdArray gradInput = new NdArray(inputShape);
    forEachTerm(
        layer, inputShape, (o, i, divisor) -> gradInput.add(i, gradOutput.get(o) / divisor));
    return gradInput;
  }

  private static void forEachTerm(AvgPool2d layer, Shape input, Term term) {
    Shape output = Checks.batchOutput(layer, input);
    WindowAxis vertical =
        WindowAxis.vertical(
            input.dim(2), layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
    WindowAxis horizontal =
        WindowAxis.horizontal(
            input.dim(3), layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
    int rows = (int) output.dim(2);
    int columns = (int) output.dim(3);
    for (int o = 0; o < output.elements(); o++) {
      int plane = o / (rows * columns);
      Span ys = Span.of(o / columns % rows, vertical);
      Span xs = Span.of(o % columns, horizontal);
      long divisor = ys.divisor(layer.countIncludePad()) * xs.divisor(layer.countIncludePad());
      for (int tapY = ys.from(); tapY < ys.to(); tapY++) {
        int y = vertical.position(o / columns % rows, tapY);
        for (int tapX = xs.from(); tapX < xs.to(); tapX++) {
          int x = horizontal.position(o % columns, tapX);
          term.accept(o, (plane * vertical.input() + y) * horizontal.input() + x, divisor);
        }
      }
    }
  }
}
