package dev.quern.serve.http;

import java.io.IOException;

/** Handles requests. May be called from any thread. */
public interface RequestHandler {
  /**
   * Called when a request's head is complete. The handler must respond or request the body without
   * blocking, because other connections share the thread.
   */
  void begin(Request request) throws IOException;

  /** Called when processing threw an exception; the handler must send an error response. */
  void failed(Request request, Throwable thrown);

  /**
   * Called once per request, when its response is about to be sent or its client has disconnected.
   */
  void ended(Request request);
}
