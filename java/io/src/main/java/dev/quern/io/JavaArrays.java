package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/**
 * The Java arrays for the element types of Quern's own safetensors files: bytes for U8 and I8,
 * shorts for I16, floats for F32, BF16 and F16, doubles for F64, longs for I64.
 */
final class JavaArrays {
  private JavaArrays() {}

  /**
   * Returns the type of a tensor that can be read into a Java array.
   *
   * @param what the operation and file, for messages
   * @throws FormatException if the tensor has another type
   */
  static ArrayType type(String what, SafetensorsHeader.Tensor t) {
    ArrayType type = ArrayType.of(t.dtype());
    if (type != null) {
      switch (type) {
        case U8, I8, I16, F32, BF16, F16, F64, I64 -> {
          return type;
        }
        default -> {} // read by SafetensorsFile
      }
    }
    throw new FormatException(
        what
            + ": tensor "
            + t.name()
            + ": key \"dtype\": \""
            + t.dtype()
            + "\" is not one of U8, I8, I16, F32, BF16, F16, F64, I64; SafetensorsFile reads files"
            + " of all types");
  }

  /** Allocates an array of {@code n} elements. */
  static Object allocate(ArrayType type, int n) {
    return switch (type) {
      case I16 -> new short[n];
      case F32, BF16, F16 -> new float[n];
      case F64 -> new double[n];
      case I64 -> new long[n];
      default -> new byte[n];
    };
  }

  /**
   * Copies {@code n} little-endian elements from the buffer's position to the array, from index
   * {@code at} on.
   */
  static void get(ArrayType type, ByteBuffer from, Object array, int at, int n) {
    switch (type) {
      case I16 -> from.asShortBuffer().get((short[]) array, at, n);
      case F32, BF16, F16 -> type.floats(from, (float[]) array, at, n);
      case F64 -> from.asDoubleBuffer().get((double[]) array, at, n);
      case I64 -> from.asLongBuffer().get((long[]) array, at, n);
      default -> from.get((byte[]) array, at, n);
    }
  }

  /**
   * Copies {@code n} elements of the array, from index {@code at} on, to the buffer's position as
   * little-endian bytes.
   */
  static void put(ArrayType type, ByteBuffer to, Object array, int at, int n) {
    switch (type) {
      case I16 -> to.asShortBuffer().put((short[]) array, at, n);
      case F32 -> to.asFloatBuffer().put((float[]) array, at, n);
      case BF16 -> putHalves(DType.BF16, to, (float[]) array, at, n);
      case F16 -> putHalves(DType.F16, to, (float[]) array, at, n);
      case F64 -> to.asDoubleBuffer().put((double[]) array, at, n);
      case I64 -> to.asLongBuffer().put((long[]) array, at, n);
      default -> to.put((byte[]) array, at, n);
    }
  }

  private static void putHalves(DType type, ByteBuffer to, float[] values, int at, int n) {
    ShortBuffer bits = to.asShortBuffer();
    for (int i = 0; i < n; i++) {
      bits.put(i, type.bits16(values[at + i]));
    }
  }
}
