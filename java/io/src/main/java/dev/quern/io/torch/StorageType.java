package dev.quern.io.torch;

import dev.quern.tensor.DType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The element types of PyTorch's storages, by their class names in a pickle. */
enum StorageType {
  DOUBLE("DoubleStorage", Double.BYTES) {
    @Override
    float next(ByteBuffer bytes) {
      return (float) bytes.getDouble();
    }
  },
  FLOAT("FloatStorage", Float.BYTES) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getFloat();
    }
  },
  HALF("HalfStorage", Short.BYTES) {
    @Override
    float next(ByteBuffer bytes) {
      return DType.F16.ofBits16(bytes.getShort());
    }
  },
  BFLOAT16("BFloat16Storage", Short.BYTES) {
    @Override
    float next(ByteBuffer bytes) {
      return DType.BF16.ofBits16(bytes.getShort());
    }
  },
  LONG("LongStorage", Long.BYTES),
  INT("IntStorage", Integer.BYTES),
  SHORT("ShortStorage", Short.BYTES),
  CHAR("CharStorage", 1),
  BYTE("ByteStorage", 1),
  BOOL("BoolStorage", 1);

  private final String type;
  private final int bytes;

  StorageType(String type, int bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /** Returns the type for a class name; null if the name is unknown. */
  static @Nullable StorageType of(String type) {
    for (StorageType t : values()) {
      if (t.type.equals(type)) {
        return t;
      }
    }
    return null;
  }

  /** Returns the size of an element in bytes. */
  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return compareTo(BFLOAT16) <= 0;
  }

  /** Reads the next element of a floating-point type; F64 is rounded to the nearest float. */
  float next(ByteBuffer bytes) {
    throw new IllegalStateException(type + " has no floats");
  }
}
