package dev.quern.tests;

import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.GroundTruthBox;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Pictures of circles, squares and triangles, one to three of any color on noisy ground. */
record ShapePictures(List<Image> images, List<List<GroundTruthBox>> boxes) {
  static final List<String> CLASSES = List.of("circle", "square", "triangle");
  static final int SIDE = 64;

  static ShapePictures drawn(int count, long seed) {
    ShapePictures all = new ShapePictures(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < count; i++) {
      all.draw(new SplittableRandom(seed * 1_000_003 + i));
    }
    return all;
  }

  private void draw(SplittableRandom random) {
    byte[] pixels = new byte[3 * SIDE * SIDE];
    int ground = random.nextInt(60, 196);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (ground + random.nextInt(-20, 21));
    }
    List<GroundTruthBox> own = new ArrayList<>();
    int wanted = random.nextInt(1, 4);
    for (int tries = 0; own.size() < wanted && tries < 20; tries++) {
      int side = random.nextInt(12, 29);
      int left = random.nextInt(SIDE - side + 1);
      int top = random.nextInt(SIDE - side + 1);
      Box box = new Box(left, top, left + side, top + side);
      if (own.stream().allMatch(t -> t.box().intersection(box) == 0)) {
        int kind = random.nextInt(3);
        fill(pixels, kind, left, top, side, color(random, ground));
        own.add(new GroundTruthBox(box, kind));
      }
    }
    images.add(Image.of(Shape.of(3, SIDE, SIDE), pixels));
    boxes.add(own);
  }

  /** One that is seen upon the ground. */
  private static int[] color(SplittableRandom random, int ground) {
    int[] color = new int[3];
    int most = 0;
    while (most < 80) {
      most = 0;
      for (int c = 0; c < 3; c++) {
        color[c] = random.nextInt(256);
        most = Math.max(most, Math.abs(color[c] - ground));
      }
    }
    return color;
  }

  private static void fill(byte[] pixels, int kind, int left, int top, int side, int[] color) {
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double dx = x + 0.5 - side / 2.0;
        double dy = y + 0.5 - side / 2.0;
        boolean inside =
            switch (kind) {
              case 0 -> dx * dx + dy * dy <= side * side / 4.0;
              case 1 -> true;
              default -> Math.abs(dx) <= (y + 1) / 2.0; // its tip is up
            };
        for (int c = 0; inside && c < 3; c++) {
          pixels[(c * SIDE + top + y) * SIDE + left + x] = (byte) color[c];
        }
      }
    }
  }
}
