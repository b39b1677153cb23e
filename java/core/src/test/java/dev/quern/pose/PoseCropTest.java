package dev.quern.pose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoseCropTest {
  private static final Size INPUT = new Size(256, 192);

  private final Random random = new Random(7);

  private Image noise(int channels, int height, int width) {
    byte[] pixels = new byte[channels * height * width];
    random.nextBytes(pixels);
    return Image.of(Shape.of(channels, height, width), pixels);
  }

  private static void isRegion(
      PoseCrop crop, double left, double top, double right, double bottom) {
    assertThat(crop.region().left()).isCloseTo(left, within(1e-9));
    assertThat(crop.region().top()).isCloseTo(top, within(1e-9));
    assertThat(crop.region().right()).isCloseTo(right, within(1e-9));
    assertThat(crop.region().bottom()).isCloseTo(bottom, within(1e-9));
  }

  @Test
  void regionHasTheAspectRatioAndThePadding() {
    // already 3 to 4, center (60, 80)
    isRegion(PoseCrop.of(new Box(45, 60, 75, 100), INPUT, 1, false), 45, 60, 75, 100);
    isRegion(PoseCrop.of(new Box(45, 60, 75, 100), INPUT, 1.25, true), 41.25, 55, 78.75, 105);
    // wider: the height follows
    isRegion(PoseCrop.of(new Box(30, 79, 90, 81), INPUT, 1, false), 30, 40, 90, 120);
    // higher: the width follows
    isRegion(PoseCrop.of(new Box(59, 40, 61, 120), INPUT, 1, false), 30, 40, 90, 120);
    isRegion(PoseCrop.of(new Box(59, 40, 61, 120), INPUT, 2, false), 0, 0, 120, 160);
  }

  /** Columns are named by their pixels, as in mmpose's and SimpleBaseline's affine transform. */
  @Test
  void wholePixelsAreCopied() {
    Image image = noise(3, 40, 50);
    Image crop = new PoseCrop(new Box(10, 5, 18, 15), new Size(10, 8), false).crop(image);
    Image half = new PoseCrop(new Box(10, 5, 26, 25), new Size(10, 8), false).crop(image);
    Image aligned = new PoseCrop(new Box(10, 5, 17, 14), new Size(10, 8), true).crop(image);
    assertThat(crop.shape()).isEqualTo(Shape.of(3, 10, 8));
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 10; y++) {
        for (int x = 0; x < 8; x++) {
          assertThat(crop.get(c, y, x)).isEqualTo(image.get(c, y + 5, x + 10));
          assertThat(half.get(c, y, x)).isEqualTo(image.get(c, 2 * y + 5, 2 * x + 10));
        }
      }
    }
    assertThat(aligned).isEqualTo(crop);
  }

  /** The crop of any region against the sum over all pixels of the image. */
  @Test
  void pixelsAreInterpolatedBilinearly() {
    for (int i = 0; i < 60; i++) {
      Image image = noise(i % 2 == 0 ? 3 : 1, 1 + random.nextInt(12), 1 + random.nextInt(12));
      double left = 30 * random.nextDouble() - 15;
      double top = 30 * random.nextDouble() - 15;
      Box region =
          new Box(
              left,
              top,
              left + 25 * random.nextDouble() + 0.01,
              top + 20 * random.nextDouble() + 1);
      boolean aligned = i % 3 == 0;
      Size size = new Size(2 + random.nextInt(9), 2 + random.nextInt(9));
      Image crop = new PoseCrop(region, size, aligned).crop(image);
      assertThat(crop.shape()).isEqualTo(Shape.of(image.channels(), size.height(), size.width()));
      int less = aligned ? 1 : 0;
      for (int c = 0; c < image.channels(); c++) {
        for (int y = 0; y < size.height(); y++) {
          for (int x = 0; x < size.width(); x++) {
            double atX = left + x * region.width() / (size.width() - less);
            double atY = top + y * region.height() / (size.height() - less);
            assertThat(crop.get(c, y, x))
                .isCloseTo((int) Math.round(slow(image, c, atX, atY)), within(1));
            assertThat((double) crop.get(c, y, x))
                .isCloseTo(slow(image, c, atX, atY), within(0.5 + 1e-9));
          }
        }
      }
    }
  }

  private static double slow(Image image, int c, double x, double y) {
    double sum = 0;
    for (int row = 0; row < image.height(); row++) {
      for (int column = 0; column < image.width(); column++) {
        sum +=
            image.get(c, row, column)
                * Math.max(0, 1 - Math.abs(column - x))
                * Math.max(0, 1 - Math.abs(row - y));
      }
    }
    return sum;
  }

  @Test
  void outsideTheImageIsBlack() {
    byte[] white = new byte[9];
    Arrays.fill(white, (byte) 255);
    Image image = Image.of(Shape.of(1, 3, 3), white);
    Box far = new Box(1e30, -1e30, 2e30, 1e30);
    assertThat(new PoseCrop(far, Size.of(4), false).crop(image).pixels()).containsOnly(0);
    Image all = new PoseCrop(new Box(-3, -3, 6, 6), Size.of(9), false).crop(image);
    for (int i = 0; i < 81; i++) {
      boolean inside = i / 9 >= 3 && i / 9 < 6 && i % 9 >= 3 && i % 9 < 6;
      assertThat(all.get(0, i / 9, i % 9)).isEqualTo(inside ? 255 : 0);
    }
  }

  /** A bright pixel of the image is where toImage says that the crop's pixel is. */
  @Test
  void keyPointsGoBackToTheImage() {
    for (boolean aligned : new boolean[] {false, true}) {
      PoseCrop crop = PoseCrop.of(new Box(-7, 3, 50, 60), new Size(20, 30), 1.25, aligned);
      int less = aligned ? 1 : 0;
      for (int i = 0; i < 20; i++) {
        double x = 40 * random.nextDouble() - 5;
        double y = 30 * random.nextDouble() - 5;
        KeyPoint at = crop.toImage(new KeyPoint(x, y, 0.25));
        assertThat((at.x() - crop.region().left()) / crop.region().width())
            .isCloseTo(x / (30 - less), within(1e-12));
        assertThat((at.y() - crop.region().top()) / crop.region().height())
            .isCloseTo(y / (20 - less), within(1e-12));
        assertThat(at.score()).isEqualTo(0.25);
      }
    }
    byte[] pixels = new byte[100 * 100];
    pixels[61 * 100 + 43] = (byte) 200;
    Image image = Image.of(Shape.of(1, 100, 100), pixels);
    PoseCrop crop = new PoseCrop(new Box(40, 40, 100, 100), Size.of(20), false);
    assertThat(crop.crop(image).get(0, 7, 1)).isEqualTo(200);
    assertThat(crop.toImage(new KeyPoint(1, 7, 1))).isEqualTo(new KeyPoint(43, 61, 1));
  }

  @Test
  void refusals() {
    for (Box empty : new Box[] {new Box(3, 3, 3, 9), new Box(3, 3, 9, 3)}) {
      assertThatThrownBy(() -> PoseCrop.of(empty, INPUT, 1.25, false))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("pose crop: box " + empty + " must have a width and a height");
      assertThatThrownBy(() -> new PoseCrop(empty, INPUT, false))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("pose crop: region " + empty);
    }
    Box box = new Box(0, 0, 9, 9);
    for (double padding : new double[] {0.99, 10.1, Double.NaN, -1}) {
      assertThatThrownBy(() -> PoseCrop.of(box, INPUT, padding, false))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("pose crop: padding " + padding + " is outside [1, 10.0]");
    }
    for (Size size : new Size[] {new Size(0, 9), new Size(9, 0), new Size(4097, 9)}) {
      assertThatThrownBy(() -> PoseCrop.of(box, size, 1, false))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("pose crop: size " + size + " must have sides from 1 to 4096");
    }
    assertThat(new PoseCrop(box, new Size(1, 9), false).size()).isEqualTo(new Size(1, 9));
    assertThatThrownBy(() -> new PoseCrop(box, new Size(1, 9), true))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must have sides from 2 to 4096");
    Box large = new Box(-3e38, -3e38, 3e38, 3e38);
    assertThatThrownBy(() -> PoseCrop.of(large, INPUT, 1.25, false))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must be finite floats");
  }
}
