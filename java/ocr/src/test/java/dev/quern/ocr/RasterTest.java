package dev.quern.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class RasterTest {
  private static final int SIZE = 120;

  /** A gray image with a value for each position, rotated clockwise around its middle. */
  private static Raster drawn(double degrees) {
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    byte[] pixels = new byte[SIZE * SIZE];
    for (int i = 0; i < pixels.length; i++) {
      double dx = i % SIZE + 0.5 - SIZE / 2.0;
      double dy = i / SIZE + 0.5 - SIZE / 2.0;
      pixels[i] = (byte) Math.round(128 + (dx * cos + dy * sin) + 2 * (dy * cos - dx * sin));
    }
    return Raster.of(Image.of(Shape.of(1, SIZE, SIZE), pixels));
  }

  /** A rectangle of 60 x 20 around the middle. */
  private static Quadrilateral rectangle(double degrees) {
    return new RotatedBox(
            SIZE / 2.0 - 0.5,
            SIZE / 2.0 - 0.5,
            Math.cos(Math.toRadians(degrees)),
            Math.sin(Math.toRadians(degrees)),
            29.5,
            9.5)
        .corners(1, 1);
  }

  @Test
  void rotatedRectangleComesBackUpright() {
    for (double degrees = -55; degrees <= 85; degrees += 10) {
      Raster part = drawn(degrees).part(rectangle(degrees));
      assertThat(part.width()).isEqualTo(60);
      assertThat(part.height()).isEqualTo(20);
      for (int y = 1; y < 19; y++) {
        for (int x = 1; x < 59; x++) {
          double want = 128 + (x + 0.5 - 30) + 2 * (y + 0.5 - 10);
          assertThat((double) (part.pixels()[y * 60 + x] & 0xff))
              .as("%s at %s, %s", degrees, x, y)
              .isCloseTo(want, within(1.5));
        }
      }
    }
  }

  @Test
  void tallPartIsRotatedToTheLeft() {
    byte[] pixels = new byte[40 * 30];
    pixels[5 * 30 + 14] = (byte) 200; // near the top, right of the middle
    Raster part =
        new Raster(1, 40, 30, pixels)
            .part(
                new Quadrilateral(
                    new Point(10, 0), new Point(20, 0), new Point(20, 40), new Point(10, 40)));
    assertThat(part.width()).isEqualTo(40);
    assertThat(part.height()).isEqualTo(10);
    // the top is the left now, and the right is the top
    assertThat(part.pixels()[5 * 40 + 5] & 0xff).isEqualTo(200);
  }

  @Test
  void perspectiveMapsEachCornerToItsCorner() {
    Quadrilateral q =
        new Quadrilateral(new Point(3, 2), new Point(90, 12), new Point(80, 70), new Point(9, 50));
    Perspective map = Perspective.ontoCorners(q);
    for (int i = 0; i < 4; i++) {
      int u = i == 1 || i == 2 ? 1 : 0;
      int v = i / 2;
      assertThat(map.x(u, v)).isCloseTo(q.corners().get(i).x(), within(1e-9));
      assertThat(map.y(u, v)).isCloseTo(q.corners().get(i).y(), within(1e-9));
    }
    // straight lines stay straight: the diagonals cross in the image of the middle
    double t = (map.x(0.5, 0.5) - 3) / (80 - 3);
    assertThat(map.y(0.5, 0.5)).isCloseTo(2 + t * (70 - 2), within(1e-9));
  }

  @Test
  void outsideHasTheColorOfTheEdge() {
    Raster white = new Raster(1, 2, 2, new byte[] {-1, -1, -1, -1});
    Raster part =
        white.part(
            new Quadrilateral(
                new Point(-9, -9), new Point(9, -9), new Point(9, 9), new Point(-9, 9)));
    assertThat(part.pixels()).containsOnly((byte) -1).hasSize(18 * 18);
  }

  @Test
  void flatCornersGiveOnePixel() {
    Point p = new Point(1, 1);
    Raster part = drawn(0).part(new Quadrilateral(p, p, p, p));
    assertThat(part.pixels()).hasSize(1);
  }

  @Test
  void upsideDownTwiceIsTheSame() {
    Raster image = new Raster(3, 1, 2, new byte[] {1, 2, 3, 4, 5, 6});
    assertThat(image.upsideDown().pixels()).containsExactly(2, 1, 4, 3, 6, 5);
  }

  @Test
  void inputHasChannelsInTheOrderBlueGreenRed() {
    Raster image = new Raster(3, 1, 1, new byte[] {(byte) 255, 0, 51});
    float[] to = new float[3 * 2 * 2];
    NetworkInput.SIGNED.write(image, 1, to, 0, 2, 2);
    // the second column is padding
    assertThat(to).containsExactly(-0.6f, 0, -0.6f, 0, -1, 0, -1, 0, 1, 0, 1, 0);
    NetworkInput.IMAGENET.write(image, 2, to, 0, 2, 2);
    assertThat(to[0]).isCloseTo((0.2f - 0.485f) / 0.229f, within(1e-5f));
    assertThat(to[11]).isCloseTo((1 - 0.406f) / 0.225f, within(1e-5f));
  }

  @Test
  void scalingIsBilinearBetweenPixelCenters() {
    Raster image = new Raster(1, 1, 2, new byte[] {0, 100});
    float[] to = new float[3 * 4];
    new NetworkInput(new double[3], new double[] {1, 1, 1}).write(image, 4, to, 0, 1, 4);
    float[] want = {0, 25 / 255f, 75 / 255f, 100 / 255f};
    for (int i = 0; i < 12; i++) {
      assertThat(to[i]).isCloseTo(want[i % 4], within(1e-6f));
    }
  }
}
