package dev.quern.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class DepthMapTest {
  @Test
  void valuesAreCopied() {
    float[] values = {-7, 1e30f};
    DepthMap map = DepthMap.of(1, 2, values);
    values[0] = 0;
    map.values()[1] = 0;
    assertThat(map.values()).containsExactly(-7, 1e30f);
    assertThat(map.at(0, 1)).isEqualTo(1e30f);
    assertThat(map)
        .isEqualTo(DepthMap.of(1, 2, new float[] {-7, 1e30f}))
        .hasSameHashCodeAs(DepthMap.of(1, 2, new float[] {-7, 1e30f}))
        .isNotEqualTo(DepthMap.of(2, 1, new float[] {-7, 1e30f}))
        .isNotEqualTo(DepthMap.of(1, 2, new float[] {-7, 1}))
        .isNotEqualTo("DepthMap 1x2");
  }

  @Test
  void minimumIsBlackAndMaximumIsWhite() {
    DepthMap map = DepthMap.of(1, 4, new float[] {2, -2, 0, -1});
    assertThat(map.normalized().values()).containsExactly(1, 0, 0.5f, 0.25f);
    assertThat(map.toImage())
        .isEqualTo(Image.of(Shape.of(1, 1, 4), new byte[] {(byte) 255, 0, (byte) 128, 64}));
    float most = Float.MAX_VALUE;
    assertThat(DepthMap.of(3, 1, new float[] {most, -most, 0}).normalized().values())
        .containsExactly(1, 0, 0.5f);
  }

  @Test
  void aConstantMapIsBlack() {
    for (float value : new float[] {0, -3, Float.MAX_VALUE}) {
      DepthMap map = DepthMap.of(1, 2, new float[] {value, value});
      assertThat(map.normalized().values()).containsExactly(0, 0);
      assertThat(map.toImage().pixels()).containsExactly(0, 0);
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertThatThrownBy(() -> DepthMap.of(2, 2, new float[3]))
        .isInstanceOf(ShapeException.class)
        .hasMessage("depth map: 3 values do not fill 2x2");
    assertThatThrownBy(() -> DepthMap.of(2, 0, new float[0])).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> DepthMap.of(1, 1, null)).isInstanceOf(InvalidArgumentException.class);
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> DepthMap.of(1, 1, new float[] {bad}))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("must be finite");
    }
    DepthMap map = DepthMap.of(1, 1, new float[1]);
    for (int[] at : new int[][] {{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
      assertThatThrownBy(() -> map.at(at[0], at[1]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is outside 1x1");
    }
  }
}
