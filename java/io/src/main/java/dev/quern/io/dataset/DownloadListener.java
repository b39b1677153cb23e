package dev.quern.io.dataset;

/** A listener for the progress of a download, called on the downloading thread. */
@FunctionalInterface
public interface DownloadListener {
  /** A listener that does nothing. */
  DownloadListener NONE = (bytes, total) -> {};

  /**
   * Reports the progress of a download.
   *
   * @param bytes the number of bytes received so far, including those of a resumed earlier download
   * @param total the file's size in bytes
   */
  void progress(long bytes, long total);
}
