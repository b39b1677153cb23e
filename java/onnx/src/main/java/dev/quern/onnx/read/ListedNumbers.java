package dev.quern.onnx.read;

import dev.quern.error.FormatException;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.proto.OnnxProto.TensorProto;

/** A parser of tensors whose elements are protobuf fields rather than raw bytes. */
final class ListedNumbers {
  private ListedNumbers() {}

  /** Returns the elements as a new float[] or long[]. */
  static Object read(String what, TensorProto t, int elements) {
    int type = t.getDataType();
    int listed =
        switch (type) {
          case Types.FLOAT -> t.getFloatDataCount();
          case Types.DOUBLE -> t.getDoubleDataCount();
          case Types.INT64 -> t.getInt64DataCount();
          case Types.UINT32, Types.UINT64 -> t.getUint64DataCount();
          default -> t.getInt32DataCount();
        };
    if (listed != elements) {
      throw new FormatException(
          what + " lists " + listed + " numbers, its shape requires " + elements);
    }
    if (Types.isFloat(type)) {
      float[] out = new float[elements];
      for (int i = 0; i < elements; i++) {
        out[i] =
            switch (type) {
              case Types.FLOAT -> t.getFloatData(i);
              case Types.DOUBLE -> (float) t.getDoubleData(i);
              case Types.FLOAT16 -> RawNumbers.half((short) t.getInt32Data(i));
              default -> RawNumbers.brain((short) t.getInt32Data(i));
            };
      }
      return out;
    }
    long[] out = new long[elements];
    for (int i = 0; i < elements; i++) {
      out[i] =
          switch (type) {
            case Types.INT64 -> t.getInt64Data(i);
            case Types.UINT32, Types.UINT64 -> t.getUint64Data(i);
            case Types.BOOL -> t.getInt32Data(i) == 0 ? 0 : 1;
            default -> t.getInt32Data(i);
          };
    }
    return out;
  }
}
