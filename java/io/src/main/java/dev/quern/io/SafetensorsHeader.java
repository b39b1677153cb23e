package dev.quern.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import dev.quern.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file: metadata, and where each tensor lies in the data behind
 * it. Once parsed, every tensor is known to lie inside the data, all of them cover it without gap
 * or overlap, and none is too large for a Java array.
 */
record SafetensorsHeader(Map<String, String> metadata, List<Tensor> tensors) {
  /** The key that holds text instead of a tensor. */
  static final String METADATA = "__metadata__";

  /** Headers are padded with spaces so that the data begin at a multiple of this. */
  private static final int ALIGNMENT = 8;

  /** The longest array that every JVM can allocate. */
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  /**
   * @param begin first byte, counted from the end of the header
   * @param end one past the last byte
   */
  record Tensor(String name, Dtype dtype, Shape shape, long begin, long end) {
    int elements() {
      return (int) shape.elements();
    }
  }

  /**
   * @param what operation and file, for messages
   * @param dataBytes bytes behind the header
   */
  static SafetensorsHeader parse(String what, byte[] json, long dataBytes) {
    if (json.length == 0 || json[0] != '{') {
      throw new FormatException(what + ": the header does not begin with {");
    }
    JsonNode root = Json.parse(what, RegularFile.utf8(what + ": the header", json));
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Tensor> tensors = new ArrayList<>();
    for (Iterator<Map.Entry<String, JsonNode>> i = root.fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> e = i.next();
      if (e.getKey().equals(METADATA)) {
        metadata.putAll(metadata(what, e.getValue()));
      } else {
        tensors.add(tensor(what + ": tensor " + e.getKey(), e.getKey(), e.getValue(), dataBytes));
      }
    }
    checkCover(what, tensors, dataBytes);
    return new SafetensorsHeader(metadata, tensors);
  }

  private static Map<String, String> metadata(String what, JsonNode node) {
    JsonFields in = new JsonFields(what + ": " + METADATA, node);
    Map<String, String> all = new LinkedHashMap<>();
    node.fieldNames().forEachRemaining(key -> all.put(key, in.text(key)));
    return all;
  }

  private static Tensor tensor(String where, String name, JsonNode node, long dataBytes) {
    JsonFields in = new JsonFields(where, node);
    Dtype dtype = dtype(in);
    Shape shape = shape(in);
    long[] range = in.longs("data_offsets");
    in.end();
    if (range.length != 2 || range[0] < 0 || range[1] < range[0]) {
      throw in.wrong("data_offsets", "not [begin, end] with 0 <= begin <= end");
    }
    if (range[1] > dataBytes) {
      throw in.wrong(
          "ends at byte "
              + range[1]
              + " of "
              + dataBytes
              + " bytes of data; is the file cut short?");
    }
    if (range[1] - range[0] != shape.elements() * dtype.bytes()) {
      throw in.wrong(
          (range[1] - range[0])
              + " bytes are not shape "
              + shape
              + " of "
              + dtype
              + ", which needs "
              + shape.elements() * dtype.bytes());
    }
    return new Tensor(name, dtype, shape, range[0], range[1]);
  }

  private static Dtype dtype(JsonFields in) {
    String name = in.text("dtype");
    for (Dtype d : Dtype.values()) {
      if (d.name().equals(name)) {
        return d;
      }
    }
    throw in.wrong("dtype", "\"" + name + "\" is not one of F32, F64, I64");
  }

  private static Shape shape(JsonFields in) {
    Shape shape;
    try {
      shape = Shape.of(in.longs("shape"));
    } catch (InvalidArgumentException e) {
      throw in.wrong("shape", e.getMessage());
    }
    if (shape.elements() > MAX_ELEMENTS) {
      throw in.wrong("shape", shape + " has more than " + MAX_ELEMENTS + " elements");
    }
    return shape;
  }

  private static void checkCover(String what, List<Tensor> tensors, long dataBytes) {
    List<Tensor> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
    long at = 0;
    for (Tensor t : sorted) {
      if (t.begin() != at) {
        throw new FormatException(
            what
                + ": tensor "
                + t.name()
                + " begins at byte "
                + t.begin()
                + (t.begin() < at
                    ? ", inside the one before it, which ends at "
                    : ", not where the one before it ends, at ")
                + at);
      }
      at = t.end();
    }
    if (at != dataBytes) {
      throw new FormatException(
          what + ": " + (dataBytes - at) + " bytes behind the last tensor belong to none");
    }
  }

  /** The header of these tensors, stored one behind the other in the map's order, padded. */
  static byte[] write(Map<String, String> metadata, Map<String, Safetensors.Entry> tensors) {
    ObjectNode root = Json.NODES.objectNode();
    if (!metadata.isEmpty()) {
      ObjectNode text = root.putObject(METADATA);
      metadata.forEach(text::put);
    }
    long at = 0;
    for (Map.Entry<String, Safetensors.Entry> e : tensors.entrySet()) {
      Safetensors.Entry t = e.getValue();
      long end = at + t.shape().elements() * t.dtype().bytes();
      ObjectNode node = root.putObject(e.getKey()).put("dtype", t.dtype().name());
      ArrayNode shape = node.putArray("shape");
      for (long d : t.shape().toArray()) {
        shape.add(d);
      }
      node.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    String json = root.toString();
    if (!Json.isUnicode(json)) {
      throw new InvalidArgumentException(
          "safetensors: half a surrogate pair in the metadata or in a tensor's name");
    }
    int length = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat(Math.floorMod(-length, ALIGNMENT))).getBytes(StandardCharsets.UTF_8);
  }
}
