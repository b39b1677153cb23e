package dev.quern.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * Just enough of the safetensors format for golden files: length of the header, JSON header, F32
 * and F64 data.
 */
public record Safetensors(Map<String, NdArray> tensors, Map<String, String> metadata) {

  public static Safetensors read(Path file) {
    try {
      return parse(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  private static Safetensors parse(ByteBuffer bytes) throws IOException {
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    JsonNode entries = new ObjectMapper().readTree(header);
    Map<String, NdArray> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        entry.getValue().properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        tensors.put(entry.getKey(), tensor(entry.getValue(), data));
      }
    }
    return new Safetensors(tensors, metadata);
  }

  private static NdArray tensor(JsonNode entry, ByteBuffer data) {
    long[] dims =
        StreamSupport.stream(entry.get("shape").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray();
    NdArray array = new NdArray(Shape.of(dims));
    boolean single = entry.get("dtype").asText().equals("F32");
    int at = entry.get("data_offsets").get(0).asInt();
    for (int i = 0; i < array.size(); i++) {
      array.set(i, single ? data.getFloat(at + 4 * i) : data.getDouble(at + 8 * i));
    }
    return array;
  }
}
