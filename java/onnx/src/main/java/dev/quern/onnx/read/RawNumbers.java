package dev.quern.onnx.read;

import dev.quern.onnx.graph.Types;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A parser of raw_data, in which a tensor's elements are little-endian. */
final class RawNumbers {
  private RawNumbers() {}

  /** Returns the elements as a new float[], as a byte[] for an 8-bit type, or as a long[]. */
  static Object read(String what, int type, int elements, TensorReader.Bytes bytes) {
    int[] at = {0};
    if (Types.isFloat(type)) {
      float[] out = new float[elements];
      bytes.read(what, part -> at[0] += floats(type, part, out, at[0]));
      return out;
    }
    if (Types.bits(type) == Byte.SIZE) {
      byte[] out = new byte[elements];
      bytes.read(what, part -> at[0] += bytes(type, part, out, at[0]));
      return out;
    }
    long[] out = new long[elements];
    bytes.read(what, part -> at[0] += longs(type, part, out, at[0]));
    return out;
  }

  private static int floats(int type, ByteBuffer part, float[] out, int at) {
    ByteBuffer in = part.order(ByteOrder.LITTLE_ENDIAN);
    int n = in.remaining() / (Types.bits(type) / 8);
    if (type == Types.FLOAT) {
      in.asFloatBuffer().get(out, at, n);
      return n;
    }
    for (int i = 0; i < n; i++) {
      out[at + i] =
          switch (type) {
            case Types.FLOAT16 -> half(in.getShort());
            case Types.BFLOAT16 -> brain(in.getShort());
            default -> (float) in.getDouble();
          };
    }
    return n;
  }

  private static int bytes(int type, ByteBuffer in, byte[] out, int at) {
    int n = in.remaining();
    in.get(out, at, n);
    for (int i = at; type == Types.BOOL && i < at + n; i++) {
      out[i] = (byte) (out[i] == 0 ? 0 : 1);
    }
    return n;
  }

  private static int longs(int type, ByteBuffer part, long[] out, int at) {
    ByteBuffer in = part.order(ByteOrder.LITTLE_ENDIAN);
    int n = in.remaining() / (Types.bits(type) / 8);
    for (int i = 0; i < n; i++) {
      out[at + i] =
          switch (type) {
            case Types.UINT16 -> in.getShort() & 0xffff;
            case Types.INT16 -> in.getShort();
            case Types.INT32 -> in.getInt();
            case Types.UINT32 -> in.getInt() & 0xffff_ffffL;
            default -> in.getLong();
          };
    }
    return n;
  }

  /** Converts the bits of a float16 to a float. */
  static float half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent == 31) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  /** Converts the bits of a bfloat16 to a float. */
  static float brain(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
