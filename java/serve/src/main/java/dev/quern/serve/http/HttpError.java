package dev.quern.serve.http;

/** A request that is answered with an error, whose text the client may read. */
public final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param text says nothing of this machine, such as where files are
   */
  public HttpError(int status, String text) {
    super(text, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
