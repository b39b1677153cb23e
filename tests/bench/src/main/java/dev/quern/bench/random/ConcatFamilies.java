package dev.quern.bench.random;

import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.network.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Layers that read what several others put out. */
final class ConcatFamilies {
  private ConcatFamilies() {}

  /** As GoogLeNet: 1x1, 3x3, 5x5 and a pool side by side. */
  static Network branches(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(draw.between(28, 64)));
    s.block(Sketch.conv(draw.of(16, 32, 48), 3, draw.of(1, 2)), new Relu());
    int unit = draw.of(8, 12, 16);
    for (int i = draw.between(2, 4); i > 0; i--) {
      String from = s.last();
      List<String> ends = new ArrayList<>();
      ends.add(s.block(Sketch.conv(2 * unit, 1, 1), new Relu(), from));
      s.block(Sketch.conv(2 * unit, 1, 1), new Relu(), from);
      ends.add(s.block(Sketch.conv(4 * unit, 3, 1), new Relu()));
      s.block(Sketch.conv(unit, 1, 1), new Relu(), from);
      ends.add(s.block(Sketch.conv(2 * unit, 5, 1), new Relu()));
      if (draw.chance(0.7)) {
        s.add(new MaxPool2d(3).stride(1).padding(1), from);
        ends.add(s.block(Sketch.conv(unit, 1, 1), new Relu()));
      }
      s.add(new Concat(), ends.toArray(String[]::new));
      if (draw.chance(0.5)) {
        s.pool();
        unit = draw.of(unit, 2 * unit);
      }
    }
    return s.classifier();
  }

  /** As DenseNet: a layer reads all before it in its block. */
  static Network dense(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Family.rgb(draw.between(28, 48)));
    int growth = draw.of(8, 12, 16, 24, 32);
    boolean narrow = draw.chance(0.5);
    s.add(Sketch.conv(2 * growth, 3, 1));
    int stages = draw.between(2, 3);
    for (int stage = 0; stage < stages; stage++) {
      if (stage > 0) {
        early(s, new Conv2d(s.channels() / 2, 1).bias(false));
        s.add(new AvgPool2d(2));
      }
      for (int i = draw.between(2, 5); i > 0; i--) {
        String before = s.last();
        if (narrow) {
          early(s, new Conv2d(4 * growth, 1).bias(false));
        }
        early(s, Sketch.conv(growth, 3, 1));
        s.add(new Concat(), before, s.last());
      }
    }
    s.add(new BatchNorm2d());
    s.add(new Relu());
    return s.classifier();
  }

  /** As U-Net: down, and up again beside what came down; a map is its output. */
  static Network unet(String name, Draw draw) {
    int depth = draw.between(2, 3);
    int side = (1 << depth) * draw.between(6, 14);
    Sketch s = new Sketch(name, draw, Family.rgb(side));
    int width = draw.of(8, 12, 16, 24, 32);
    int way = draw.of(0, 0, 1, 2);
    Deque<String> down = new ArrayDeque<>();
    for (int i = 0; i < depth; i++, width *= 2) {
      twice(s, width);
      down.push(s.last());
      s.add(new MaxPool2d(2));
    }
    twice(s, width);
    while (!down.isEmpty()) {
      width /= 2;
      switch (way) {
        case 0 -> s.add(new ConvTranspose2d(width, 2).stride(2));
        case 1 -> s.add(new UpsampleNearest2d(2));
        default -> s.add(new UpsampleBilinear2d(2));
      }
      s.add(new Concat(), s.last(), down.pop());
      twice(s, width);
    }
    s.add(new Conv2d(draw.of(1, 2, 5, 21), 1));
    return s.network().withTask(Task.image());
  }

  private static void twice(Sketch s, int width) {
    s.block(Sketch.conv(width, 3, 1), new Relu());
    s.block(Sketch.conv(width, 3, 1), new Relu());
  }

  /** Normalization and activation ahead of the convolution. */
  private static void early(Sketch s, Conv2d conv) {
    s.add(new BatchNorm2d());
    s.add(new Relu());
    s.add(conv);
  }
}
