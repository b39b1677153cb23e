package dev.quern.serve.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.quern.serve.TensorValues;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inference request of the Open Inference Protocol, version 2: JSON, behind which the values of
 * some inputs may come in binary.
 *
 * @param outputs whether each that is asked for is to come in binary, by name; empty for all
 * @param binary whether outputs that are not named do
 */
public record InferRequest(
    @Nullable String id,
    Map<String, TensorValues> inputs,
    Map<String, Boolean> outputs,
    boolean binary) {
  /**
   * What one takes for each byte of JSON at most: "0," is a float of four bytes, held twice while
   * an array of twice the length grows.
   */
  private static final int BYTES_OF_JSON = 6;

  private static final int BAD_REQUEST = 400;
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * @param jsonBytes how much of the body is JSON; what follows is binary
   * @throws HttpError if it is none
   */
  public static InferRequest read(byte[] body, int jsonBytes) {
    try (JsonParser json = JSON.createParser(body, 0, jsonBytes)) {
      InferRequest read = new InferReader(json, new BinaryValues(body, jsonBytes)).request();
      if (json.nextToken() != null) {
        throw bad("there is more behind the JSON object");
      }
      return read;
    } catch (JsonProcessingException e) {
      throw bad("not JSON: " + Shown.of(e.getOriginalMessage()));
    } catch (IOException e) {
      throw bad("not JSON: not in UTF-8"); // nothing else can fail: the bytes are here
    }
  }

  /** Bytes of memory that reading a body takes at most, besides the body. */
  public static long bytes(long body, long jsonBytes) {
    return BYTES_OF_JSON * jsonBytes + 2 * (body - jsonBytes);
  }

  public static HttpError bad(String text) {
    return new HttpError(BAD_REQUEST, "infer: " + text);
  }
}
