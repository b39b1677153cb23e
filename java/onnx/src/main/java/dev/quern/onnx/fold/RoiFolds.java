package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** RoiAlign (He et al., Mask R-CNN, 2017): features of boxes, sampled bilinearly. */
final class RoiFolds {
  /** The maximum number of samples, since a file may ask for any number per bin. */
  private static final long MOST_SAMPLES = 1L << 33;

  private RoiFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("RoiAlign", (n, v, in) -> List.of(align(n, v, in)));
  }

  /** The attributes of a node. */
  private record Options(
      int height, int width, int samples, float scale, float offset, boolean max) {}

  /** The two pixels around a point along one axis, and the weight of the second one. */
  private record Point(int low, int high, float part, boolean outside) {
    static Point at(float v, int size) {
      if (v < -1 || v > size || Float.isNaN(v)) {
        return new Point(0, 0, 0, true);
      }
      float inside = Math.max(v, 0);
      int low = Math.min((int) inside, size - 1);
      return new Point(low, Math.min(low + 1, size - 1), low == size - 1 ? 0 : inside - low, false);
    }
  }

  private static Options options(Node node, long opset) {
    String mode = node.attributes().text("mode", "avg");
    boolean half =
        node.attributes()
            .text("coordinate_transformation_mode", opset < 16 ? "output_half_pixel" : "half_pixel")
            .equals("half_pixel");
    long height = node.attributes().number("output_height", 1);
    long width = node.attributes().number("output_width", 1);
    long samples = node.attributes().number("sampling_ratio", 0);
    if (!mode.equals("avg") && !mode.equals("max")) {
      throw new Refusal("attribute mode must be \"avg\" or \"max\"");
    }
    if (height < 1 || width < 1 || samples < 0) {
      throw new Refusal("output_height, output_width and sampling_ratio must be positive");
    }
    return new Options(
        Fold.size(height),
        Fold.size(width),
        Fold.size(samples),
        node.attributes().real("spatial_scale", 1),
        half ? 0.5f : 0,
        mode.equals("max"));
  }

  private static Const align(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const rois = Fold.given(node, in, 1);
    Const images = Fold.given(node, in, 2);
    if (x.rank() != 4 || rois.rank() != 2 || rois.dims()[1] != 4) {
      throw new Refusal(
          "features " + x + " and boxes " + rois + " are not [N, C, H, W] and" + " [boxes, 4]");
    }
    int n = (int) rois.dims()[0];
    if (images.elements() != n) {
      throw new Refusal("batch indices " + images + " do not match boxes " + rois);
    }
    long[] of = Indices.within(images.longs(), x.dims()[0]);
    Options o = options(node, opset);
    long[] to = {n, x.dims()[1], o.height, o.width};
    float[] out = new float[Fold.size(to)];
    if (out.length > 0 && x.elements() == 0) {
      throw new Refusal("features " + x + " are empty");
    }
    float[] features = x.floats();
    float[] boxes = rois.floats();
    int each = n == 0 ? 0 : out.length / n;
    IntStream.range(0, n)
        .parallel()
        .forEach(i -> new Box(x.dims(), of[i], boxes, i, o, n).fill(features, out, i * each));
    return Const.of(to, out);
  }

  /** The sampling points of one box. */
  private static final class Box {
    private final Options options;
    private final int channels;
    private final int height;
    private final int width;
    private final int first;
    private final Point[] rows;
    private final Point[] columns;

    Box(long[] dims, long image, float[] boxes, int i, Options o, int all) {
      options = o;
      channels = (int) dims[1];
      height = (int) dims[2];
      width = (int) dims[3];
      first = (int) (image * channels * height * width);
      float left = boxes[4 * i] * o.scale - o.offset;
      float top = boxes[4 * i + 1] * o.scale - o.offset;
      float wide = boxes[4 * i + 2] * o.scale - o.offset - left;
      float high = boxes[4 * i + 3] * o.scale - o.offset - top;
      if (o.offset == 0) {
        wide = Math.max(wide, 1);
        high = Math.max(high, 1);
      }
      int down = samples(high / o.height);
      int across = samples(wide / o.width);
      long count = (long) down * o.height * across * o.width;
      if (count > MOST_SAMPLES / Math.max(1, (long) all * channels)) {
        throw new Refusal("RoiAlign takes more than " + MOST_SAMPLES + " samples");
      }
      rows = points(top, high / o.height, o.height, down, height);
      columns = points(left, wide / o.width, o.width, across, width);
    }

    private int samples(float bin) {
      return options.samples > 0 ? options.samples : Fold.size((long) Math.max(0, Math.ceil(bin)));
    }

    private static Point[] points(float from, float bin, int bins, int each, int size) {
      Point[] all = new Point[Fold.size(bins, each)];
      for (int i = 0; i < all.length; i++) {
        all[i] = Point.at(from + i / each * bin + (i % each + 0.5f) * bin / each, size);
      }
      return all;
    }

    void fill(float[] features, float[] out, int to) {
      int down = rows.length / options.height;
      int across = columns.length / options.width;
      int at = to;
      for (int c = 0; c < channels; c++) {
        int plane = first + c * height * width;
        for (int y = 0; y < options.height; y++) {
          for (int x = 0; x < options.width; x++) {
            out[at++] = bin(features, plane, y * down, down, x * across, across);
          }
        }
      }
    }

    private float bin(float[] f, int plane, int top, int down, int left, int across) {
      int count = down * across;
      if (count == 0) {
        return 0;
      }
      float out = options.max ? Float.NEGATIVE_INFINITY : 0;
      for (int y = top; y < top + down; y++) {
        int low = plane + rows[y].low * width;
        int high = plane + rows[y].high * width;
        if (options.max) {
          out = Math.max(out, rows[y].outside ? 0 : most(f, low, high, rows[y], left, across));
        } else if (!rows[y].outside) {
          float part = rows[y].part;
          out += sum(f, low, left, across) * (1 - part) + sum(f, high, left, across) * part;
        }
      }
      return options.max ? out : out / count;
    }

    /** Returns the sum of the interpolated points of one row of pixels. */
    private float sum(float[] f, int row, int left, int across) {
      float sum = 0;
      for (int x = left; x < left + across; x++) {
        Point c = columns[x];
        if (!c.outside) {
          sum += f[row + c.low] * (1 - c.part) + f[row + c.high] * c.part;
        }
      }
      return sum;
    }

    /** As ONNX Runtime: the largest of the weighted pixels, not of their sum. */
    private float most(float[] f, int low, int high, Point r, int left, int across) {
      float most = Float.NEGATIVE_INFINITY;
      for (int x = left; x < left + across; x++) {
        Point c = columns[x];
        if (c.outside) {
          most = Math.max(most, 0);
          continue;
        }
        float a = f[low + c.low] * (1 - r.part) * (1 - c.part);
        float b = f[low + c.high] * (1 - r.part) * c.part;
        float d = f[high + c.low] * r.part * (1 - c.part);
        float e = f[high + c.high] * r.part * c.part;
        most = Math.max(most, Math.max(Math.max(a, b), Math.max(d, e)));
      }
      return most;
    }
  }
}
