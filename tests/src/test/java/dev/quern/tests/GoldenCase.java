package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.error.FormatException;
import dev.quern.io.Safetensors;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** One recorded case of an operator: parameters, and tensors in PyTorch's layouts. */
record GoldenCase(
    String name, String operator, JsonNode params, Safetensors file, boolean bundled) {
  /**
   * The cases that the metadata of a file in the form of torch-ops lists.
   *
   * @param bundled whether the file is the project's own, whose errors the table of operators has
   */
  static List<GoldenCase> of(Safetensors file, boolean bundled) {
    List<GoldenCase> cases = new ArrayList<>();
    for (JsonNode c : json(file.metadata().get("cases"))) {
      cases.add(
          new GoldenCase(
              c.path("name").asText(), c.path("op").asText(), c.path("params"), file, bundled));
    }
    return cases;
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new FormatException("golden: metadata is not JSON: " + e.getMessage(), e);
    }
  }

  boolean has(String tensor) {
    return file.has(name + "." + tensor);
  }

  Shape shape(String tensor) {
    return file.shape(name + "." + tensor);
  }

  Tensor tensor(Arena arena, String tensor) {
    return tensor(arena, tensor, shape(tensor));
  }

  /** A recorded tensor under another shape. */
  Tensor tensor(Arena arena, String tensor, Shape view) {
    return arena.tensor(view, file.floats(name + "." + tensor));
  }

  /** Null where there is none. */
  Tensor tensorOrNull(Arena arena, String tensor) {
    return has(tensor) ? tensor(arena, tensor) : null;
  }

  /** A parameter by axis, recorded as one number or two. */
  Size size(String key, Size otherwise) {
    JsonNode node = params.path(key);
    if (node.isArray()) {
      return new Size(node.get(0).asInt(), node.get(1).asInt());
    }
    return node.isNumber() ? Size.of(node.asInt()) : otherwise;
  }

  int integer(String key, int otherwise) {
    return params.path(key).asInt(otherwise);
  }

  float number(String key, double otherwise) {
    return (float) params.path(key).asDouble(otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    return params.path(key).asBoolean(otherwise);
  }

  /** Null where there is none. */
  float[] numbers(String key) {
    JsonNode node = params.get(key);
    if (node == null || node.isNull()) {
      return null;
    }
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get(i).asDouble();
    }
    return values;
  }

  int[] integers(String key) {
    int[] values = new int[params.path(key).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = params.path(key).get(i).asInt();
    }
    return values;
  }

  /**
   * The result has the recorded tensor's shape (or its elements, where the case ran under another
   * view of them) and its values within {@link Compare#TOLERANCE}.
   */
  void agrees(String tensor, Tensor actual) {
    Shape wanted = shape(tensor);
    if (actual.shape().rank() == wanted.rank()) {
      assertThat(actual.shape()).as("shape of %s.%s", name, tensor).isEqualTo(wanted);
    }
    agrees(tensor, actual.toArray());
  }

  void agrees(String tensor, float... actual) {
    double[] expected = file.doubles(name + "." + tensor);
    assertThat(actual).as("%s.%s", name, tensor).hasSameSizeAs(expected);
    double distance = Compare.distance(actual, expected);
    if (bundled) {
      Operators.againstPyTorch(this, distance);
    }
    assertThat(distance)
        .as("distance of %s.%s", name, tensor)
        .isLessThanOrEqualTo(Compare.TOLERANCE);
  }

  @Override
  public String toString() {
    return name + " " + params;
  }
}
