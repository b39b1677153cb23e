package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {
  /** Returns the mask of the characters #, one line per row. */
  private static Mask of(int left, int top, String... rows) {
    String all = String.join("", rows);
    boolean[] pixels = new boolean[all.length()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = all.charAt(i) == '#';
    }
    return Mask.of(left, top, rows[0].length(), rows.length, pixels);
  }

  @Test
  void pixelsAreThoseOfTheRectangle() {
    Mask mask = of(3, 5, "#.#", ".#.");
    assertThat(mask.area()).isEqualTo(3);
    assertThat(mask.box()).isEqualTo(new Box(3, 5, 6, 7));
    List<String> inside = new ArrayList<>();
    for (int y = -1; y < 10; y++) {
      for (int x = -1; x < 10; x++) {
        if (mask.contains(x, y)) {
          inside.add(x + "," + y);
        }
      }
    }
    assertThat(inside).containsExactly("3,5", "5,5", "4,6");
    assertThat(mask.contains(Integer.MIN_VALUE, Integer.MIN_VALUE)).isFalse();
    assertThat(mask.contains(Integer.MAX_VALUE, Integer.MAX_VALUE)).isFalse();
    assertThat(mask).hasToString("mask of 3 pixels in " + new Box(3, 5, 6, 7));
  }

  @Test
  void equalPixelsAreEqualMasks() {
    Mask small = of(3, 5, "#.#", ".#.");
    Mask large = of(2, 3, "......", "......", ".#.#..", "..#...", "......");
    assertThat(large).isEqualTo(small).hasSameHashCodeAs(small);
    assertThat(List.of(large.left(), large.top(), large.width(), large.height()))
        .containsExactly(3, 5, 3, 2);
    assertThat(of(3, 6, "#.#", ".#.")).isNotEqualTo(small);
    assertThat(of(3, 5, "#.#", ".##")).isNotEqualTo(small);
    Mask empty = Mask.of(7, 7, 0, 0);
    assertThat(of(1, 2, "..", "..")).isEqualTo(empty);
    assertThat(empty.area()).isZero();
    assertThat(empty.box()).isEqualTo(new Box(0, 0, 0, 0));
    assertThat(empty.contains(0, 0)).isFalse();
  }

  @Test
  void iou() {
    Mask one = of(0, 0, "###", "###");
    assertThat(one.iou(of(1, 1, "##.", "###"))).isCloseTo(2 / 9.0, within(1e-12));
    assertThat(one.intersection(of(1, 1, "##.", "###"))).isEqualTo(2);
    assertThat(one.iou(one)).isEqualTo(1);
    assertThat(one.iou(of(3, 0, "#"))).isZero();
    assertThat(one.iou(of(0, 2, "#"))).isZero();
    Mask empty = Mask.of(0, 0, 0, 0);
    assertThat(one.iou(empty)).isZero();
    assertThat(empty.iou(empty)).isZero();
  }

  private static Mask random(Random random, int height, int width) {
    boolean[] pixels = new boolean[height * width];
    double share = random.nextDouble();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextDouble() < share;
    }
    return Mask.of(0, 0, width, height, pixels);
  }

  @Test
  void iouCountsPixels() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      Mask one = random(random, 1 + random.nextInt(9), 1 + random.nextInt(70));
      Mask other = random(random, 1 + random.nextInt(9), 1 + random.nextInt(70));
      int both = 0;
      int all = 0;
      for (int p = 0; p < 9 * 70; p++) {
        boolean first = one.contains(p % 70, p / 70);
        boolean second = other.contains(p % 70, p / 70);
        both += first && second ? 1 : 0;
        all += first || second ? 1 : 0;
      }
      assertThat(one.intersection(other)).isEqualTo(both);
      assertThat(one.iou(other)).isEqualTo(all == 0 ? 0 : (double) both / all);
    }
  }

  @Test
  void invalidMasks() {
    assertThatThrownBy(() -> Mask.of(0, -1, 1, 1, true))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("mask: left 0, top -1, width 1, height 1 must be at least 0");
    assertThatThrownBy(() -> Mask.of(Integer.MAX_VALUE, 0, 1, 1, true))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("at most 2^31 - 1");
    assertThatThrownBy(() -> Mask.of(0, 0, 2, 3, true))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("mask: 1 pixels, expected 6");
  }

  /** The columns of a 3 x 4 image, one after the other. */
  @Test
  void countsGoByColumn() {
    Size size = new Size(3, 4);
    assertThat(CocoRle.of(of(0, 0, "##..", ".#..", ".#.#"), size).counts())
        .containsExactly(0, 1, 2, 3, 5, 1);
    assertThat(CocoRle.of(of(1, 1, "#", "#"), size).counts()).containsExactly(4, 2, 6);
    assertThat(CocoRle.of(of(1, 1, "#.", "##"), size).counts()).containsExactly(4, 2, 2, 1, 3);
    assertThat(CocoRle.of(of(0, 0, "####", "####", "####"), size).counts()).containsExactly(0, 12);
    assertThat(CocoRle.of(Mask.of(0, 0, 0, 0), size).counts()).containsExactly(12);
    assertThat(new CocoRle(size, List.of(0, 1, 2, 3, 5, 1)).mask())
        .isEqualTo(of(0, 0, "##..", ".#..", ".#.#"));
    assertThat(new CocoRle(size, List.of(0, 0, 4, 1, 0, 1, 6)).mask())
        .isEqualTo(of(1, 1, "#", "#"));
  }

  /** Computed by hand with the rules of pycocotools' rleToString. */
  @Test
  void compressedStrings() {
    Size size = new Size(10, 10);
    // 4, 2, 6 in one part each; the fourth is 1 - 2 = -1, the fifth 87 - 6 = 81 = 17 + 2 * 32
    CocoRle rle = new CocoRle(size, List.of(4, 2, 6, 1, 87));
    assertThat(rle.compressed()).isEqualTo("426Oa2");
    assertThat(CocoRle.of(size, "426Oa2")).isEqualTo(rle);
    // 100 = 4 + 3 * 32; 3 has no sign bit
    assertThat(new CocoRle(size, List.of(100)).compressed()).isEqualTo("T3");
    // 16 has the sign bit in its first part, so a part 0 follows; 84 = 20 + 2 * 32
    assertThat(new CocoRle(size, List.of(16, 84)).compressed()).isEqualTo("`0d2");
  }

  @Test
  void encodingsOfRandomMasks() {
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      Size size = new Size(1 + random.nextInt(40), 1 + random.nextInt(90));
      Mask mask = random(random, size.height(), size.width());
      CocoRle rle = CocoRle.of(mask, size);
      assertThat(rle.counts().subList(1, rle.counts().size())).doesNotContain(0);
      assertThat(rle.mask()).isEqualTo(mask);
      assertThat(CocoRle.of(size, rle.compressed())).isEqualTo(rle);
      boolean[] slow = new boolean[size.height() * size.width()];
      int at = 0;
      for (int c = 0; c < rle.counts().size(); c++) {
        for (int k = 0; k < rle.counts().get(c); k++, at++) {
          slow[at % size.height() * size.width() + at / size.height()] = c % 2 == 1;
        }
      }
      assertThat(Mask.of(0, 0, size.width(), size.height(), slow)).isEqualTo(mask);
    }
  }

  @Test
  void largeDifferencesOfCounts() {
    Size size = new Size(30_000, 60_000);
    List<Integer> counts = List.of(1, 900_000_000, 2, 1, 899_999_995, 1);
    CocoRle rle = new CocoRle(size, counts);
    assertThat(CocoRle.of(size, rle.compressed())).isEqualTo(rle);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "T | text: count at character 0 is not complete",
        "4/ | text: count at character 1 is outside '0' to 'o'",
        "4p | text: count at character 1 is outside '0' to 'o'",
        "ooooooo0 | text: count at character 0 is not complete",
        "O | text: count at character 0 encodes -1, which is outside [0, 2^31 - 1]",
        "PPPPPP8 | text: count at character 0 encodes 8589934592, which is outside",
        "42 | sum of counts is 6, expected 12 pixels of size 3x4",
        "\"\" | sum of counts is 0, expected 12",
      })
  void invalidStrings(String text, String message) {
    assertThatThrownBy(() -> CocoRle.of(new Size(3, 4), text))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("coco rle: " + message);
  }

  @Test
  void invalidEncodings() {
    assertThatThrownBy(() -> new CocoRle(new Size(0, 4), List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("coco rle: size 0x4 must be at least 1x1");
    assertThatThrownBy(() -> new CocoRle(Size.of(1 << 16), List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("with at most 2147483639 pixels");
    assertThatThrownBy(() -> new CocoRle(new Size(1, 4), List.of(5, -1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("coco rle: count -1 must be at least 0");
    assertThatThrownBy(() -> CocoRle.of(of(1, 1, "#", "#"), new Size(2, 9)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("is outside the image of size 2x9");
  }
}
