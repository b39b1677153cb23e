package dev.quern.peers;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A writer of TensorFlow Lite's model files: a FlatBuffer with one subgraph. The numbers of fields,
 * operators and options are those of TensorFlow's {@code schema.fbs}, version 3.
 */
final class TfLiteFile {
  /** An operator, by the schema's numbers of its code and of the type of its options. */
  enum Op {
    ADD(0, 11),
    CONV_2D(3, 1),
    DEPTHWISE_CONV_2D(4, 2),
    FULLY_CONNECTED(9, 8),
    MAX_POOL_2D(17, 5),
    PAD(34, 22),
    MEAN(40, 27);

    private final byte code;
    private final byte options;

    Op(int code, int options) {
      this.code = (byte) code;
      this.options = (byte) options;
    }
  }

  private static final String IDENTIFIER = "TFL3";
  private static final int VERSION = 3;
  private static final byte FLOAT32 = 0;
  private static final byte INT32 = 2;

  /** The schema's alignment of a buffer's data. */
  private static final int ALIGNMENT = 16;

  /**
   * The number of fields that a table of options has room for; DepthwiseConv2DOptions needs all.
   */
  private static final int MOST_OPTIONS = 7;

  private final FlatBufferBuilder builder;
  private final List<Integer> buffers = new ArrayList<>();
  private final List<Integer> tensors = new ArrayList<>();
  private final List<Integer> operators = new ArrayList<>();

  /**
   * @param bytes the expected size; a larger file is written, too, but is copied while it grows
   */
  TfLiteFile(int bytes) {
    builder = new FlatBufferBuilder(bytes);
    builder.startTable(1);
    buffers.add(builder.endTable()); // empty by convention: the buffer of computed tensors
  }

  /** Adds a computed tensor of floats and returns its index. */
  int value(int... shape) {
    return tensor(FLOAT32, 0, shape);
  }

  /** Adds a constant tensor and returns its index. */
  int constant(float[] values, int... shape) {
    data(values.length * Float.BYTES).asFloatBuffer().put(values);
    return tensor(FLOAT32, buffer(), shape);
  }

  /** Adds a constant tensor of integers and returns its index. */
  int constant(int[] values, int... shape) {
    data(values.length * Integer.BYTES).asIntBuffer().put(values);
    return tensor(INT32, buffer(), shape);
  }

  private ByteBuffer data(int bytes) {
    return builder.createUnintializedVector(1, bytes, ALIGNMENT);
  }

  /** Adds the buffer whose data has just been written. */
  private int buffer() {
    int data = builder.endVector();
    builder.startTable(1);
    builder.addOffset(0, data, 0);
    buffers.add(builder.endTable());
    return buffers.size() - 1;
  }

  private int tensor(byte type, int buffer, int... shape) {
    int sizes = ints(shape);
    int name = builder.createString("t" + tensors.size());
    builder.startTable(4);
    builder.addOffset(0, sizes, 0);
    builder.addByte(1, type, 0);
    builder.addInt(2, buffer, 0);
    builder.addOffset(3, name, 0);
    tensors.add(builder.endTable());
    return tensors.size() - 1;
  }

  /**
   * Adds an operator.
   *
   * @param options the values of its options in the order of the schema: an {@link Integer} for a
   *     number, a {@link Byte} for an enumeration, a {@link Boolean}
   */
  void operator(Op op, int[] inputs, int output, Object... options) {
    int in = ints(inputs);
    int out = ints(output);
    builder.startTable(MOST_OPTIONS);
    for (int i = 0; i < options.length; i++) {
      if (options[i] instanceof Integer n) {
        builder.addInt(i, n, 0);
      } else if (options[i] instanceof Byte b) {
        builder.addByte(i, b, 0);
      } else {
        builder.addBoolean(i, (Boolean) options[i], false);
      }
    }
    int table = builder.endTable();
    builder.startTable(5);
    builder.addInt(0, op.ordinal(), 0);
    builder.addOffset(1, in, 0);
    builder.addOffset(2, out, 0);
    builder.addByte(3, op.options, 0);
    builder.addOffset(4, table, 0);
    operators.add(builder.endTable());
  }

  private int ints(int... values) {
    builder
        .createUnintializedVector(Integer.BYTES, values.length, Integer.BYTES)
        .asIntBuffer()
        .put(values);
    return builder.endVector();
  }

  private int tables(List<Integer> offsets) {
    return builder.createVectorOfTables(offsets.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Codes of all operators, so that an operator's index is its ordinal number. */
  private int codes() {
    List<Integer> codes = new ArrayList<>();
    for (Op op : Op.values()) {
      builder.startTable(4);
      builder.addByte(0, op.code, 0); // where readers before schema 3a look for it
      builder.addInt(3, op.code, 0);
      codes.add(builder.endTable());
    }
    return tables(codes);
  }

  /**
   * Writes the file.
   *
   * @param input the network's input tensor
   * @param output the network's output tensor
   */
  void write(Path path, int input, int output) throws IOException {
    int parts = tables(tensors);
    int in = ints(input);
    int out = ints(output);
    int steps = tables(operators);
    builder.startTable(4);
    builder.addOffset(0, parts, 0);
    builder.addOffset(1, in, 0);
    builder.addOffset(2, out, 0);
    builder.addOffset(3, steps, 0);
    int subgraphs = tables(List.of(builder.endTable()));
    int codes = codes();
    int data = tables(buffers);
    builder.startTable(5);
    builder.addInt(0, VERSION, 0);
    builder.addOffset(1, codes, 0);
    builder.addOffset(2, subgraphs, 0);
    builder.addOffset(4, data, 0);
    builder.finish(builder.endTable(), IDENTIFIER);
    try (FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = builder.dataBuffer();
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }
  }
}
