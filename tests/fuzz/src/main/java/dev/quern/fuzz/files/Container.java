package dev.quern.fuzz.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file, taken apart. */
final class Container {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LENGTH_BYTES = 8;

  /** A tensor; its bytes need not fit its shape. */
  record Part(String name, String dtype, List<Long> shape, byte[] data) {}

  final Map<String, String> metadata = new LinkedHashMap<>();
  final List<Part> parts = new ArrayList<>();

  /** Takes a file apart that is whole. */
  static Container of(byte[] file) throws IOException {
    int header = Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
    Container c = new Container();
    int data = LENGTH_BYTES + header;
    for (Map.Entry<String, JsonNode> e : MAPPER.readTree(file, LENGTH_BYTES, header).properties()) {
      JsonNode v = e.getValue();
      if (e.getKey().equals("__metadata__")) {
        v.properties().forEach(m -> c.metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        List<Long> shape = new ArrayList<>();
        v.get("shape").forEach(d -> shape.add(d.asLong()));
        JsonNode range = v.get("data_offsets");
        byte[] bytes =
            Arrays.copyOfRange(file, data + range.get(0).asInt(), data + range.get(1).asInt());
        c.parts.add(new Part(e.getKey(), v.get("dtype").asText(), shape, bytes));
      }
    }
    return c;
  }

  Container copy() {
    Container c = new Container();
    c.metadata.putAll(metadata);
    c.parts.addAll(parts);
    return c;
  }

  /** The file that these parts make, one behind the other. */
  byte[] file() {
    return file(header(), data());
  }

  static byte[] file(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(LENGTH_BYTES + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  String header() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode texts = root.putObject("__metadata__");
    metadata.forEach(texts::put);
    long at = 0;
    for (Part p : parts) {
      ObjectNode node = root.putObject(p.name()).put("dtype", p.dtype());
      p.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(at).add(at += p.data().length);
    }
    return root.toString();
  }

  byte[] data() {
    byte[] all = new byte[parts.stream().mapToInt(p -> p.data().length).sum()];
    int at = 0;
    for (Part p : parts) {
      System.arraycopy(p.data(), 0, all, at, p.data().length);
      at += p.data().length;
    }
    return all;
  }

  /** One change of a tensor. */
  void change(Dice dice) {
    if (parts.isEmpty()) {
      return;
    }
    int i = dice.below(parts.size());
    Part p = parts.get(i);
    switch (dice.below(7)) {
      case 0 -> parts.remove(i);
      case 1 -> parts.set(i, renamed(p, dice));
      case 2 -> parts.add(dice.below(parts.size()), renamed(p, dice));
      case 3 -> parts.set(i, new Part(p.name(), p.dtype(), shape(p.shape(), dice), p.data()));
      case 4 ->
          parts.set(
              i,
              new Part(p.name(), "F64", p.shape(), Arrays.copyOf(p.data(), 2 * p.data().length)));
      case 5 -> parts.set(i, resized(p, dice));
      default -> parts.set(i, revalued(p, dice));
    }
  }

  private Part renamed(Part p, Dice dice) {
    String name =
        dice.oneIn(2) ? parts.get(dice.below(parts.size())).name() + "x" : p.name() + "\u0000";
    return new Part(name, p.dtype(), p.shape(), p.data());
  }

  private static List<Long> shape(List<Long> old, Dice dice) {
    List<Long> shape = new ArrayList<>(old);
    switch (dice.below(4)) {
      case 0 -> shape.add(dice.odd());
      case 1 -> shape.clear();
      case 2 -> shape.add(1L);
      default -> shape.replaceAll(d -> dice.oneIn(2) ? dice.odd() : d);
    }
    return shape;
  }

  /** One more or one fewer element, in shape and bytes. */
  private static Part resized(Part p, Dice dice) {
    int bytes = Math.max(0, p.data().length + (dice.oneIn(2) ? 4 : -4));
    return new Part(p.name(), p.dtype(), List.of(bytes / 4L), Arrays.copyOf(p.data(), bytes));
  }

  private static Part revalued(Part p, Dice dice) {
    byte[] data = p.data().clone();
    if (data.length >= Float.BYTES) {
      float[] values = {Float.NaN, Float.POSITIVE_INFINITY, 1e38f, -0f, Float.MIN_VALUE, 7};
      ByteBuffer.wrap(data)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putFloat(dice.below(data.length / Float.BYTES) * Float.BYTES, values[dice.below(6)]);
    }
    return new Part(p.name(), p.dtype(), p.shape(), data);
  }
}
