package dev.quern.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** A JSON parser that limits the number of names and the parsing time. */
final class Tokens extends JsonParserDelegate {
  private static final int MOST_NAMES = 10_000;

  /**
   * Number of tokens between two checks of the time; parsing that many takes less than a
   * millisecond.
   */
  private static final int BETWEEN_LOOKS = 1 << 12;

  private final Runnable requireTime;
  private int names;
  private int tokens;

  /**
   * Creates the parser.
   *
   * @param requireTime throws an exception after the timeout
   */
  Tokens(JsonParser json, Runnable requireTime) {
    super(json);
    this.requireTime = requireTime;
  }

  @Override
  public JsonToken nextToken() throws IOException {
    JsonToken token = super.nextToken();
    if (token == JsonToken.FIELD_NAME && ++names > MOST_NAMES) {
      throw InferRequest.bad("the JSON has more than " + MOST_NAMES + " names");
    }
    if (++tokens % BETWEEN_LOOKS == 0) {
      requireTime.run();
    }
    return token;
  }

  /** Skips children with {@link #nextToken}, so that the names in them count towards the limit. */
  @Override
  public JsonParser skipChildren() throws IOException {
    JsonToken token = currentToken();
    int depth = token != null && token.isStructStart() ? 1 : 0;
    while (depth > 0) {
      token = nextToken();
      if (token == null) {
        throw InferRequest.bad("the JSON ends too early");
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }
    return this;
  }
}
