package dev.quern.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.io.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A safetensors file of any types, as other programs write it. */
final class RawTensors {
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final ObjectNode header = Json.NODES.objectNode();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /** With the metadata of a data set. */
  static RawTensors dataset() {
    return new RawTensors().with("format", "quern-dataset").with("format_version", "1");
  }

  RawTensors with(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  RawTensors without(String key) {
    metadata.remove(key);
    return this;
  }

  /**
   * @param shape dimensions with commas between
   */
  RawTensors tensor(String name, String dtype, String shape, double... values) {
    int begin = data.size();
    for (double v : values) {
      data.writeBytes(bytes(dtype, v));
    }
    ObjectNode node = header.putObject(name).put("dtype", dtype);
    var dims = node.putArray("shape");
    for (String d : shape.split(",")) {
      dims.add(Long.parseLong(d));
    }
    node.putArray("data_offsets").add(begin).add(data.size());
    return this;
  }

  private static byte[] bytes(String dtype, double v) {
    ByteBuffer b = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case "BOOL", "U8", "I8" -> b.put((byte) v);
      case "U16", "I16" -> b.putShort((short) v);
      case "U32", "I32" -> b.putInt((int) (long) v);
      case "I64", "U64" -> b.putLong((long) v);
      case "F32" -> b.putFloat((float) v);
      case "F64" -> b.putDouble(v);
      case "BF16" -> b.putShort((short) (Float.floatToRawIntBits((float) v) >> 16));
      default -> throw new AssertionError(dtype);
    }
    return Arrays.copyOf(b.array(), b.position());
  }

  Path write(Path file) throws IOException {
    ObjectNode texts = header.putObject("__metadata__");
    metadata.forEach(texts::put);
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    return Files.write(file, all.putLong(json.length).put(json).put(data.toByteArray()).array());
  }
}
