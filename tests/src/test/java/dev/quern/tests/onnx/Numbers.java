package dev.quern.tests.onnx;

import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor's numbers, read apart from the importer. */
final class Numbers {
  private Numbers() {}

  /** Whether a tensor is one, of a type whose numbers are read here. */
  static boolean isRead(TensorProto t) {
    if (!hasType(t)) {
      return false;
    }
    double n = t.getDimsList().stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    int listed =
        t.getFloatDataCount()
            + t.getDoubleDataCount()
            + t.getInt64DataCount()
            + t.getInt32DataCount();
    return t.hasRawData() ? n <= t.getRawData().size() : n == listed;
  }

  private static boolean hasType(TensorProto t) {
    return switch (t.getDataType()) {
      case TensorProto.DataType.FLOAT_VALUE,
          TensorProto.DataType.DOUBLE_VALUE,
          TensorProto.DataType.INT64_VALUE,
          TensorProto.DataType.INT32_VALUE,
          TensorProto.DataType.INT16_VALUE,
          TensorProto.DataType.UINT16_VALUE,
          TensorProto.DataType.BOOL_VALUE,
          TensorProto.DataType.INT8_VALUE,
          TensorProto.DataType.UINT8_VALUE ->
          true;
      default -> false;
    };
  }

  static double[] of(TensorProto t) {
    int n = t.getDimsList().stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
    double[] out = new double[n];
    boolean raw = t.hasRawData();
    ByteBuffer in = t.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      out[i] =
          switch (t.getDataType()) {
            case TensorProto.DataType.FLOAT_VALUE -> raw ? in.getFloat() : t.getFloatData(i);
            case TensorProto.DataType.DOUBLE_VALUE -> raw ? in.getDouble() : t.getDoubleData(i);
            case TensorProto.DataType.INT64_VALUE -> raw ? in.getLong() : t.getInt64Data(i);
            case TensorProto.DataType.INT32_VALUE -> raw ? in.getInt() : t.getInt32Data(i);
            case TensorProto.DataType.INT16_VALUE -> raw ? in.getShort() : t.getInt32Data(i);
            case TensorProto.DataType.UINT16_VALUE ->
                raw ? in.getShort() & 0xffff : t.getInt32Data(i);
            case TensorProto.DataType.BOOL_VALUE, TensorProto.DataType.INT8_VALUE ->
                raw ? in.get() : t.getInt32Data(i);
            case TensorProto.DataType.UINT8_VALUE -> raw ? in.get() & 0xff : t.getInt32Data(i);
            default -> Double.NaN;
          };
    }
    return out;
  }

  static float[] floats(TensorProto t) {
    double[] all = of(t);
    float[] out = new float[all.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) all[i];
    }
    return out;
  }
}
