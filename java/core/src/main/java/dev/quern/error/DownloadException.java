package dev.quern.error;

/** Thrown when a download fails, or the downloaded file has the wrong size or checksum. */
public class DownloadException extends QuernException {
  private static final long serialVersionUID = 1L;

  public DownloadException(String message) {
    super(message);
  }

  public DownloadException(String message, Throwable cause) {
    super(message, cause);
  }
}
