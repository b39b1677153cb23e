package dev.quern.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/** JSON of which names are bounded, and that is read no longer than there is time for it. */
final class Tokens extends JsonParserDelegate {
  private static final int MOST_NAMES = 10_000;

  /** So many numbers take less than a millisecond. */
  private static final int BETWEEN_LOOKS = 1 << 12;

  private final Runnable requireTime;
  private int names;
  private int tokens;

  /**
   * @param requireTime throws when the time is over
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

  /** By {@link #nextToken}, so that what is skipped counts as well. */
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
