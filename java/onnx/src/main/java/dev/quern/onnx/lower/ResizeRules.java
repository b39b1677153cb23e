package dev.quern.onnx.lower;

import dev.quern.layer.math.Add;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.onnx.fold.GridSampleFolds;
import dev.quern.onnx.fold.Interpolation;
import dev.quern.onnx.fold.Resizing;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rules for Resize, Upsample and GridSample. Common cases of the first two become upsampling
 * layers; other cases are computed axis by axis: nearest by indices, linear and cubic by a constant
 * matrix.
 */
final class ResizeRules {
  private static final int GRID_RANK = 4;

  private ResizeRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Resize", ResizeRules::resize);
    rules.put("Upsample", ResizeRules::upsample);
    rules.put("GridSample", ResizeRules::gridSample);
  }

  private static void upsample(Site s) {
    float[] scales =
        s.operand(1) == null ? s.attributes().reals("scales") : s.constant(1, "scales").floats();
    if (scales == null) {
      throw new Refusal("attribute scales is missing");
    }
    String mode = s.attributes().text("mode", "nearest");
    Interpolation how = Interpolation.upsample(mode);
    List<Resizing> axes = Resizing.byScales(s.dims(0), scales, how);
    axes.forEach(r -> ShapeRules.places(r.to()));
    s.out(0, resized(s, s.value(0), axes));
  }

  private static void resize(Site s) {
    Value x = s.value(0);
    Value like = like(s, x);
    s.out(0, like != null ? like : resized(s, x, axes(s, x)));
  }

  /**
   * Returns a value resized to the dynamic height and width of another value; null if the node does
   * not do this.
   */
  private static @Nullable Value like(Site s, Value x) {
    Origins origins = s.lowering().origins();
    boolean stretches =
        s.attributes().text("keep_aspect_ratio_policy", "stretch").equals("stretch");
    if (origins == null || x.rank() != 4 || !stretches || !s.node.hasInput(3)) {
      return null;
    }
    List<Resizing> axes = axes(s, x);
    Value other = null;
    for (int i = 0; i < axes.size(); i++) {
      Origins.Side side = origins.side(s.node.inputs().get(3), i);
      Resizing r = axes.get(i);
      boolean fits =
          side != null ? side.axis() == r.axis() && r.axis() > 1 : r.axis() > 1 || r.isStill();
      if (!fits || side != null && other != null && !side.of().node().equals(other.node())) {
        return null;
      }
      other = side == null ? other : side.of();
    }
    if (other == null || other.rank() != 4 || !followed(axes, other)) {
      return null;
    }
    String image = s.samples(x).node();
    String size = s.samples(other).node();
    long[] dims = x.dims().clone();
    axes.forEach(r -> dims[r.axis()] = r.to());
    return s.made(s.layer(new ResizeLike(axes.get(0).like()), image, size), dims);
  }

  /** Returns whether the resized height and width are equal to those of another value. */
  private static boolean followed(List<Resizing> axes, Value other) {
    return IntStream.of(2, 3)
        .allMatch(
            axis -> axes.stream().anyMatch(r -> r.axis() == axis && r.to() == other.dims()[axis]));
  }

  private static Value resized(Site s, Value x, List<Resizing> axes) {
    Value usual = usual(s, x, axes);
    if (usual != null) {
      return usual;
    }
    Value v = x;
    for (Resizing r : axes) {
      if (r.isStill() && (!r.isNearest() || ShapeRules.areInOrder(r.nearest(), r.from()))) {
        continue;
      }
      long[] dims = Dims.with(v.dims(), r.axis(), r.to());
      s.lowering().canonical(dims);
      Site.Form in = s.form(v, r.axis());
      int at = in.axis(r.axis());
      if (r.isNearest()) {
        v = s.made(ShapeRules.gathered(s, in.node(), at, r.nearest()), dims);
      } else {
        v = s.made(weighted(s, in, at, r), dims);
      }
    }
    return v;
  }

  /**
   * Returns the result of an upsampling layer with integer factors; null if no such layer computes
   * the interpolation.
   */
  private static @Nullable Value usual(Site s, Value x, List<Resizing> axes) {
    if (x.rank() != 4 || s.lowering().dropped(x.dims()) == 0) {
      return null;
    }
    int[] factor = {1, 1};
    for (Resizing r : axes) {
      if (r.isStill()) {
        continue;
      }
      if (r.axis() < 2 || r.to() % r.from() != 0) {
        return null;
      }
      factor[r.axis() - 2] = Math.toIntExact(r.to() / r.from());
    }
    Size by = new Size(factor[0], factor[1]);
    boolean nearest = axes.stream().allMatch(r -> r.isStill() || r.repeats());
    if (nearest) {
      return s.like(x, s.layer(new UpsampleNearest2d(by), s.samples(x).node()));
    }
    for (boolean corners : new boolean[] {false, true}) {
      if (axes.stream().allMatch(r -> r.isStill() || r.isLinear(corners))) {
        return s.like(x, s.layer(new UpsampleBilinear2d(by, corners), s.samples(x).node()));
      }
    }
    return null;
  }

  /** Resizes one axis by a product with a constant matrix. */
  private static String weighted(Site s, Site.Form in, int axis, Resizing r) {
    s.lowering().work().add(r.from() * r.to());
    int rank = in.shape().rank();
    List<Integer> last = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    last.remove(Integer.valueOf(axis));
    last.add(axis);
    String turned = ShapeRules.permuted(s, in.node(), last);
    Shape shape = s.parts.shapes.get(turned);
    String rows = s.parts.reshape(turned, Shape.of(shape.elements() / r.from(), r.from()));
    String matrix = s.constant(Shape.of(r.from(), r.to()), r.matrix());
    String product = s.layer(new Matmul(), rows, matrix);
    float[] filled = r.filled();
    if (filled.length > 0) {
      product = s.layer(new Add(), product, s.constant(Shape.of(1, r.to()), filled));
    }
    long[] dims = Dims.with(shape.toArray(), rank - 1, r.to());
    String made = s.parts.reshape(product, Shape.of(dims));
    List<Integer> back = new ArrayList<>(IntStream.range(0, rank - 1).boxed().toList());
    back.add(axis, rank - 1);
    return ShapeRules.permuted(s, made, back);
  }

  private static List<Resizing> axes(Site s, Value x) {
    List<@Nullable Const> in =
        s.opset < 11
            ? Arrays.asList(null, s.constant(1, "the scales"))
            : Arrays.asList(
                null,
                s.optional(1, "the roi"),
                s.optional(2, "the scales"),
                s.optional(3, "the sizes"));
    List<Resizing> all = Resizing.of(s.node, s.opset, in, x.dims());
    all.forEach(r -> ShapeRules.places(r.to()));
    return all;
  }

  private static void gridSample(Site s) {
    GridSample layer = GridSampleFolds.layer(s.attributes());
    Value image = imageOrGrid(s, 0);
    Value grid = imageOrGrid(s, 1);
    if (image.rank() != GRID_RANK || grid.rank() != GRID_RANK) {
      throw new Refusal("its image or grid does not have four axes");
    }
    String x = s.samples(image).node();
    String points = s.samples(grid).node();
    s.out(0, s.like(image, s.layer(layer, x, points)));
  }

  private static Value imageOrGrid(Site s, int i) {
    return s.operand(i) instanceof Const c && c.rank() == GRID_RANK
        ? s.each(c, GRID_RANK)
        : s.value(i);
  }
}
