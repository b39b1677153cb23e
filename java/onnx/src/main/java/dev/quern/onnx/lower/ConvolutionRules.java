package dev.quern.onnx.lower;

import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.onnx.graph.WholeWeights;
import dev.quern.onnx.graph.Window;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for Conv and ConvTranspose with one, two and three spatial dimensions, and for DeformConv
 * of images.
 */
final class ConvolutionRules {
  /** The position of DeformConv's mask among its inputs. */
  private static final int MASK = 4;

  private ConvolutionRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Conv", ConvolutionRules::conv);
    rules.put("ConvTranspose", ConvolutionRules::transposed);
    rules.put("DeformConv", ConvolutionRules::deformable);
  }

  private static void conv(Site s) {
    s.out(0, conv(s, s.value(0), s.constant(1, "the weight"), s.optional(2, "the bias")));
  }

  static Value conv(Site s, Value x, Const w, @Nullable Const b) {
    requireWeight(w, x);
    s.nameAfter(1);
    int groups = Math.toIntExact(s.attributes().number("group", 1));
    int out = Math.toIntExact(w.dims()[0]);
    Window window = Window.of(s.attributes(), x.dims(), Arrays.copyOfRange(w.dims(), 2, w.rank()));
    Map<String, float[]> weights = weights(w.floats(), b);
    if (x.rank() == 3 && w.rank() == 3 && window.isEven()) {
      Conv1d layer =
          new Conv1d(
              out,
              window.kernel(0),
              window.stride(0),
              window.begin(0),
              window.dilation(0),
              groups,
              b != null);
      return s.like(x, s.layer(layer, weights, s.samples(x).node()));
    }
    if (x.rank() == 5) {
      return Volumes.conv(s, x, w, b, window, groups);
    }
    Window plane = window.plane();
    Site.Form in = s.image(x);
    String from = in.node();
    Network.Node before = s.parts.nodes.get(from);
    Sides sides = plane.sides();
    if (before != null && before.layer() instanceof ZeroPad2d pad) {
      // zeros around the input are the convolution's own padding
      from = before.inputs().get(0);
      sides =
          new Sides(
              sides.left() + pad.left(),
              sides.right() + pad.right(),
              sides.top() + pad.top(),
              sides.bottom() + pad.bottom());
    }
    Conv2d plain =
        new Conv2d(
            out,
            plane.size(plane::kernel),
            plane.size(plane::stride),
            Size.of(0),
            plane.size(plane::dilation),
            groups,
            b != null,
            sides,
            false);
    Layer layer = WholeWeights.layer(plain, QuantizedConv2d::new, w, weights);
    String made = s.layer(layer, weights, from);
    return s.made(made, spatial(s, x, made));
  }

  private static void requireWeight(Const w, Value x) {
    if (w.rank() != x.rank() || w.rank() < 3) {
      throw new Refusal("weight " + w + " does not match an input of " + x.rank() + " dimensions");
    }
  }

  /** Returns the dimensions of a convolution's output; for signals, without the height of 1. */
  static long[] spatial(Site s, Value x, String made) {
    long[] dims = Site.behind(x, s.parts.shapes.get(made));
    return x.rank() == 3 ? new long[] {dims[0], dims[1], dims[3]} : dims;
  }

  static Map<String, float[]> weights(float[] weight, @Nullable Const bias) {
    Map<String, float[]> all = new HashMap<>();
    all.put("weight", weight);
    if (bias != null) {
      all.put("bias", bias.floats());
    }
    return all;
  }

  private static void deformable(Site s) {
    Value x = imageValue(s, 0);
    Const w = s.constant(1, "the weight");
    requireWeight(w, x);
    Value offset = imageValue(s, 2);
    Const b = s.optional(3, "the bias");
    Value mask = s.operand(MASK) == null ? null : imageValue(s, MASK);
    if (x.rank() != 4 || offset.rank() != 4 || mask != null && mask.rank() != 4) {
      throw new Refusal("its input, offset and mask must have 4 dimensions");
    }
    s.nameAfter(1);
    Window window = Window.of(s.attributes(), x.dims(), Arrays.copyOfRange(w.dims(), 2, w.rank()));
    String from = s.samples(x).node();
    Size padding = new Size(window.begin(0), window.begin(1));
    if (!window.isEven()) {
      // samples outside the image are 0, so zeros around it do not change them
      Sides p = window.sides();
      from = s.layer(new ZeroPad2d(p.left(), p.right(), p.top(), p.bottom()), from);
      padding = Size.of(0);
    }
    DeformConv2d layer =
        new DeformConv2d(
            Math.toIntExact(w.dims()[0]),
            window.size(window::kernel),
            window.size(window::stride),
            padding,
            window.size(window::dilation),
            Math.toIntExact(s.attributes().number("group", 1)),
            Math.toIntExact(s.attributes().number("offset_group", 1)),
            b != null);
    Map<String, float[]> weights = weights(w.floats(), b);
    String moves = s.samples(offset).node();
    String made =
        mask == null
            ? s.layer(layer, weights, from, moves)
            : s.layer(layer, weights, from, moves, s.samples(mask).node());
    s.out(0, s.like(x, made));
  }

  /** Returns an input; a constant image is the same for all samples of a batch. */
  private static Value imageValue(Site s, int i) {
    return s.operand(i) instanceof Const c && c.rank() == 4 ? s.each(c, 4) : s.value(i);
  }

  private static void transposed(Site s) {
    Value x = s.value(0);
    Const w = s.constant(1, "the weight");
    requireWeight(w, x);
    Const b = s.optional(2, "the bias");
    s.nameAfter(1);
    int groups = Math.toIntExact(s.attributes().number("group", 1));
    Window asked =
        Window.ofTransposed(s.attributes(), x.dims(), Arrays.copyOfRange(w.dims(), 2, w.rank()));
    if (x.rank() == 5) {
      s.out(0, Volumes.transposed(s, x, w, b, asked, groups));
      return;
    }
    Window window = asked.plane();
    Site.Form in = s.image(x);
    // begin and end crop the whole result, which reaches from 0 to the end of the last window; a
    // slice crops the part that the layer does not
    int[] padding = new int[2];
    int[] grown = new int[2];
    for (int i = 0; i < 2; i++) {
      int most = Math.max(window.stride(i), window.dilation(i)) - 1;
      int added = window.outputPadding(i) - window.end(i);
      padding[i] = Math.min(window.begin(i), Math.max(0, most - added));
      grown[i] = Math.max(0, padding[i] + added);
      if (window.begin(i) < 0 || grown[i] > most) {
        throw new Refusal(
            "pads " + window.begin(i) + " and " + window.end(i) + " are out of range");
      }
    }
    ConvTranspose2d layer =
        new ConvTranspose2d(
            Math.toIntExact(w.dims()[1] * groups),
            window.size(window::kernel),
            window.size(window::stride),
            new Size(padding[0], padding[1]),
            new Size(grown[0], grown[1]),
            groups,
            b != null,
            window.size(window::dilation));
    String made = s.layer(layer, weights(w.floats(), b), in.node());
    for (int i = 0; i < 2; i++) {
      int size = Math.toIntExact(s.parts.shapes.get(made).dim(i + 1));
      int first = window.begin(i) - padding[i];
      int cut = window.end(i) - window.outputPadding(i) - padding[i] + grown[i];
      if (first > 0 || cut > 0) {
        boolean free = s.isFree(0, Math.min(i + 2, x.rank() - 1));
        int end = free ? (cut > 0 ? -cut : Integer.MAX_VALUE) : size - cut;
        made = s.layer(new Slice(i + 1, first, end), made);
      }
    }
    s.out(made, spatial(s, x, made));
  }
}
