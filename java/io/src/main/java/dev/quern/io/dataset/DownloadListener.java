package dev.quern.io.dataset;

/** Hears of a download's progress, on the thread that called the download. */
@FunctionalInterface
public interface DownloadListener {
  /** Listens to nothing. */
  DownloadListener NONE = (bytes, total) -> {};

  /**
   * @param bytes so far, those of an earlier, resumed download included
   * @param total the file's size
   */
  void progress(long bytes, long total);
}
