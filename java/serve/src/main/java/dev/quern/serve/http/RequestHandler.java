package dev.quern.serve.http;

import java.io.IOException;

/** A handler of requests. May be called from any thread. */
public interface RequestHandler {
  /**
   * Called when a request's head is complete. It must respond or request the body without blocking,
   * because other connections share the thread.
   */
  void begin(Request request) throws IOException;

  /** Called when processing threw an exception; it must respond with an error. */
  void failed(Request request, Throwable thrown);

  /** Called once per request, when the response is sent or the client has disconnected. */
  void ended(Request request);
}
