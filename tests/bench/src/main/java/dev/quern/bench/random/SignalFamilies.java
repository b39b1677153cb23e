package dev.quern.bench.random;

import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;

/** Sound and other signals, as images of one channel or along one axis. */
final class SignalFamilies {
  private SignalFamilies() {}

  /** Spectrograms, with kernels that are tall or wide. */
  static Network oblong(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Shape.of(1, draw.of(40, 64, 80, 128), draw.between(50, 160)));
    int width = draw.of(8, 16, 24, 32);
    for (int i = draw.between(3, 5); i > 0; i--) {
      int[] kernel =
          draw.one(
              new int[] {11, 3},
              new int[] {7, 5},
              new int[] {5, 1},
              new int[] {1, 5},
              new int[] {3, 9});
      s.block(Sketch.oblong(width, kernel[0], kernel[1]), new Relu());
      if (s.side() >= 8) {
        s.add(
            new MaxPool2d(
                draw.one(new Size(2, 2), new Size(2, 2), new Size(2, 1), new Size(1, 2))));
      }
      width = Math.min(128, draw.of(width, 2 * width));
    }
    return s.classifier();
  }

  /** Convolutions along one axis. */
  static Network signal(String name, Draw draw) {
    Sketch s = new Sketch(name, draw, Shape.of(draw.of(1, 2, 6, 12), draw.between(256, 2048)));
    int width = draw.of(16, 32, 64);
    for (int i = draw.between(3, 5); i > 0; i--) {
      int kernel = draw.of(3, 5, 7, 15);
      int dilation = draw.of(1, 1, 1, 2);
      s.add(new Conv1d(width, kernel).padding(dilation * (kernel / 2)).dilation(dilation));
      s.add(new BatchNorm1d());
      s.add(new Relu());
      s.add(new MaxPool1d(draw.of(2, 2, 4)));
      width = Math.min(256, draw.of(width, 2 * width));
    }
    s.add(new AdaptiveAvgPool1d(1));
    return s.logits();
  }
}
