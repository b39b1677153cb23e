package dev.quern.reference.layer;

import dev.quern.layer.DeformConv2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link DeformConv2d}. Inputs are the image {@code [N, C, H, W]}, the
 * offsets {@code [N, 2 * points, H', W']} and, optionally, the mask {@code [N, points, H', W']},
 * where {@code points} are the kernel elements of all offset groups. Weight {@code [O, C / groups,
 * KH, KW]}, bias {@code [O]}, output {@code [N, O, H', W']}.
 */
public final class DeformConv2dReference {
  private static final String OP = "deform_conv2d";
  private static final double FAR = 2147483648.0;

  private DeformConv2dReference() {}

  /**
   * Gradients of a deformable convolution.
   *
   * @param inputs gradients with respect to image, offsets and, if given, mask
   */
  public record Gradients(List<NdArray> inputs, NdArray weight, NdArray bias) {
    public Gradients {
      inputs = Require.all(OP, "inputs", inputs);
    }
  }

  /**
   * A pixel along one axis.
   *
   * @param slope the derivative of the weight by the offset
   */
  private record Tap(int at, double weight, double slope) {}

  /**
   * Receives one kernel element at one output pixel.
   *
   * @param n the sample
   * @param pixel the output pixel's index in its plane
   * @param point index of the kernel element over all offset groups
   */
  private interface Point {
    void accept(int n, int pixel, int point, List<Tap> ys, List<Tap> xs);
  }

  /**
   * Returns the output.
   *
   * @param biasOrNull the bias; null exactly if the layer does not have one
   */
  public static NdArray forward(
      DeformConv2d layer, List<NdArray> inputs, NdArray weight, @Nullable NdArray biasOrNull) {
    Arrays a = Arrays.of(layer, inputs, weight);
    Checks.bias(OP, layer.bias(), biasOrNull, layer.outChannels());
    NdArray output = new NdArray(a.output());
    a.forEachPoint(
        (n, pixel, point, ys, xs) -> {
          for (int c = a.firstChannel(point); c < a.endChannel(point); c++) {
            double read = a.mask(n, point, pixel) * a.sample(n, c, ys, xs);
            for (int o = a.firstOutput(c); o < a.endOutput(c); o++) {
              output.add(a.outputAt(n, o, pixel), weight.get(a.weightAt(o, c, point)) * read);
            }
          }
        });
    if (biasOrNull != null) {
      Conv2dReference.addBias(output, biasOrNull);
    }
    return output;
  }

  /** Returns the gradients with respect to inputs, weight and bias. */
  public static Gradients backward(
      DeformConv2d layer, List<NdArray> inputs, NdArray weight, NdArray gradOutput) {
    Arrays a = Arrays.of(layer, inputs, weight);
    Checks.shape(OP, "grad_output", gradOutput, a.output());
    List<NdArray> grads = new ArrayList<>();
    a.inputs().forEach(x -> grads.add(new NdArray(x.shape())));
    NdArray gradWeight = new NdArray(weight.shape());
    a.forEachPoint(
        (n, pixel, point, ys, xs) -> {
          double mask = a.mask(n, point, pixel);
          for (int c = a.firstChannel(point); c < a.endChannel(point); c++) {
            double sample = a.sample(n, c, ys, xs);
            double dy = 0; // by what is read, after the mask
            for (int o = a.firstOutput(c); o < a.endOutput(c); o++) {
              double g = gradOutput.get(a.outputAt(n, o, pixel));
              int w = a.weightAt(o, c, point);
              dy += weight.get(w) * g;
              gradWeight.add(w, mask * sample * g);
            }
            for (Tap y : ys) {
              for (Tap x : xs) {
                int i = a.imageAt(n, c, y, x);
                double value = a.image().get(i) * mask * dy;
                grads.get(0).add(i, y.weight() * x.weight() * mask * dy);
                grads.get(1).add(a.offsetAt(n, point, 0, pixel), y.slope() * x.weight() * value);
                grads.get(1).add(a.offsetAt(n, point, 1, pixel), y.weight() * x.slope() * value);
              }
            }
            if (a.isMasked()) {
              grads.get(2).add(a.maskAt(n, point, pixel), sample * dy);
            }
          }
        });
    return new Gradients(grads, gradWeight, Conv2dReference.backwardBias(gradOutput));
  }

  /** The arrays of a call, and the positions of elements in them. */
  private record Arrays(DeformConv2d layer, List<NdArray> inputs, Shape output) {
    static Arrays of(DeformConv2d layer, List<NdArray> given, NdArray weight) {
      Require.present(OP, "layer, weight", layer, weight);
      List<NdArray> inputs = Checks.inputs(OP, given, 2);
      List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
      Shape output = layer.outputShape(samples).batch(inputs.get(0).dim(0));
      Checks.shape(OP, "weight", weight, layer.weightShape(inputs.get(0).dim(1)));
      return new Arrays(layer, inputs, output);
    }

    NdArray image() {
      return inputs.get(0);
    }

    boolean isMasked() {
      return inputs.size() > 2;
    }

    private int elements() {
      return layer.kernel().height() * layer.kernel().width();
    }

    private int pixels() {
      return (int) (output.dim(2) * output.dim(3));
    }

    private int channels() {
      return image().dim(1);
    }

    int firstChannel(int point) {
      return point / elements() * (channels() / layer.offsetGroups());
    }

    int endChannel(int point) {
      return firstChannel(point) + channels() / layer.offsetGroups();
    }

    private int groupOf(int channel) {
      return channel / (channels() / layer.groups());
    }

    int firstOutput(int channel) {
      return groupOf(channel) * (layer.outChannels() / layer.groups());
    }

    int endOutput(int channel) {
      return firstOutput(channel) + layer.outChannels() / layer.groups();
    }

    int outputAt(int n, int o, int pixel) {
      return (n * layer.outChannels() + o) * pixels() + pixel;
    }

    int weightAt(int o, int channel, int point) {
      int each = channels() / layer.groups();
      return (o * each + channel % each) * elements() + point % elements();
    }

    int imageAt(int n, int channel, Tap y, Tap x) {
      return ((n * channels() + channel) * image().dim(2) + y.at()) * image().dim(3) + x.at();
    }

    int offsetAt(int n, int point, int axis, int pixel) {
      return (n * layer.offsetChannels() + 2 * point + axis) * pixels() + pixel;
    }

    int maskAt(int n, int point, int pixel) {
      return (n * layer.maskChannels() + point) * pixels() + pixel;
    }

    double mask(int n, int point, int pixel) {
      return isMasked() ? inputs.get(2).get(maskAt(n, point, pixel)) : 1;
    }

    double sample(int n, int channel, List<Tap> ys, List<Tap> xs) {
      double sum = 0;
      for (Tap y : ys) {
        for (Tap x : xs) {
          sum += y.weight() * x.weight() * image().get(imageAt(n, channel, y, x));
        }
      }
      return sum;
    }

    void forEachPoint(Point to) {
      int columns = (int) output.dim(3);
      for (int n = 0; n < output.dim(0); n++) {
        for (int pixel = 0; pixel < pixels(); pixel++) {
          for (int point = 0; point < layer.maskChannels(); point++) {
            int element = point % elements();
            double y =
                (double) (pixel / columns) * layer.stride().height()
                    - layer.padding().height()
                    + (double) (element / layer.kernel().width()) * layer.dilation().height();
            double x =
                (double) (pixel % columns) * layer.stride().width()
                    - layer.padding().width()
                    + (double) (element % layer.kernel().width()) * layer.dilation().width();
            double dy = inputs.get(1).get(offsetAt(n, point, 0, pixel));
            double dx = inputs.get(1).get(offsetAt(n, point, 1, pixel));
            to.accept(n, pixel, point, taps(y + dy, image().dim(2)), taps(x + dx, image().dim(3)));
          }
        }
      }
    }
  }

  private static List<Tap> taps(double position, int size) {
    // a NaN lies before the image
    boolean inside = position > -FAR && position < FAR;
    double x = inside ? position : position >= FAR ? FAR : -FAR;
    double first = Math.floor(x);
    List<Tap> taps = new ArrayList<>();
    add(taps, first, size, 1 - (x - first), inside ? -1 : 0);
    add(taps, first + 1, size, x - first, inside ? 1 : 0);
    return taps;
  }

  private static void add(List<Tap> taps, double at, int size, double weight, double slope) {
    if (at >= 0 && at < size) {
      taps.add(new Tap((int) at, weight, slope));
    }
  }
}
