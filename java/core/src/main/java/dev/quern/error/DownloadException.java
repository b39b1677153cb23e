package dev.quern.error;

/** A download failed, or what came is not what was promised. */
public class DownloadException extends QuernException {
  private static final long serialVersionUID = 1L;

  public DownloadException(String message) {
    super(message);
  }

  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
