package dev.quern.serve.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.quern.serve.TensorValues;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inference request of the Open Inference Protocol, version 2: JSON, behind which the values of
 * some inputs may come in binary.
 *
 * @param binary of each output that is asked for whether it is to come in binary; empty for all
 *     outputs
 * @param allBinary whether the others are
 */
public record InferRequest(
    @Nullable String id,
    Map<String, TensorValues> inputs,
    Map<String, Boolean> binary,
    boolean allBinary) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int BAD_REQUEST = 400;
  private static final int MOST_DIMENSIONS = 8;

  /**
   * @param jsonBytes how much of the body is JSON; what follows is binary
   */
  public static InferRequest read(byte[] body, int jsonBytes) throws IOException {
    try (JsonParser json = JSON.createParser(body, 0, jsonBytes)) {
      InferRequest read = new Reader(json, body, jsonBytes).request();
      if (json.nextToken() != null) {
        throw bad("there is more behind the JSON object");
      }
      return read;
    } catch (JsonProcessingException e) {
      throw bad("not JSON: " + e.getOriginalMessage());
    }
  }

  public static HttpError bad(String text) {
    return new HttpError(BAD_REQUEST, "infer: " + text);
  }

  /** An input as it is read; null for what was not there. */
  private static final class Input {
    @Nullable String name;
    @Nullable String datatype;
    long @Nullable [] shape;
    float @Nullable [] data;
    int binaryBytes = -1;
  }

  private static final class Reader {
    private final JsonParser json;
    private final byte[] body;
    private int binaryAt;

    Reader(JsonParser json, byte[] body, int binaryAt) {
      this.json = json;
      this.body = body;
      this.binaryAt = binaryAt;
    }

    private InferRequest request() throws IOException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw bad("the body is no JSON object");
      }
      String id = null;
      boolean allBinary = false;
      Map<String, TensorValues> inputs = new LinkedHashMap<>();
      Map<String, Boolean> outputs = new LinkedHashMap<>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "id" -> id = text("id");
          case "inputs" -> objects("inputs", () -> input(inputs));
          case "outputs" -> objects("outputs", () -> output(outputs));
          case "parameters" -> allBinary = flag("binary_data_output");
          default -> json.skipChildren();
        }
      }
      if (binaryAt != body.length) {
        throw bad(
            "there are " + (body.length - binaryAt) + " bytes that no input says are its own");
      }
      return new InferRequest(id, inputs, outputs, allBinary);
    }

    private interface Part {
      void read() throws IOException;
    }

    private void objects(String what, Part part) throws IOException {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw bad(what + " is no array");
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
          throw bad(what + " has what is no object");
        }
        part.read();
      }
    }

    private void input(Map<String, TensorValues> inputs) throws IOException {
      Input in = new Input();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "name" -> in.name = text("name");
          case "datatype" -> in.datatype = text("datatype");
          case "shape" -> in.shape = shape();
          case "data" -> in.data = data();
          case "parameters" -> in.binaryBytes = number("binary_data_size");
          default -> json.skipChildren();
        }
      }
      if (in.name == null || in.datatype == null || in.shape == null) {
        throw bad("an input has no name, datatype or shape");
      }
      String what = "input " + Shown.of(in.name);
      if (!in.datatype.equals("FP32")) {
        throw bad(what + " is " + Shown.of(in.datatype) + ", not FP32");
      }
      Shape shape = Shape.of(in.shape);
      if (in.binaryBytes >= 0) {
        if (in.data != null) {
          throw bad(what + " has data and binary_data_size");
        }
        in.data = binary(what, shape, in.binaryBytes);
      }
      if (in.data == null || in.data.length != shape.elements()) {
        int found = in.data == null ? 0 : in.data.length;
        throw bad(what + " has " + found + " values, which do not fill " + shape);
      }
      if (inputs.put(in.name, new TensorValues(shape, in.data)) != null) {
        throw bad(what + " is there twice");
      }
    }

    private float[] binary(String what, Shape shape, int bytes) {
      if (bytes > body.length - binaryAt || bytes != 4 * shape.elements()) {
        throw bad(
            what + " of " + shape + " has " + bytes + " bytes of binary data, or not so many");
      }
      float[] values = Floats.read(body, binaryAt, bytes / 4);
      binaryAt += bytes;
      return values;
    }

    private void output(Map<String, Boolean> outputs) throws IOException {
      String name = null;
      Boolean binary = null;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "name" -> name = text("name");
          case "parameters" -> binary = flag("binary_data");
          default -> json.skipChildren();
        }
      }
      if (name == null) {
        throw bad("an output has no name");
      }
      outputs.put(name, binary != null && binary);
    }

    private String text(String what) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw bad(what + " is no text");
      }
      return json.getText();
    }

    private long[] shape() throws IOException {
      List<Long> dims = new ArrayList<>();
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw bad("shape is no array");
      }
      long elements = 1;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        long dim = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? whole() : -1;
        if (dim < 0
            || dims.size() == MOST_DIMENSIONS
            || dim > 0 && elements > Integer.MAX_VALUE / dim) {
          throw bad("shape has what is no size, or is too large");
        }
        dims.add(dim);
        elements *= dim;
      }
      return dims.stream().mapToLong(Long::longValue).toArray();
    }

    private long whole() throws IOException {
      return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : json.getLongValue();
    }

    /** Flat, or nested as the shape. */
    private float[] data() throws IOException {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw bad("data is no array");
      }
      Floats values = new Floats();
      for (int depth = 1; depth > 0; ) {
        switch (json.nextToken()) {
          case START_ARRAY -> depth++;
          case END_ARRAY -> depth--;
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> values.add(json.getFloatValue());
          default -> throw bad("data has what is no number");
        }
        if (depth > MOST_DIMENSIONS) {
          throw bad("data is nested too deep");
        }
      }
      return values.toArray();
    }

    /** The flag of this name among parameters. */
    private boolean flag(String name) throws IOException {
      boolean[] found = {false};
      parameters(
          name,
          () -> {
            if (!json.currentToken().isBoolean()) {
              throw bad(name + " is neither true nor false");
            }
            found[0] = json.getBooleanValue();
          });
      return found[0];
    }

    private int number(String name) throws IOException {
      int[] found = {-1};
      parameters(
          name,
          () -> {
            long value = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? whole() : -1;
            if (value < 0 || value > Integer.MAX_VALUE) {
              throw bad(name + " is no number of bytes");
            }
            found[0] = (int) value;
          });
      return found[0];
    }

    private void parameters(String wanted, Part part) throws IOException {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw bad("parameters is no object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        if (key.equals(wanted)) {
          part.read();
        } else {
          json.skipChildren();
        }
      }
    }
  }
}
