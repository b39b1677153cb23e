package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.onnx.fold.Slices;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The rule for Pad, in all modes and along any axes. */
final class PadRules {
  private PadRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Pad", PadRules::pad);
  }

  private static void pad(Site s) {
    Value x = s.value(0);
    long[] given =
        s.operand(1) == null
            ? s.attributes().numbers("pads", s.attributes().numbers("paddings", new long[0]))
            : s.constant(1, "the pads").longs();
    Const asked = s.optional(3, "the axes");
    long[] pads = everywhere(given, asked == null ? null : asked.longs(), x.rank());
    Const filled = s.optional(2, "the value");
    float value =
        filled == null || filled.elements() == 0
            ? s.attributes().real("value", 0)
            : filled.scalar();
    String mode = s.attributes().text("mode", "constant");
    s.out(0, Lowering.typed(padded(s, x, pads, mode, value), x));
  }

  /** Returns the pads of all axes, which are 0 for axes without given pads. */
  private static long[] everywhere(long[] given, long @Nullable [] axes, int rank) {
    if (axes == null) {
      if (given.length != 2 * rank) {
        throw new Refusal("pads has " + given.length + " values for " + rank + " axes");
      }
      return given;
    }
    if (given.length != 2 * axes.length) {
      throw new Refusal("pads has " + given.length + " values for " + axes.length + " axes");
    }
    long[] out = new long[2 * rank];
    for (int i = 0; i < axes.length; i++) {
      int axis = Dims.axis(axes[i], rank);
      out[axis] = given[i];
      out[axis + rank] = given[i + axes.length];
    }
    return out;
  }

  static Value padded(Site s, Value x, long[] pads, String mode, float value) {
    Layer image = image(x.rank(), pads, mode, value);
    if (image != null && s.lowering().dropped(x.dims()) == 1) {
      return s.like(x, s.layer(image, s.samples(x).node()));
    }
    Value v = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      long before = pads[axis];
      long after = pads[axis + x.rank()];
      if (before != 0 || after != 0) {
        v = along(s, v, axis, before, after, mode, value);
      }
    }
    return v;
  }

  /**
   * Returns the layer that pads the last two axes of images; null if other axes are padded, too.
   */
  private static @Nullable Layer image(int rank, long[] pads, String mode, float value) {
    boolean only = rank == 4 && pads[0] == 0 && pads[1] == 0 && pads[4] == 0 && pads[5] == 0;
    if (!only || Arrays.stream(pads).anyMatch(p -> p < 0 || p > 1 << 20)) {
      return null;
    }
    int left = (int) pads[3];
    int right = (int) pads[7];
    int top = (int) pads[2];
    int bottom = (int) pads[6];
    return switch (mode) {
      case "constant" -> value == 0 ? new ZeroPad2d(left, right, top, bottom) : null;
      case "reflect" -> new ReflectionPad2d(left, right, top, bottom);
      case "edge" -> new ReplicationPad2d(left, right, top, bottom);
      case "wrap" -> new CircularPad2d(left, right, top, bottom);
      default -> null;
    };
  }

  private static Value along(
      Site s, Value x, int axis, long before, long after, String mode, float value) {
    long size = x.dims()[axis];
    long to = Math.addExact(size, Math.addExact(before, after));
    long[] dims = Dims.with(x.dims(), axis, to);
    s.lowering().canonical(dims);
    if (mode.equals("constant")) {
      return filled(s, x, axis, before, after, value);
    }
    ShapeRules.places(to);
    Site.Form in = s.form(x, axis);
    long[] at = LongStream.range(-before, size + after).map(i -> from(i, size, mode)).toArray();
    return s.made(ShapeRules.gathered(s, in.node(), in.axis(axis), at), dims);
  }

  private static long from(long i, long size, String mode) {
    return switch (mode) {
      case "edge" -> Math.min(Math.max(i, 0), size - 1);
      case "wrap" -> Math.floorMod(i, size);
      case "reflect" -> {
        if (size == 1) {
          yield 0;
        }
        long period = 2 * (size - 1);
        long at = Math.floorMod(i, period);
        yield at < size ? at : period - at;
      }
      default -> throw new Refusal("mode " + mode + " is not supported");
    };
  }

  /**
   * Returns a value padded with a constant before and after an axis; negative padding crops the
   * axis.
   */
  static Value filled(Site s, Value x, int axis, long before, long after, float value) {
    long size = x.dims()[axis];
    long start = Math.max(0, -before);
    long count = size - start - Math.max(0, -after);
    Value kept = ShapeRules.cut(s, x, List.of(new Slices.Cut(axis, start, count, 1)));
    List<String> sides = new ArrayList<>();
    long[] dims = Dims.with(x.dims(), axis, count + Math.max(0, before) + Math.max(0, after));
    Site.Form in = axis == 0 ? s.full(kept) : s.form(kept);
    int at = in.axis(axis);
    if (before > 0) {
      sides.add(constant(s, in.shape(), at, before, value));
    }
    sides.add(in.node());
    if (after > 0) {
      sides.add(constant(s, in.shape(), at, after, value));
    }
    return s.made(ShapeRules.side(s, sides, at), dims);
  }

  private static String constant(Site s, Shape of, int axis, long size, float value) {
    long[] dims = Dims.with(of.toArray(), axis, size);
    long n = Dims.elements(dims);
    if (n > 1 << 24) {
      throw new Refusal("padding of " + n + " elements is too large");
    }
    float[] values = new float[(int) n];
    Arrays.fill(values, value);
    return s.constant(Shape.of(dims), values);
  }
}
