package dev.quern.serve.http;

import java.io.IOException;

/** Who answers requests. Any thread may call it. */
public interface RequestHandler {
  /**
   * A request's head is there. It is to be answered, or its body asked for, without blocking: other
   * connections wait for this thread.
   */
  void begin(Request request) throws IOException;

  /** Something was thrown on the way to the answer, which is to say so. */
  void failed(Request request, Throwable thrown);

  /** The answer leaves now, or its client has left. Called once for each request. */
  void ended(Request request);
}
