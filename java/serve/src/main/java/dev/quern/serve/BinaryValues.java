package dev.quern.serve;

import dev.quern.tensor.Shape;

/**
 * The binary part of a request: it follows the JSON part and contains the values of inputs in the
 * order of the inputs.
 */
final class BinaryValues {
  private final byte[] body;
  private int at;

  BinaryValues(byte[] body, int at) {
    this.body = body;
    this.at = at;
  }

  float[] next(String what, Shape shape, long bytes) {
    if (bytes != Float.BYTES * shape.elements()) {
      throw InferRequest.bad(
          what + " has shape " + shape + ", which does not match its " + bytes + " bytes");
    }
    if (bytes > body.length - at) {
      throw InferRequest.bad(what + ": its " + bytes + " bytes are missing");
    }
    float[] values = Floats.read(body, at, (int) bytes / Float.BYTES);
    at += (int) bytes;
    return values;
  }

  void requireEnd() {
    if (at != body.length) {
      throw InferRequest.bad("no input refers to the last " + (body.length - at) + " bytes");
    }
  }
}
