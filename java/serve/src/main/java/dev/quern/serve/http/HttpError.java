package dev.quern.serve.http;

/** An exception that becomes an error response with a text for the client. */
public final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * Creates an error response.
   *
   * @param status the HTTP status
   * @param text the text, which must not disclose details of this machine, such as paths
   */
  public HttpError(int status, String text) {
    super(text, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
