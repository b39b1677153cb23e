package dev.quern.io.dataset;

/** A listener for the progress of a download, called on the thread that downloads. */
@FunctionalInterface
public interface DownloadListener {
  /** A listener that does nothing. */
  DownloadListener NONE = (bytes, total) -> {};

  /**
   * Reports progress.
   *
   * @param bytes the bytes so far, including those of an earlier, resumed download
   * @param total the file's size
   */
  void progress(long bytes, long total);
}
