package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class AlphaMaskTest {
  private static final AlphaMask MASK = AlphaMask.of(1, 4, new float[] {0, 1, 0.5f, 0.25f});

  @Test
  void valuesAreCopied() {
    float[] values = {0.5f, 1};
    AlphaMask mask = AlphaMask.of(2, 1, values);
    values[0] = 0;
    mask.values()[1] = 0;
    assertThat(mask.values()).containsExactly(0.5f, 1);
    assertThat(mask.at(1, 0)).isEqualTo(1);
    assertThat(mask).hasToString("AlphaMask 2x1");
    assertThat(mask)
        .isEqualTo(AlphaMask.of(2, 1, new float[] {0.5f, 1}))
        .hasSameHashCodeAs(AlphaMask.of(2, 1, new float[] {0.5f, 1}))
        .isNotEqualTo(AlphaMask.of(1, 2, new float[] {0.5f, 1}))
        .isNotEqualTo(AlphaMask.of(2, 1, new float[] {0.5f, 0}))
        .isNotEqualTo(null);
  }

  @Test
  void asAGrayImage() {
    assertThat(MASK.toImage())
        .isEqualTo(Image.of(Shape.of(1, 1, 4), new byte[] {0, (byte) 255, (byte) 128, 64}));
  }

  @Test
  void overAColor() {
    byte[] pixels = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};
    Image over = MASK.over(Image.of(Shape.of(3, 1, 4), pixels), 0xFF00C8);
    int[] wanted = {255, 20, 143, 201, 0, 60, 35, 20, 200, 100, 155, 180};
    for (int i = 0; i < 12; i++) {
      assertThat(over.get(i / 4, 0, i % 4)).as("%s", i).isEqualTo(wanted[i]);
    }
    Image gray = MASK.over(Image.of(Shape.of(1, 1, 4), new byte[] {1, 2, 4, 8}), 0x000010);
    assertThat(gray.pixels()).containsExactly(0, 2, 2, 2, 0, 2, 2, 2, 16, 2, 10, 14);
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertThatThrownBy(() -> AlphaMask.of(2, 2, new float[3]))
        .isInstanceOf(ShapeException.class)
        .hasMessage("alpha mask: 3 values do not fill 2x2");
    assertThatThrownBy(() -> AlphaMask.of(0, 2, new float[0])).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> AlphaMask.of(-1, -1, new float[1])).isInstanceOf(ShapeException.class);
    for (float bad : new float[] {-0.1f, 1.1f, Float.NaN}) {
      assertThatThrownBy(() -> AlphaMask.of(1, 1, new float[] {bad}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is outside [0, 1]");
    }
    assertThatThrownBy(() -> AlphaMask.of(1, 1, null)).isInstanceOf(InvalidArgumentException.class);
    for (int[] at : new int[][] {{-1, 0}, {1, 0}, {0, -1}, {0, 4}}) {
      assertThatThrownBy(() -> MASK.at(at[0], at[1]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is outside 1x4");
    }
    assertThatThrownBy(() -> MASK.over(null, 0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> MASK.over(SlowMaps.noise(3, 4, 1), 0))
        .isInstanceOf(ShapeException.class)
        .hasMessage("alpha mask: image 3x4x1 must have the mask's size 1x4");
    for (int bad : new int[] {-1, 0x1000000}) {
      assertThatThrownBy(() -> MASK.over(SlowMaps.noise(3, 1, 4), bad))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("0xRRGGBB");
    }
  }
}
