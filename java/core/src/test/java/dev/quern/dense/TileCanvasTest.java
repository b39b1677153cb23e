package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileCanvasTest {
  private static final PixelRange BYTES = new PixelRange(0, 255);

  /** Tiles of different values, blended by the sum over all tiles in double precision. */
  @ParameterizedTest
  @CsvSource({
    "10, 23, 1, 8, 10, 4, 4, 1",
    "31, 9, 3, 8, 8, 3, 2, 1",
    "17, 16, 1, 16, 5, 2, 1, 2",
    "20, 21, 3, 7, 9, 3, 0, 3",
    "5, 40, 1, 8, 8, 4, 3, 4"
  })
  void tilesAreBlended(
      int height, int width, int channels, int down, int across, int overlap, int blend, int s) {
    TileAxis rows = new TileAxis(height, down, overlap, blend);
    TileAxis columns = new TileAxis(width, across, overlap, blend);
    TileCanvas canvas = new TileCanvas("test", rows, columns, channels, s, BYTES);
    double[] wanted = new double[channels * height * s * width * s];
    Random random = new Random(5);
    for (int row = 0; row < rows.count(); row++) {
      for (int column = 0; column < columns.count(); column++) {
        float[] values = new float[channels * down * s * across * s];
        for (int i = 0; i < values.length; i++) {
          values[i] = 255 * random.nextFloat();
        }
        canvas.add(row, column, values);
        double[] y = weights(rows, row, s);
        double[] x = weights(columns, column, s);
        for (int i = 0; i < values.length; i++) {
          int inY = i / (across * s) % (down * s);
          int inX = i % (across * s);
          int c = i / (across * s) / (down * s);
          int toY = rows.start(row) * s + inY;
          int toX = columns.start(column) * s + inX;
          if (toY < height * s && toX < width * s) {
            wanted[(c * height * s + toY) * width * s + toX] += y[inY] * x[inX] * values[i];
          }
        }
      }
    }
    Image image = canvas.image();
    byte[] pixels = image.pixels();
    assertThat(image.height()).isEqualTo(height * s);
    assertThat(pixels).hasSameSizeAs(new byte[wanted.length]);
    for (int i = 0; i < pixels.length; i++) {
      assertThat((double) (pixels[i] & 0xff)).as("%s", i).isCloseTo(wanted[i], within(0.501));
    }
  }

  /** A tile's weights at the output's resolution, by the rule in the documentation. */
  private static double[] weights(TileAxis axis, int index, int scale) {
    double[] weights = new double[axis.tile() * scale];
    int margin = (axis.overlap() - axis.blend()) / 2;
    for (int i = 0; i < weights.length; i++) {
      double at = axis.start(index) + (i + 0.5) / scale;
      weights[i] =
          (index == 0 ? 1 : ramp(axis, axis.start(index - 1), margin, at))
              - (index == axis.count() - 1 ? 0 : ramp(axis, axis.start(index), margin, at));
    }
    return weights;
  }

  private static double ramp(TileAxis axis, int start, int margin, double at) {
    double begin = start + axis.tile() - margin - axis.blend();
    return Math.max(0, Math.min(1, (at - begin) / Math.max(1e-9, axis.blend())));
  }

  /** Else a constant image would get seams. */
  @Test
  void equalValuesRemain() {
    for (TileAxis axis : TileAxisTest.axes()) {
      TileCanvas canvas = new TileCanvas("test", axis, axis, 1, 1, new PixelRange(0, 1));
      float[] values = new float[axis.tile() * axis.tile()];
      Arrays.fill(values, 77.5f / 255); // would be rounded down if it became smaller
      for (int row = 0; row < axis.count(); row++) {
        for (int column = 0; column < axis.count(); column++) {
          canvas.add(row, column, values);
        }
      }
      assertThat(canvas.image().pixels()).containsOnly(78);
    }
  }

  @Test
  void valuesBecomePixels() {
    PixelRange unit = new PixelRange(0, 1);
    float[] values = {-9, 0, 0.25f, 1, 1e30f, 127.49f / 255};
    int[] wanted = {0, 0, 64, 255, 255, 127};
    for (int i = 0; i < values.length; i++) {
      assertThat(unit.pixel(values[i]) & 0xff).isEqualTo(wanted[i]);
    }
    PixelRange signed = new PixelRange(-1, 1);
    assertThat(signed.pixel(-1)).isZero();
    assertThat(signed.pixel(0) & 0xff).isEqualTo(128);
    PixelRange inverse = new PixelRange(1, 0);
    assertThat(inverse.pixel(0.75f) & 0xff).isEqualTo(64);
    float most = Float.MAX_VALUE;
    assertThat(new PixelRange(-most, most).pixel(most) & 0xff).isEqualTo(255);
    for (float[] bad : new float[][] {{1, 1}, {Float.NaN, 1}, {0, Float.POSITIVE_INFINITY}}) {
      assertThatThrownBy(() -> new PixelRange(bad[0], bad[1]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("must be finite and differ");
    }
  }

  @Test
  void aResultThatNoArrayHoldsIsRefused() {
    TileAxis axis = new TileAxis(40_000, 8, 0, 0);
    assertThatThrownBy(() -> new TileCanvas("test", axis, axis, 3, 2, BYTES))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("test: a result of 3x80000x80000 does not fit in a Java array");
  }
}
