package dev.quern.onnx.graph;

import java.util.Map;

/** ONNX's element types, by the numbers that ONNX files use. */
public final class Types {
  public static final int FLOAT = 1;
  public static final int UINT8 = 2;
  public static final int INT8 = 3;
  public static final int UINT16 = 4;
  public static final int INT16 = 5;
  public static final int INT32 = 6;
  public static final int INT64 = 7;
  public static final int BOOL = 9;
  public static final int FLOAT16 = 10;
  public static final int DOUBLE = 11;
  public static final int UINT32 = 12;
  public static final int UINT64 = 13;
  public static final int BFLOAT16 = 16;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(FLOAT, "float32"),
          Map.entry(UINT8, "uint8"),
          Map.entry(INT8, "int8"),
          Map.entry(UINT16, "uint16"),
          Map.entry(INT16, "int16"),
          Map.entry(INT32, "int32"),
          Map.entry(INT64, "int64"),
          Map.entry(8, "string"),
          Map.entry(BOOL, "bool"),
          Map.entry(FLOAT16, "float16"),
          Map.entry(DOUBLE, "float64"),
          Map.entry(UINT32, "uint32"),
          Map.entry(UINT64, "uint64"),
          Map.entry(14, "complex64"),
          Map.entry(15, "complex128"),
          Map.entry(BFLOAT16, "bfloat16"));

  private Types() {}

  /** Returns whether elements of the type are stored as floats. */
  public static boolean isFloat(int type) {
    return type == FLOAT || type == FLOAT16 || type == DOUBLE || type == BFLOAT16;
  }

  /** Returns whether elements of the type are stored as longs; bool is stored as 0 and 1. */
  public static boolean isWhole(int type) {
    return bits(type) > 0 && !isFloat(type);
  }

  /** Returns the number of bits of an element of a type; 0 for an unsupported type. */
  public static int bits(int type) {
    return switch (type) {
      case UINT8, INT8, BOOL -> 8;
      case UINT16, INT16, FLOAT16, BFLOAT16 -> 16;
      case FLOAT, INT32, UINT32 -> 32;
      case INT64, DOUBLE, UINT64 -> 64;
      default -> 0;
    };
  }

  /** Returns the minimum value of an integer type. */
  public static long least(int type) {
    return switch (type) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      default -> 0;
    };
  }

  /** Returns the maximum value of an integer type; for uint64, the maximum long. */
  public static long most(int type) {
    return switch (type) {
      case UINT8 -> 255;
      case INT8 -> Byte.MAX_VALUE;
      case UINT16 -> 65_535;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case UINT32 -> 4_294_967_295L;
      case BOOL -> 1;
      default -> Long.MAX_VALUE;
    };
  }

  /** Returns the type's name in NumPy. */
  public static String name(int type) {
    return NAMES.getOrDefault(type, "type " + type);
  }
}
