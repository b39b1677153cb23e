package dev.quern.io.dataset;

/** A listener for the progress of opening an image folder. */
@FunctionalInterface
public interface ProgressListener {
  /** A listener that does nothing. */
  ProgressListener NONE = (done, all) -> {};

  /**
   * Reports that {@code done} of {@code all} images have been read. Called repeatedly, and at the
   * end with equal arguments, on the thread that opens the folder. If it throws, opening is
   * aborted.
   */
  void onRead(int done, int all);
}
