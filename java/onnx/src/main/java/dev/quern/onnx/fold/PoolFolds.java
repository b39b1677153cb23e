package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MaxPool with the indices of its maxima, which networks do not compute, and MaxUnpool, which
 * writes values to such indices.
 */
final class PoolFolds {
  /** The maximum number of compared elements, since a file may have a kernel of any size. */
  private static final long MOST_COMPARED = 1L << 33;

  private PoolFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("MaxPool", PoolFolds::max);
    rules.put("MaxUnpool", PoolFolds::unpool);
  }

  private static Window window(Node node, Const x) {
    long[] kernel = node.attributes().numbers("kernel_shape");
    if (kernel == null) {
      throw new Refusal("attribute kernel_shape is missing");
    }
    return Window.of(node.attributes(), x.dims(), kernel);
  }

  private static List<Const> max(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Window w = window(node, x);
    boolean ceil = node.attributes().number("ceil_mode", 0) != 0;
    long[] to = x.dims().clone();
    for (int i = 2; i < to.length; i++) {
      to[i] = w.output(i - 2, to[i], ceil);
    }
    float[] out = new float[Fold.size(to)];
    long compared = out.length;
    for (long k : w.kernels()) {
      if (compared > MOST_COMPARED / k) {
        throw new Refusal("MaxPool compares more than " + MOST_COMPARED + " elements");
      }
      compared *= k;
    }
    long[] indices = new long[out.length];
    Maxima maxima = new Maxima(x, w, node.attributes().number("storage_order", 0) != 0);
    long[] at = new long[to.length];
    for (int i = 0; i < out.length; i++) {
      maxima.find(at);
      out[i] = maxima.most;
      indices[i] = maxima.index;
      for (int axis = to.length - 1; axis >= 0 && ++at[axis] == to[axis]; axis--) {
        at[axis] = 0;
      }
    }
    Const all = Const.of(to, out);
    return List.of(
        x.isFloat() ? all : ElementFolds.cast(all, x.type()), Const.of(Types.INT64, to, indices));
  }

  /** The maxima of windows, the first of equal ones. */
  private static final class Maxima {
    private final float[] values;
    private final long[] dims;
    private final long[] strides;
    private final long[] order;
    private final Window window;
    private boolean found;
    private float most;
    private long index;

    /**
     * Creates the maxima of a tensor.
     *
     * @param columns whether indices count along columns first
     */
    Maxima(Const x, Window window, boolean columns) {
      values = x.floats();
      dims = x.dims();
      strides = Dims.strides(dims);
      this.window = window;
      order = strides.clone();
      long next = 1;
      for (int i = 2; columns && i < dims.length; i++) {
        order[i] = next;
        next *= dims[i];
      }
    }

    /** Finds the maximum of the window at a position of the output. */
    void find(long[] at) {
      found = false;
      most = 0;
      index = 0;
      long first = at[0] * strides[0] + at[1] * strides[1];
      find(at, 2, first, first);
      if (!found) {
        throw new Refusal("a window has only padding");
      }
    }

    private void find(long[] at, int axis, long place, long number) {
      if (axis == dims.length) {
        float v = values[(int) place];
        if (!found || v > most) {
          found = true;
          most = v;
          index = number;
        }
        return;
      }
      int i = axis - 2;
      long begin = at[axis] * window.stride(i) - window.begin(i);
      for (int k = 0; k < window.kernel(i); k++) {
        long in = begin + (long) k * window.dilation(i);
        if (in >= 0 && in < dims[axis]) {
          find(at, axis + 1, place + in * strides[axis], number + in * order[axis]);
        }
      }
    }
  }

  private static List<Const> unpool(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const indices = Fold.given(node, in, 1);
    Const asked = in.size() > 2 ? in.get(2) : null;
    if (!Arrays.equals(x.dims(), indices.dims())) {
      throw new Refusal("indices " + indices + " do not match " + x);
    }
    Window w = window(node, x);
    long[] to = x.dims().clone();
    for (int i = 2; i < to.length; i++) {
      to[i] = (to[i] - 1) * w.stride(i - 2) + w.kernel(i - 2) - w.begin(i - 2) - w.end(i - 2);
      if (to[i] < 1) {
        throw new Refusal("the output's axis " + i + " has size " + to[i]);
      }
    }
    if (asked != null && !Arrays.equals(asked.longs(), to)) {
      // ONNX's own test counts indices in the smaller shape, ONNX Runtime in the larger one
      throw new Refusal(
          "output_shape " + Arrays.toString(asked.longs()) + " is not " + Arrays.toString(to));
    }
    float[] from = x.floats();
    float[] out = new float[Fold.size(to)];
    long[] places = Indices.within(indices.longs(), out.length);
    for (int i = 0; i < from.length; i++) {
      out[(int) places[i]] = from[i];
    }
    return List.of(Const.of(to, out));
  }
}
