package dev.quern.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DTypeTest {
  /** The nearest number of the type, by its definition, in double precision. */
  private static double nearest(DType type, double x) {
    int exponent = Math.getExponent(x);
    int unit = type == DType.BF16 ? Math.max(exponent, -126) - 7 : Math.max(exponent, -14) - 10;
    double rounded = Math.scalb(Math.rint(Math.scalb(x, -unit)), unit);
    return Math.abs(rounded) > type.max() ? Math.copySign(Double.POSITIVE_INFINITY, x) : rounded;
  }

  @ParameterizedTest
  @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
  void everyNumberIsItself(DType type) {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float x = type.ofBits16((short) bits);
      if (Float.isNaN(x)) {
        assertThat(type.round(x)).isNaN();
        assertThat(type.ofBits16(type.bits16(x))).isNaN();
      } else {
        assertThat(type.bits16(x)).isEqualTo((short) bits);
        assertThat(Float.floatToIntBits(type.round(x))).isEqualTo(Float.floatToIntBits(x));
        assertThat(Float.isInfinite(x) || nearest(type, x) == x).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
  void roundsToTheNearestHalvesToEven(DType type) {
    Random random = new Random(3);
    for (int i = 0; i < 200_000; i++) {
      float x = Float.intBitsToFloat(random.nextInt());
      float near = Math.scalb((float) random.nextGaussian(), random.nextInt(60) - 40);
      for (float v : new float[] {x, near}) {
        if (!Float.isNaN(v) && !Float.isInfinite(v)) {
          assertThat((double) type.round(v)).as("%s of %s", type, v).isEqualTo(nearest(type, v));
        }
      }
    }
    for (int bits = 0; bits < (type == DType.F16 ? 0x7bff : 0x7f7f); bits++) { // half way
      double low = type.ofBits16((short) bits);
      double high = type.ofBits16((short) (bits + 1));
      float middle = (float) ((low + high) / 2);
      assertThat((double) type.round(middle)).isEqualTo(bits % 2 == 0 ? low : high);
      assertThat((double) type.round(-Math.nextUp(middle))).isEqualTo(-high);
      assertThat((double) type.round(-Math.nextDown(middle))).isEqualTo(-low);
    }
  }

  @Test
  void whatIsTooLarge() {
    assertThat(DType.F16.round("w", new float[] {65504, -65519.996f, 1e-9f}))
        .containsExactly(65504, -65504, 0);
    assertThatThrownBy(() -> DType.F16.round("w", new float[] {1, -65520}))
        .isExactlyInstanceOf(NumericException.class)
        .hasMessage("w has -65520.0 at index 1, the largest F16 is 65504.0");
    assertThatThrownBy(() -> DType.BF16.round("w", new float[] {Float.MAX_VALUE}))
        .isExactlyInstanceOf(NumericException.class);
    assertThat(DType.BF16.round(0x1.fefffep127f)).isEqualTo(DType.BF16.max());
  }

  @Test
  void float32() {
    float[] values = {1.1f, Float.MAX_VALUE};
    assertThat(DType.F32.round("w", values)).isSameAs(values);
    assertThat(DType.F32.round(1.1f)).isEqualTo(1.1f);
    assertThat(DType.F32.bytes()).isEqualTo(4);
    assertThat(DType.F16.bytes()).isEqualTo(2);
    assertThatThrownBy(() -> DType.F32.bits16(1))
        .isExactlyInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> DType.F32.ofBits16((short) 1))
        .isExactlyInstanceOf(InvalidArgumentException.class);
  }
}
