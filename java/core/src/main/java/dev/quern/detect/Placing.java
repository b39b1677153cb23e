package dev.quern.detect;

import dev.quern.data.Placement;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts kept candidates from pixels of the network's input to pixels of the image. */
final class Placing {
  private Placing() {}

  /** Returns the detections in pixels of the input, with their masks. */
  static List<Detection> inInput(Nms.Kept kept, Rows rows, Size input) {
    Raw prototypes = rows.prototypes();
    if (prototypes == null) {
      return kept.detections();
    }
    Placement whole = new Placement(whole(input.height()), whole(input.width()));
    MaskSampler sampler = new MaskSampler(rows, prototypes, whole);
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < kept.detections().size(); i++) {
      Detection d = kept.detections().get(i);
      all.add(d.mask(sampler.mask(kept.rows()[i], d.box())));
    }
    return List.copyOf(all);
  }

  private static Placement.Axis whole(int side) {
    return new Placement.Axis(side, side, 0, side);
  }

  /**
   * Converts boxes to pixels of the original image and clips them at its border. Boxes outside the
   * image are dropped. Key points are converted, too, and are not clipped.
   */
  static List<Detection> inImage(Nms.Kept kept, Rows rows, Placement placed) {
    Raw prototypes = rows.prototypes();
    MaskSampler sampler = prototypes == null ? null : new MaskSampler(rows, prototypes, placed);
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < kept.detections().size(); i++) {
      Detection d = kept.detections().get(i);
      Box inside = inImage(d.box(), placed);
      if (inside.area() > 0) {
        all.add(
            d.box(inside)
                .keyPoints(inImage(d.keyPoints(), placed))
                .mask(mask(sampler, kept.rows()[i], d.box())));
      }
    }
    return List.copyOf(all);
  }

  private static @Nullable Mask mask(@Nullable MaskSampler sampler, int row, Box box) {
    return sampler == null ? null : sampler.mask(row, box);
  }

  private static Box inImage(Box box, Placement placed) {
    double left = placed.across().toImage(box.left());
    double top = placed.down().toImage(box.top());
    double right = placed.across().toImage(box.right());
    double bottom = placed.down().toImage(box.bottom());
    int width = placed.across().from();
    int height = placed.down().from();
    return new Box(
        limited(left, width), limited(top, height), limited(right, width), limited(bottom, height));
  }

  private static List<KeyPoint> inImage(List<KeyPoint> points, Placement placed) {
    List<KeyPoint> all = new ArrayList<>();
    for (KeyPoint p : points) {
      all.add(
          new KeyPoint(placed.across().toImage(p.x()), placed.down().toImage(p.y()), p.score()));
    }
    return all;
  }

  private static double limited(double at, double side) {
    return Math.max(0, Math.min(at, side));
  }
}
