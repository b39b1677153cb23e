package dev.quern.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.quern.data.Normalization;
import dev.quern.predict.ModelData;
import dev.quern.serve.http.HttpError;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An inference request of the Open Inference Protocol, version 2: JSON, optionally followed by the
 * values of some inputs in binary.
 *
 * @param raw names of the inputs that the server must normalize as in training
 * @param outputs names of the requested outputs, and whether each is sent in binary; empty for all
 *     outputs
 * @param binary whether outputs that {@code outputs} does not name are sent in binary
 */
record InferRequest(
    @Nullable String id,
    Map<String, TensorValues> inputs,
    Set<String> raw,
    Map<String, Boolean> outputs,
    boolean binary) {
  /**
   * Maximum memory in bytes per byte of JSON. The worst case is "0,": two bytes become a float of
   * four bytes, which takes three times its size while an array grows.
   */
  private static final int BYTES_OF_JSON = 6;

  private static final int BAD_REQUEST = 400;
  private static final int MOST_NAME = 1024;
  private static final int MOST_DEPTH = 64;

  /**
   * The JSON factory. It does not cache names across requests: clients choose the names, and could
   * choose names with equal hashes.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MOST_DEPTH)
                  .maxNameLength(MOST_NAME)
                  .build())
          .build();

  /**
   * Parses a request.
   *
   * @param jsonBytes the length of the JSON part of the body; the rest is binary
   * @param requireTime called regularly; throws an exception after the request's timeout
   * @throws HttpError if the request is not valid
   */
  static InferRequest read(byte[] body, int jsonBytes, Runnable requireTime) {
    try (JsonParser json = new Tokens(JSON.createParser(body, 0, jsonBytes), requireTime)) {
      InferRequest read = new InferReader(json, new BinaryValues(body, jsonBytes)).request();
      if (json.nextToken() != null) {
        throw bad("there is content after the JSON object");
      }
      return read;
    } catch (StreamConstraintsException e) {
      throw bad("the JSON is nested too deeply, or contains a name or number that is too long");
    } catch (JsonProcessingException e) {
      // the exception's own message names internal classes
      throw bad("the body is not valid JSON at byte " + e.getLocation().getByteOffset());
    } catch (IOException e) {
      throw bad(
          "the body is not valid JSON: it is not in UTF-8"); // nothing else can fail: the bytes are
      // here
    }
  }

  /**
   * Returns the inputs for the network; inputs in {@code raw} are copied and normalized.
   *
   * @param model the model, which must accept inputs with these names and shapes
   */
  Map<String, TensorValues> inputs(ModelData model) {
    Map<String, TensorValues> all = new LinkedHashMap<>(inputs);
    for (String name : raw) {
      Normalization how = model.preprocessing().get(name).normalization();
      all.computeIfPresent(name, (key, given) -> normalized(given, how));
    }
    return all;
  }

  /** Normalizes values with the same float operations as in training. */
  private static TensorValues normalized(TensorValues given, Normalization how) {
    float[] mean = how.mean();
    float[] std = how.std();
    float[] values = given.values().clone();
    int each = values.length / given.samples();
    int plane = each / mean.length;
    for (int i = 0; i < values.length; i++) {
      int c = i % each / plane;
      values[i] = (values[i] - mean[c]) / std[c];
    }
    return new TensorValues(given.shape(), values);
  }

  /** Returns the size in bytes of the normalized copies of the inputs in {@code raw}. */
  long rawBytes() {
    return raw.stream().mapToLong(n -> (long) Float.BYTES * inputs.get(n).values().length).sum();
  }

  /**
   * Returns the maximum memory in bytes that parsing a body needs, in addition to the body itself.
   */
  static long bytes(long body, long jsonBytes) {
    return BYTES_OF_JSON * jsonBytes + 2 * (body - jsonBytes);
  }

  static HttpError bad(String text) {
    return new HttpError(BAD_REQUEST, "infer: " + text);
  }
}
