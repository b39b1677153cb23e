package dev.quern;

import dev.quern.data.Dataset;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Random;

/**
 * A small data set that can be learned: each class is a bright quarter of a noisy 1x12x12 image.
 */
public final class Synthetic {
  private Synthetic() {}

  public static Dataset quarters(int images, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[images * 144];
    int[] labels = new int[images];
    for (int i = 0; i < images; i++) {
      labels[i] = random.nextInt(4);
      for (int p = 0; p < 144; p++) {
        boolean bright = p / 12 / 6 * 2 + p % 12 / 6 == labels[i];
        pixels[i * 144 + p] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
      }
    }
    return Dataset.of(
        "quarters", Shape.of(1, 12, 12), List.of("nw", "ne", "sw", "se"), pixels, labels);
  }
}
