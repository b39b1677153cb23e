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
 * The JSON header of a safetensors file: metadata, and the position of each tensor in the data that
 * follows the header. Parsing checks that the tensors cover the data without gaps or overlaps, and
 * that the size of each tensor of a known type matches its shape. Unknown types are accepted, since
 * files may use newer types and not every tensor is read.
 */
record SafetensorsHeader(Map<String, String> metadata, List<Tensor> tensors) {
  /** The header's key of the metadata; all other keys are tensor names. */
  static final String METADATA = "__metadata__";

  /** The alignment of the data in bytes; headers are padded with spaces to a multiple of it. */
  private static final int ALIGNMENT = 8;

  /** The maximum array length that every JVM can allocate. */
  static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  /** The bits per element of each type that the format defines. */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("F4", 4),
          Map.entry("F6_E2M3", 6),
          Map.entry("F6_E3M2", 6),
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("I64", 64),
          Map.entry("U64", 64),
          Map.entry("F64", 64),
          Map.entry("C64", 64));

  /**
   * A tensor's entry in the header.
   *
   * @param dtype the type's name in the file
   * @param begin the index of the first byte, counted from the end of the header
   * @param end the index after the last byte
   */
  record Tensor(String name, String dtype, Shape shape, long begin, long end) {
    /**
     * Returns the number of elements of the tensor.
     *
     * @param what the operation and file, for messages
     * @throws FormatException if the number exceeds the length of a Java array
     */
    int elements(String what) {
      if (shape.elements() > MAX_ELEMENTS) {
        throw new FormatException(
            what
                + ": tensor "
                + name
                + ": shape "
                + shape
                + " has more than "
                + MAX_ELEMENTS
                + " elements");
      }
      return (int) shape.elements();
    }
  }

  /**
   * Parses a header.
   *
   * @param what the operation and file, for messages
   * @param dataBytes the number of bytes after the header
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
    String dtype = in.text("dtype");
    Shape shape = shape(in);
    long[] range = in.longs("data_offsets");
    in.end();
    if (range.length != 2 || range[0] < 0 || range[1] < range[0]) {
      throw in.wrong("data_offsets", "must be [begin, end] with 0 <= begin <= end");
    }
    if (range[1] > dataBytes) {
      throw in.wrong(
          "the tensor ends at byte "
              + range[1]
              + ", the data at byte "
              + dataBytes
              + "; is the file truncated?");
    }
    long bits = BITS.getOrDefault(dtype, 0) * shape.elements();
    if (BITS.containsKey(dtype) && (range[1] - range[0]) * Byte.SIZE != bits) {
      throw in.wrong(
          (range[1] - range[0])
              + " bytes do not match shape "
              + shape
              + " of "
              + dtype
              + ", which needs "
              + (bits % Byte.SIZE == 0 ? bits / Byte.SIZE : bits + " bits, not whole bytes"));
    }
    return new Tensor(name, dtype, shape, range[0], range[1]);
  }

  private static Shape shape(JsonFields in) {
    try {
      return Shape.of(in.longs("shape"));
    } catch (InvalidArgumentException e) {
      throw in.wrong("shape", e.getMessage());
    }
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
                    ? ", inside the previous tensor, which ends at "
                    : ", but the previous tensor ends at ")
                + at);
      }
      at = t.end();
    }
    if (at != dataBytes) {
      throw new FormatException(
          what + ": " + (dataBytes - at) + " bytes after the last tensor belong to no tensor");
    }
  }

  /**
   * Returns the padded header for these tensors, which are stored one after the other in the map's
   * order.
   */
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
          "safetensors: the metadata or a tensor's name has an unpaired surrogate");
    }
    int length = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat(Math.floorMod(-length, ALIGNMENT))).getBytes(StandardCharsets.UTF_8);
  }
}
