package dev.quern.onnx.read;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import dev.quern.error.FormatException;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

/** A reader of a file's tensors. */
final class TensorReader {
  /** A tensor and its name in the file. */
  record Named(String name, Const values) {}

  private final Path file;

  TensorReader(Path file) {
    this.file = file;
  }

  /** Reads a tensor message; the raw bytes of a large tensor remain in the file. */
  Named read(CodedInputStream in) throws IOException {
    UnknownFieldSet.Builder rest = UnknownFieldSet.newBuilder();
    Bytes raw = null;
    int end = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (TensorProto.RAW_DATA_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
        int length = in.readRawVarint32();
        raw = new FileBytes(file, in.getTotalBytesRead(), length);
        in.skipRawBytes(length);
      } else if (!rest.mergeFieldFrom(tag, in)) {
        throw new FormatException("onnx: " + file + ": an end-group tag has no start");
      }
    }
    whole(in);
    in.popLimit(end);
    TensorProto t =
        TensorProto.parseFrom(
            rest.build().toByteString(), ExtensionRegistryLite.getEmptyRegistry());
    return new Named(t.getName(), of(t, raw));
  }

  /**
   * Checks that a message was read completely.
   *
   * @throws FormatException if the file ends within the message
   */
  void whole(CodedInputStream in) {
    if (in.getBytesUntilLimit() != 0) {
      throw new FormatException("onnx: " + file + " is not an ONNX model: it ends too early");
    }
  }

  /** Converts a tensor message that is in memory. */
  Const inMemory(TensorProto t) {
    ByteString raw = t.getRawData();
    return of(t, t.hasRawData() ? new HeldBytes(raw) : null);
  }

  private Const of(TensorProto t, Bytes raw) {
    int type = t.getDataType();
    String what = "onnx: " + file + ": tensor " + (t.getName().isEmpty() ? "" : t.getName());
    long[] dims = t.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long elements = elements(what, dims);
    if (Types.bits(type) == 0) {
      throw new FormatException(
          what + " has type " + Types.name(type) + ", which is not supported");
    }
    if (t.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      raw = ExternalBytes.of(what, file, t);
    }
    if (raw != null) {
      Bytes bytes = raw;
      long wanted = elements * (Types.bits(type) / 8);
      if (bytes.length() != wanted) {
        throw new FormatException(
            what + " has " + bytes.length() + " bytes, its shape requires " + wanted);
      }
      return new Const(type, dims, () -> RawNumbers.read(what, type, (int) elements, bytes));
    }
    return new Const(type, dims, () -> ListedNumbers.read(what, t, (int) elements));
  }

  private static long elements(String what, long[] dims) {
    if (dims.length > Dims.MOST_AXES) {
      throw new FormatException(
          what + " has " + dims.length + " axes; at most " + Dims.MOST_AXES + " are supported");
    }
    long product = 1;
    for (long d : dims) {
      if (d < 0 || d > 0 && product > Integer.MAX_VALUE / d) {
        throw new FormatException(
            what
                + " has shape "
                + Arrays.toString(dims)
                + ", the number of elements must be at most 2^31 - 1");
      }
      product *= d;
    }
    return product;
  }

  /** A source of a tensor's bytes, in the ONNX file or an external file. */
  interface Bytes {
    long length();

    /**
     * Passes the bytes to a sink in parts, whose lengths are multiples of 8 except for the last
     * part.
     */
    void read(String what, Consumer<ByteBuffer> sink);
  }

  private record HeldBytes(ByteString bytes) implements Bytes {
    @Override
    public long length() {
      return bytes.size();
    }

    @Override
    public void read(String what, Consumer<ByteBuffer> sink) {
      sink.accept(bytes.asReadOnlyByteBuffer());
    }
  }
}
