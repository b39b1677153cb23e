package dev.quern.train;

import java.io.Serial;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The serialized form of a contribution.
 *
 * @param packed the values of each tensor: {@code float[]}, or {@code short[]} of bfloat16 if the
 *     conversion is exact
 */
record ContributionBytes(
    LinkedHashMap<String, Object> packed, int images, double lossSum, long correct, long answers)
    implements Serializable {
  static LinkedHashMap<String, Object> packed(Map<String, float[]> shares) {
    LinkedHashMap<String, Object> all = new LinkedHashMap<>();
    shares.forEach((name, values) -> all.put(name, isBfloat16(values) ? halves(values) : values));
    return all;
  }

  private static boolean isBfloat16(float[] values) {
    for (float v : values) {
      if ((short) Float.floatToRawIntBits(v) != 0) {
        return false;
      }
    }
    return true;
  }

  private static short[] halves(float[] values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    return halves;
  }

  /** Rounds values to the nearest bfloat16, ties to even; infinities and NaN stay unchanged. */
  static void round(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isFinite(values[i])) {
        int bits = Float.floatToRawIntBits(values[i]);
        values[i] = Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
      }
    }
  }

  @Serial
  private Object readResolve() {
    Map<String, float[]> shares = new LinkedHashMap<>();
    packed.forEach(
        (name, values) ->
            shares.put(name, values instanceof short[] s ? floats(s) : (float[]) values));
    return new Contribution(shares, images, lossSum, correct, answers);
  }

  private static float[] floats(short[] halves) {
    float[] values = new float[halves.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(halves[i] << 16);
    }
    return values;
  }
}
