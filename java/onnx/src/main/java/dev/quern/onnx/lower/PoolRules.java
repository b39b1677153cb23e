package dev.quern.onnx.lower;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Power;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Mean;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.onnx.graph.Window;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Rules for pooling over windows and over whole images. */
final class PoolRules {
  private PoolRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("MaxPool", PoolRules::max);
    rules.put("AveragePool", PoolRules::average);
    rules.put("LpPool", PoolRules::lp);
    rules.put("GlobalAveragePool", PoolRules::globalAverage);
    rules.put("GlobalMaxPool", PoolRules::globalMax);
    rules.put("GlobalLpPool", PoolRules::globalLp);
  }

  private static Window window(Site s) {
    long[] kernel = s.attributes().numbers("kernel_shape");
    if (kernel == null) {
      throw new Refusal("attribute kernel_shape is missing");
    }
    return Window.of(s.attributes(), s.dims(0), kernel);
  }

  private static void max(Site s) {
    // the storage order is that of the indices, so it matters only where these are read
    if (s.attributes().number("storage_order", 0) != 0 && s.isRead(1)) {
      throw new Refusal("attribute storage_order must be 0");
    }
    boolean ceil = s.attributes().number("ceil_mode", 0) != 0;
    pool(
        s,
        s.value(0),
        window(s),
        w ->
            new MaxPool2d(w.size(w::kernel))
                .stride(w.size(w::stride))
                .dilation(w.size(w::dilation))
                .ceilMode(ceil)
                .padding(w.begin(1), w.end(1), w.begin(0), w.end(0)));
  }

  private static void average(Site s) {
    boolean ceil = s.attributes().number("ceil_mode", 0) != 0;
    boolean counted = s.attributes().number("count_include_pad", 0) != 0;
    Window window = window(s);
    if (ceil && counted) {
      // unlike in PyTorch, positions of the last window beyond the padding count as padding
      pool(s, s.value(0), window.reaching(s.dims(0)), w -> average(w, false, true));
    } else {
      pool(s, s.value(0), window, w -> average(w, ceil, counted));
    }
  }

  private static AvgPool2d average(Window w, boolean ceil, boolean counted) {
    return new AvgPool2d(w.size(w::kernel))
        .stride(w.size(w::stride))
        .dilation(w.size(w::dilation))
        .ceilMode(ceil)
        .countIncludePad(counted)
        .padding(w.begin(1), w.end(1), w.begin(0), w.end(0));
  }

  private static void pool(Site s, Value x, Window window, Function<Window, Layer> layer) {
    s.out(0, pooled(s, x, window, layer));
  }

  private static Value pooled(Site s, Value x, Window window, Function<Window, Layer> layer) {
    if (x.rank() == 5) {
      return Volumes.pool(s, x, window, layer);
    }
    Site.Form in = s.image(x);
    String from = in.node();
    Window plane = window.plane();
    Layer pool = layer.apply(plane);
    Network.Node before = s.parts.nodes.get(from);
    if (before != null
        && before.layer() instanceof ZeroPad2d pad
        && pool instanceof AvgPool2d mean
        && mean.countIncludePad()
        && !mean.ceilMode()) {
      // zeros around the input are padding that counts
      Sides own = plane.sides();
      from = before.inputs().get(0);
      pool =
          mean.padding(
              own.left() + pad.left(),
              own.right() + pad.right(),
              own.top() + pad.top(),
              own.bottom() + pad.bottom());
    }
    String made = s.layer(pool, from);
    return s.made(made, ConvolutionRules.spatial(s, x, made));
  }

  /** Converts LpPool: the p-norm of each window, computed from the mean of the elements' powers. */
  private static void lp(Site s) {
    float p = s.attributes().number("p", 2);
    boolean ceil = s.attributes().number("ceil_mode", 0) != 0;
    Window window = window(s);
    Value powers = powers(s, s.value(0), p);
    Value means = pooled(s, powers, window, w -> average(w, ceil, true));
    long count = Arrays.stream(window.kernels()).reduce(1, Math::multiplyExact);
    s.out(0, root(s, means, count, p));
  }

  private static Value powers(Site s, Value x, float p) {
    String absolute = s.layer(new Abs(), x.node());
    return s.made(p == 1 ? absolute : s.layer(new Power(p), absolute), x.dims());
  }

  private static Value root(Site s, Value means, long count, float p) {
    String sum = s.layer(new Affine(count, 0), means.node());
    return s.made(p == 1 ? sum : s.layer(new Power(1 / p), sum), means.dims());
  }

  private static void globalAverage(Site s) {
    Value x = s.value(0);
    if (x.rank() == 4) {
      s.out(s.layer(new AdaptiveAvgPool2d(Size.of(1)), s.samples(x).node()), ones(x));
    } else {
      s.out(s.layer(new Mean(spatial(x), true), s.samples(x).node()), ones(x));
    }
  }

  private static void globalMax(Site s) {
    Value x = s.value(0);
    if (x.rank() == 4) {
      s.out(s.layer(new AdaptiveMaxPool2d(Size.of(1)), s.samples(x).node()), ones(x));
    } else {
      s.out(s.layer(new Amax(spatial(x), true), s.samples(x).node()), ones(x));
    }
  }

  private static void globalLp(Site s) {
    Value x = s.value(0);
    float p = s.attributes().number("p", 2);
    Value powers = powers(s, x, p);
    String mean = s.layer(new Mean(spatial(x), true), s.samples(powers).node());
    Shape in = s.parts.shapes.get(s.samples(x).node());
    s.out(0, root(s, s.made(mean, ones(x)), in.elements() / in.dim(0), p));
  }

  /** Returns the spatial axes of a sample, those after the channels. */
  private static List<Integer> spatial(Value x) {
    return IntStream.range(1, x.rank() - 1).boxed().toList();
  }

  /** Returns the dimensions of a value with size 1 along each spatial axis. */
  private static long[] ones(Value x) {
    long[] out = new long[x.rank()];
    Arrays.fill(out, 1);
    out[0] = x.dims()[0];
    out[1] = x.dims()[1];
    return out;
  }
}
