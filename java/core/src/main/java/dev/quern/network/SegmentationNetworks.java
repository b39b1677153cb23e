package dev.quern.network;

import dev.quern.layer.Conv2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.tensor.Shape;

/** The built-in networks for semantic segmentation. */
final class SegmentationNetworks {
  /** Numbers of channels at full, half, quarter and eighth resolution. */
  private static final int[] WIDTHS = {16, 32, 64, 128};

  private SegmentationNetworks() {}

  /**
   * Returns a U-Net: an encoder with max pooling and a decoder with bilinear upsampling. Each
   * decoder level also reads the encoder's output at the same resolution.
   */
  static Network unet(Shape input, int classes) {
    Blocks b = new Blocks("unet", input);
    for (int level = 1; level <= WIDTHS.length; level++) {
      if (level > 1) {
        b.net.add("pool" + level, new MaxPool2d(2));
      }
      twice(b, "down" + level, WIDTHS[level - 1]);
    }
    String last = "down" + WIDTHS.length + ".2.relu";
    for (int level = WIDTHS.length - 1; level > 0; level--) {
      String beside = "down" + level + ".2.relu";
      b.net.add("resize" + level, new ResizeLike(), last, beside); // also for odd sizes
      b.net.add("both" + level, new Concat(), "resize" + level, beside);
      twice(b, "up" + level, WIDTHS[level - 1]);
      last = "up" + level + ".2.relu";
    }
    return b.net.add("classes", new Conv2d(classes, 1)).task(Task.pixelClasses()).build();
  }

  private static void twice(Blocks b, String name, int width) {
    b.convNorm(name + ".1", width, 3, 1).relu(name + ".1");
    b.convNorm(name + ".2", width, 3, 1).relu(name + ".2");
  }
}
