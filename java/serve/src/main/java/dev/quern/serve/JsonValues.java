package dev.quern.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;

/** Parses the shape and the values of a tensor in JSON. */
final class JsonValues {
  private static final int MOST_DIMENSIONS = 8;

  private final JsonParser json;

  JsonValues(JsonParser json) {
    this.json = json;
  }

  /** Parses a shape, and checks that a Java array can store its elements. */
  Shape shape() throws IOException {
    requireArray("shape");
    long[] dims = new long[MOST_DIMENSIONS];
    int rank = 0;
    long elements = 1;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      long dim = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? whole() : -1;
      if (dim < 0 || dim > Integer.MAX_VALUE || rank == MOST_DIMENSIONS) {
        throw InferRequest.bad("shape must be an array of at most " + MOST_DIMENSIONS + " sizes");
      }
      dims[rank++] = dim;
      elements *= dim;
      if (elements > Integer.MAX_VALUE) {
        throw InferRequest.bad("shape has more than " + Integer.MAX_VALUE + " elements");
      }
    }
    return Shape.of(Arrays.copyOf(dims, rank));
  }

  /** Parses an integer; returns -1 if the integer does not fit in a long. */
  long whole() throws IOException {
    return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? -1 : json.getLongValue();
  }

  /** Parses numbers as float32, from a flat array or from nested arrays that match the shape. */
  float[] floats() throws IOException {
    requireArray("data");
    Floats values = new Floats();
    for (int depth = 1; depth > 0; ) {
      switch (json.nextToken()) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> values.add(number());
        default -> throw InferRequest.bad("data: elements must be numbers");
      }
      if (depth > MOST_DIMENSIONS) {
        throw InferRequest.bad("data is nested too deeply");
      }
    }
    return values.toArray();
  }

  private float number() throws IOException {
    float value = json.getFloatValue();
    if (Float.isInfinite(value)) {
      throw InferRequest.bad("data: a number is outside the range of float32");
    }
    return value;
  }

  private void requireArray(String what) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw InferRequest.bad(what + " is not an array");
    }
  }
}
