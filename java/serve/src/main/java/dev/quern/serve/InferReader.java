package dev.quern.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.quern.serve.http.Shown;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses an {@link InferRequest}. Unknown keys are ignored, as the protocol requires. */
final class InferReader {
  private static final int MOST_NAMED = 256;
  private static final int MOST_TEXT = 1024;

  private final JsonParser json;
  private final JsonValues values;
  private final BinaryValues binary;

  InferReader(JsonParser json, BinaryValues binary) {
    this.json = json;
    this.binary = binary;
    values = new JsonValues(json);
  }

  private interface Part {
    void read(String key) throws IOException;
  }

  /** An input while it is parsed; parts that have not been read are null. */
  private static final class Input {
    @Nullable String name;
    @Nullable String datatype;
    @Nullable Shape shape;
    float @Nullable [] data;
    @Nullable Long binaryBytes;
    boolean normalize;
  }

  InferRequest request() throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw InferRequest.bad("the body must be a JSON object");
    }
    String[] id = {null};
    Map<String, TensorValues> inputs = new LinkedHashMap<>();
    Set<String> raw = new HashSet<>();
    Map<String, @Nullable Boolean> outputs = new LinkedHashMap<>();
    Map<String, Object> parameters = new HashMap<>();
    object(
        key -> {
          switch (key) {
            case "id" -> id[0] = text("id");
            case "inputs" -> objects("inputs", inputs, () -> input(inputs, raw));
            case "outputs" -> objects("outputs", outputs, () -> output(outputs));
            case "parameters" -> parameters.putAll(parameters());
            default -> json.skipChildren();
          }
        });
    binary.requireEnd();
    boolean others = Boolean.TRUE.equals(flag(parameters, "binary_data_output"));
    Map<String, Boolean> said = new LinkedHashMap<>();
    outputs.forEach((name, own) -> said.put(name, own == null ? others : own));
    return new InferRequest(id[0], inputs, raw, said, others);
  }

  /** Parses an object; {@code part} reads the value of each key. */
  private void object(Part part) throws IOException {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      json.nextToken();
      part.read(key);
    }
  }

  private interface Each {
    void read() throws IOException;
  }

  private void objects(String what, Map<String, ?> into, Each each) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw InferRequest.bad(what + " must be an array");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw InferRequest.bad(what + " must contain objects only");
      }
      if (into.size() == MOST_NAMED) {
        throw InferRequest.bad(what + " exceed the maximum of " + MOST_NAMED);
      }
      each.read();
    }
  }

  private void input(Map<String, TensorValues> inputs, Set<String> raw) throws IOException {
    Input in = new Input();
    object(
        key -> {
          switch (key) {
            case "name" -> in.name = text("name");
            case "datatype" -> in.datatype = text("datatype");
            case "shape" -> in.shape = values.shape();
            case "data" -> in.data = values.floats();
            case "parameters" -> {
              Map<String, Object> parameters = parameters();
              in.binaryBytes = number(parameters, "binary_data_size");
              in.normalize = Boolean.TRUE.equals(flag(parameters, "normalize"));
            }
            default -> json.skipChildren();
          }
        });
    if (in.name == null || in.datatype == null || in.shape == null) {
      throw InferRequest.bad("an input lacks name, datatype or shape");
    }
    String what = "input " + Shown.of(in.name);
    if (!in.datatype.equals("FP32")) {
      throw InferRequest.bad(what + " is " + Shown.of(in.datatype) + ", expected FP32");
    }
    if (inputs.put(in.name, new TensorValues(in.shape, data(what, in.shape, in))) != null) {
      throw InferRequest.bad(what + " occurs twice");
    }
    if (in.normalize) {
      raw.add(in.name);
    }
  }

  private float[] data(String what, Shape shape, Input in) {
    if (in.binaryBytes != null) {
      if (in.data != null) {
        throw InferRequest.bad(what + " has both data and binary_data_size");
      }
      return binary.next(what, shape, in.binaryBytes);
    }
    if (in.data == null || in.data.length != shape.elements()) {
      int found = in.data == null ? 0 : in.data.length;
      throw InferRequest.bad(what + " has " + found + " values, which do not fill " + shape);
    }
    return in.data;
  }

  private void output(Map<String, @Nullable Boolean> outputs) throws IOException {
    String[] name = {null};
    Boolean[] own = {null};
    object(
        key -> {
          switch (key) {
            case "name" -> name[0] = text("name");
            case "parameters" -> own[0] = flag(parameters(), "binary_data");
            default -> json.skipChildren();
          }
        });
    if (name[0] == null) {
      throw InferRequest.bad("an output lacks a name");
    }
    outputs.put(name[0], own[0]);
  }

  private String text(String what) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING || json.getTextLength() > MOST_TEXT) {
      throw InferRequest.bad(what + " must be a string of at most " + MOST_TEXT);
    }
    return json.getText();
  }

  /**
   * Parses parameters, which are booleans or integers. The supported extensions do not use other
   * types.
   */
  private Map<String, Object> parameters() throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw InferRequest.bad("parameters must be an object");
    }
    Map<String, Object> all = new HashMap<>();
    object(
        key -> {
          if (json.currentToken().isBoolean()) {
            all.put(key, json.getBooleanValue());
          } else if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            all.put(key, values.whole());
          } else {
            all.put(key, ""); // another type, which is an error if the parameter is used
            json.skipChildren();
          }
        });
    return all;
  }

  private static @Nullable Boolean flag(Map<String, Object> parameters, String name) {
    Object value = parameters.get(name);
    if (value != null && !(value instanceof Boolean)) {
      throw InferRequest.bad(name + " must be true or false");
    }
    return (Boolean) value;
  }

  private static @Nullable Long number(Map<String, Object> parameters, String name) {
    Object value = parameters.get(name);
    if (value != null && !(value instanceof Long)) {
      throw InferRequest.bad(name + " must be an integer");
    }
    return (Long) value;
  }
}
