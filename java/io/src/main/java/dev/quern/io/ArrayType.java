package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The element types of arrays in files, named as in safetensors, with their size, their NumPy name,
 * and the conversion of elements. {@link JavaArrays} has the corresponding Java arrays.
 */
enum ArrayType {
  U8("u1", 1),
  I8("i1", 1),
  U16("u2", Short.BYTES),
  I16("i2", Short.BYTES),
  U32("u4", Integer.BYTES),
  I32("i4", Integer.BYTES),
  I64("i8", Long.BYTES),
  BOOL("b1", 1),
  F16("f2", Short.BYTES),
  BF16(null, Short.BYTES),
  F32("f4", Float.BYTES),
  F64("f8", Double.BYTES),
  /** Fixed-length strings, which are not read as numbers. */
  TEXT("U", 1);

  private static final Set<ArrayType> FLOATS = EnumSet.range(F16, F64);
  private static final Set<ArrayType> WHOLE = EnumSet.range(U8, BOOL);

  private final @Nullable String numpy;
  private final int bytes;

  ArrayType(@Nullable String numpy, int bytes) {
    this.numpy = numpy;
    this.bytes = bytes;
  }

  /** Returns the type for a NumPy type code; null if the type is not supported. */
  static @Nullable ArrayType ofNumpy(String code) {
    for (ArrayType t : values()) {
      if (code.equals(t.numpy) || t == TEXT && code.equals("S")) {
        return t;
      }
    }
    return null;
  }

  /** Returns the type for a safetensors type name; null if the type is not supported. */
  static @Nullable ArrayType of(String dtype) {
    return Arrays.stream(values())
        .filter(t -> t != TEXT && t.name().equals(dtype))
        .findFirst()
        .orElse(null);
  }

  /**
   * Checks that a tensor has a floating-point type, and returns the type.
   *
   * @param what the operation and file, for messages
   * @throws FormatException if the tensor has another type
   */
  static ArrayType ofFloats(String what, SafetensorsHeader.Tensor t) {
    ArrayType type = of(t.dtype());
    if (type == null || !FLOATS.contains(type)) {
      throw other(what, t, "expected F32, F16, BF16 or F64");
    }
    return type;
  }

  /** Checks that a tensor has an integer type, and returns the type. */
  static ArrayType ofWhole(String what, SafetensorsHeader.Tensor t) {
    ArrayType type = of(t.dtype());
    if (type == null || !type.isWhole()) {
      String names = names(WHOLE::contains, ArrayType::name);
      throw other(what, t, "expected one of " + names);
    }
    return type;
  }

  private static FormatException other(String what, SafetensorsHeader.Tensor t, String wanted) {
    return new FormatException(what + ": tensor " + t.name() + " is " + t.dtype() + ", " + wanted);
  }

  static String numpyNames() {
    return names(t -> t.numpy != null, t -> t.numpy);
  }

  private static String names(Predicate<ArrayType> which, Function<ArrayType, String> name) {
    return Arrays.stream(values()).filter(which).map(name).collect(Collectors.joining(", "));
  }

  boolean isWhole() {
    return WHOLE.contains(this);
  }

  /** Returns whether this type is U8, whose values a normalization divides by 255. */
  boolean isByte() {
    return this == U8;
  }

  /** Returns the size of a value in bytes; 1 for text. */
  int bytes() {
    return bytes;
  }

  /** Returns the integer at element index {@code i} of the buffer, in the buffer's byte order. */
  long whole(ByteBuffer from, int i) {
    return switch (this) {
      case BOOL -> from.get(i) == 0 ? 0 : 1;
      case U8 -> Byte.toUnsignedLong(from.get(i));
      case I8 -> from.get(i);
      case U16 -> Short.toUnsignedLong(from.getShort(i * Short.BYTES));
      case I16 -> from.getShort(i * Short.BYTES);
      case U32 -> Integer.toUnsignedLong(from.getInt(i * Integer.BYTES));
      case I32 -> from.getInt(i * Integer.BYTES);
      case I64 -> from.getLong(i * Long.BYTES);
      default -> throw new IllegalStateException(this + " is not an integer type");
    };
  }

  /**
   * Converts the next {@code n} integers of the buffer to ints; values outside int's range are
   * clamped to it.
   */
  void ints(ByteBuffer from, int[] to, int at, int n) {
    ByteBuffer values = from.slice().order(from.order());
    for (int i = 0; i < n; i++) {
      long v = whole(values, i);
      to[at + i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, v));
    }
  }

  /** Converts the next {@code n} values of the buffer, in its byte order, to the nearest floats. */
  void floats(ByteBuffer from, float[] to, int at, int n) {
    switch (this) {
      case F32 -> from.asFloatBuffer().get(to, at, n);
      case F16 -> halves(DType.F16, from.asShortBuffer(), to, at, n);
      case BF16 -> halves(DType.BF16, from.asShortBuffer(), to, at, n);
      case F64 -> {
        DoubleBuffer values = from.asDoubleBuffer();
        for (int i = 0; i < n; i++) {
          to[at + i] = (float) values.get(i);
        }
      }
      default -> {
        ByteBuffer values = from.slice().order(from.order());
        for (int i = 0; i < n; i++) {
          to[at + i] = whole(values, i);
        }
      }
    }
  }

  private static void halves(DType type, ShortBuffer bits, float[] to, int at, int n) {
    for (int i = 0; i < n; i++) {
      to[at + i] = type.ofBits16(bits.get(i));
    }
  }
}
