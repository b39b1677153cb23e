package dev.quern.fuzz.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What is done to JSON: values exchanged, keys lost, given twice or renamed, odd texts. */
final class JsonText {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Each is put where another value was. Those with keys in them rely on being in an object. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "1",
          "2",
          "3",
          "-1",
          "-0",
          "0.5",
          "1.0",
          "1e2",
          "1e40",
          "-1e40",
          "1e-60",
          "1e999999999",
          "1e-999999999",
          "1E+2147483648",
          "2147483647",
          "2147483648",
          "-2147483648",
          "4294967297",
          "9223372036854775807",
          "9223372036854775808",
          "NaN",
          "Infinity",
          "01",
          "1.",
          "+1",
          "\"\"",
          "\"x\"",
          "\"input\"",
          "\"1\"",
          "\"a.b\"",
          "\".\"",
          "\"..\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\u00e9/\\\\\"",
          "\"\\q\"",
          "[]",
          "{}",
          "[[]]",
          "[1]",
          "[1,1]",
          "[3,3,3]",
          "[-1]",
          "[null]",
          "[1,2,3,4,5,6,7,8,9]",
          "[2147483647,2147483647,2147483647]",
          "[\"input\",\"input\"]",
          "{\"a\":1}",
          "",
          "1,\"name\":\"twice\"",
          "1,\"name\":2",
          "1}",
          "1]",
          "/**/1");

  private static final List<String> KEYS =
      List.of(
          "",
          "name",
          "input",
          "layers",
          "type",
          "kernel",
          "inputs",
          "\u0000",
          "a.b",
          "dtype",
          "shape",
          "data_offsets",
          "__metadata__",
          "steps",
          "fit",
          "done");

  private JsonText() {}

  /** One change, or a few; seldom one that pays no regard to the structure. */
  static String mutate(String text, Dice dice) {
    JsonNode root;
    try {
      root = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return rough(text, dice); // its parts are no JSON any more
    }
    List<ContainerNode<?>> parents = new ArrayList<>();
    collect(root, parents);
    if (parents.isEmpty() || dice.oneIn(16)) {
      return rough(text, dice);
    }
    do {
      change(dice.of(parents), parents, dice);
    } while (dice.again(4));
    return root.toString();
  }

  private static String rough(String text, Dice dice) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new String(Bits.mutate(bytes, bytes, dice), StandardCharsets.UTF_8);
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> parents) {
    if (node instanceof ContainerNode<?> c && c.size() > 0) {
      parents.add(c);
      c.forEach(child -> collect(child, parents));
    }
  }

  private static void change(ContainerNode<?> in, List<ContainerNode<?>> all, Dice dice) {
    if (in instanceof ObjectNode object && !object.isEmpty()) {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      String key = dice.of(keys);
      switch (dice.below(6)) {
        case 0 -> object.remove(key);
        case 1 -> object.set(dice.oneIn(2) ? dice.of(KEYS) : key + "x", object.remove(key));
        case 2 -> object.set(key, dice.of(all).deepCopy());
        case 3 -> object.set(dice.of(KEYS), value(object.get(key), dice));
        default -> object.set(key, value(object.get(key), dice));
      }
    } else if (in instanceof ArrayNode array && !array.isEmpty()) {
      int i = dice.below(array.size());
      switch (dice.below(6)) {
        case 0 -> array.remove(i);
        case 1 -> array.insert(i, array.get(dice.below(array.size())).deepCopy());
        case 2 -> array.set(i, dice.of(all).deepCopy());
        case 3 -> array.insert(i, value(array.get(i), dice));
        default -> array.set(i, value(array.get(i), dice));
      }
    }
  }

  private static JsonNode value(JsonNode old, Dice dice) {
    if (old != null && old.isIntegralNumber() && dice.below(4) > 0) {
      return JsonNodeFactory.instance.numberNode(old.asLong() + dice.below(5) - 2);
    }
    if (old != null && old.isBoolean() && dice.below(4) > 0) {
      return JsonNodeFactory.instance.booleanNode(!old.asBoolean());
    }
    return raw(
        switch (dice.below(12)) {
          case 0 -> Long.toString(dice.odd());
          case 1 -> nested(dice);
          case 2 -> '"' + ".".repeat(1 + dice.below(12_000)) + '"';
          case 3 -> '"' + "9".repeat(1 + dice.below(1200)) + '"';
          case 4 -> "1" + "0".repeat(1 + dice.below(1200));
          default -> dice.of(VALUES);
        });
  }

  private static String nested(Dice dice) {
    int levels = 1 + dice.below(dice.oneIn(8) ? 20_000 : 40);
    boolean arrays = dice.oneIn(2);
    return (arrays ? "[" : "{\"a\":").repeat(levels) + "1" + (arrays ? "]" : "}").repeat(levels);
  }

  private static JsonNode raw(String text) {
    return JsonNodeFactory.instance.rawValueNode(new RawValue(text));
  }
}
