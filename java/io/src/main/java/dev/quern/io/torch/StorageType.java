package dev.quern.io.torch;

import dev.quern.tensor.DType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The element types of PyTorch's storages, by the classes that name them in a file. */
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

  /** Null for the name of another class. */
  static @Nullable StorageType of(String type) {
    for (StorageType t : values()) {
      if (t.type.equals(type)) {
        return t;
      }
    }
    return null;
  }

  /** The size of an element. */
  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return compareTo(BFLOAT16) <= 0;
  }

  /** The next element of a type of floating-point numbers; F64 is rounded to the nearest float. */
  float next(ByteBuffer bytes) {
    throw new IllegalStateException(type + " has no floats");
  }
}
