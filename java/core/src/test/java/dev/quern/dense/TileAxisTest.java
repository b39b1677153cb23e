package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TileAxisTest {
  /** Axes of awkward lengths: below, at and above one and two tiles, and others. */
  static List<TileAxis> axes() {
    List<TileAxis> all = new ArrayList<>();
    for (int tile : new int[] {1, 2, 7, 16}) {
      for (int overlap = 0; overlap <= tile / 2; overlap++) {
        for (int blend = 0; blend <= overlap; blend++) {
          for (int length : new int[] {1, 2, tile, tile + 1, 2 * tile - overlap, 2 * tile, 61}) {
            all.add(new TileAxis(length, tile, overlap, blend));
          }
        }
      }
    }
    return all;
  }

  /** The weights of a tile's pixels, from the rule in the documentation of {@link Tiles}. */
  static double[] weights(TileAxis axis, int index) {
    double[] weights = new double[axis.tile()];
    for (int i = 0; i < weights.length; i++) {
      int at = axis.start(index) + i;
      double rise = index == 0 ? 1 : ramp(axis, index - 1, at);
      double fall = index == axis.count() - 1 ? 0 : ramp(axis, index, at);
      weights[i] = at < axis.length() ? rise - fall : 0;
    }
    return weights;
  }

  /** The weight of all tiles after a tile: 0 up to the blended part, and 1 behind it. */
  private static double ramp(TileAxis axis, int index, int at) {
    int margin = (axis.overlap() - axis.blend()) / 2;
    double end = axis.start(index) + axis.tile() - margin;
    double part = (at + 0.5 - (end - axis.blend())) / Math.max(axis.blend(), 1e-9);
    return Math.max(0, Math.min(1, part));
  }

  @Test
  void weightsSumToOne() {
    for (TileAxis axis : axes()) {
      double[] sums = new double[axis.length()];
      for (int i = 0; i < axis.count(); i++) {
        double[] weights = weights(axis, i);
        for (int k = 0; k < weights.length && axis.start(i) + k < sums.length; k++) {
          assertThat(weights[k]).as("%s", axis).isBetween(-1e-12, 1 + 1e-12);
          sums[axis.start(i) + k] += weights[k];
        }
      }
      for (double sum : sums) {
        assertThat(sum).as("%s", axis).isCloseTo(1, within(1e-9));
      }
    }
  }

  @Test
  void tilesCoverTheImageAndOverlap() {
    for (TileAxis axis : axes()) {
      int margin = (axis.overlap() - axis.blend()) / 2;
      int next = 0;
      for (int i = 0; i < axis.count(); i++) {
        TileAxis.Band band = axis.band(i, 1);
        int end = axis.start(i) + axis.tile();
        boolean last = i == axis.count() - 1;
        assertThat(band.origin()).isEqualTo(axis.start(i));
        assertThat(band.from()).as("%s, tile %s", axis, i).isEqualTo(next - band.before());
        assertThat(band.to() - band.from()).isGreaterThanOrEqualTo(band.before() + band.after());
        assertThat(band.before()).isEqualTo(i == 0 ? 0 : axis.blend());
        assertThat(band.after()).isEqualTo(last ? 0 : axis.blend());
        if (i > 0) {
          assertThat(axis.start(i - 1) + axis.tile() - axis.start(i))
              .isGreaterThanOrEqualTo(axis.overlap());
          assertThat(band.from()).isGreaterThanOrEqualTo(axis.start(i) + margin);
        }
        assertThat(band.to()).isLessThanOrEqualTo(last ? end : end - margin);
        next = band.to();
        assertThat(axis.band(i, 3))
            .isEqualTo(
                new TileAxis.Band(
                    3 * band.origin(),
                    3 * band.from(),
                    3 * band.to(),
                    3 * band.before(),
                    3 * band.after()));
      }
      assertThat(next).isEqualTo(axis.length());
    }
  }

  @Test
  void noMoreTilesThanNecessary() {
    assertThat(new TileAxis(16, 16, 4, 2).count()).isOne();
    assertThat(new TileAxis(17, 16, 4, 2).count()).isEqualTo(2);
    assertThat(new TileAxis(28, 16, 4, 2).count()).isEqualTo(2);
    assertThat(new TileAxis(29, 16, 4, 2).count()).isEqualTo(3);
    assertThat(new TileAxis(29, 16, 4, 2).start(2)).isEqualTo(13);
    int most = Integer.MAX_VALUE;
    assertThat(new TileAxis(most, 1, 0, 0).count()).isEqualTo(most);
    assertThat(new TileAxis(most, most, most / 2, 0).count()).isOne();
  }

  /** Like a ball between two walls. */
  @Test
  void pixelsBehindTheEndAreReflected() {
    for (int length = 1; length < 9; length++) {
      TileAxis axis = new TileAxis(length, 40, 0, 0);
      int at = 0;
      int move = 1;
      for (int i = 0; i < 40; i++) {
        assertThat(axis.pixel(0, i)).as("%s of %s", i, length).isEqualTo(at);
        move = at + move < 0 || at + move >= length ? -move : move;
        at = length == 1 ? 0 : at + move;
      }
    }
    assertThat(new TileAxis(20, 8, 2, 0).pixel(1, 3)).isEqualTo(9);
  }

  @Test
  void wrongTilesAreRefused() {
    assertThat(Tiles.of(64, 9)).isEqualTo(new Tiles(Size.of(64), 9, 4));
    assertThat(Tiles.of(Size.of(100))).isEqualTo(new Tiles(Size.of(100), 32, 16));
    assertThat(Tiles.of(new Size(90, 11))).isEqualTo(new Tiles(new Size(90, 11), 5, 2));
    assertThatThrownBy(() -> new Tiles(null, 0, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("tiles: size is null");
    assertThatThrownBy(() -> Tiles.of(0, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("tiles: size 0x0 must be at least 1x1");
    assertThatThrownBy(() -> new Tiles(new Size(9, 20), 5, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("tiles: overlap 5 of tiles of 9x20 is outside [0, 4]");
    assertThatThrownBy(() -> Tiles.of(9, -1)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new Tiles(Size.of(9), 3, 4))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("tiles: blend 4 is outside [0, 3], the overlap");
    assertThatThrownBy(() -> new Tiles(Size.of(9), 3, -1))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
