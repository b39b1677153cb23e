package dev.quern.io.mat;

import java.nio.ByteBuffer;

/** The supported types of stored numbers, by their type number in the format. */
enum MatType {
  INT8(1, 1) {
    @Override
    double get(ByteBuffer from, int at) {
      return from.get(at);
    }
  },
  UINT8(2, 1) {
    @Override
    double get(ByteBuffer from, int at) {
      return Byte.toUnsignedInt(from.get(at));
    }
  },
  INT16(3, 2) {
    @Override
    double get(ByteBuffer from, int at) {
      return from.getShort(at);
    }
  },
  UINT16(4, 2) {
    @Override
    double get(ByteBuffer from, int at) {
      return Short.toUnsignedInt(from.getShort(at));
    }
  },
  INT32(5, 4) {
    @Override
    double get(ByteBuffer from, int at) {
      return from.getInt(at);
    }
  },
  UINT32(6, 4) {
    @Override
    double get(ByteBuffer from, int at) {
      return Integer.toUnsignedLong(from.getInt(at));
    }
  },
  DOUBLE(9, 8) {
    @Override
    double get(ByteBuffer from, int at) {
      return from.getDouble(at);
    }
  };

  private final int number;
  private final int bytes;

  MatType(int number, int bytes) {
    this.number = number;
    this.bytes = bytes;
  }

  /** Returns the type with this type number; null if it is not supported. */
  static MatType of(int number) {
    for (MatType t : values()) {
      if (t.number == number) {
        return t;
      }
    }
    return null;
  }

  int bytes() {
    return bytes;
  }

  /** Returns the number at a byte position of the buffer. */
  abstract double get(ByteBuffer from, int at);
}
