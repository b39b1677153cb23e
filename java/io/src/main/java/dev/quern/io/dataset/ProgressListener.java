package dev.quern.io.dataset;

/** A listener for the progress of reading an image folder. */
@FunctionalInterface
public interface ProgressListener {
  /** A listener that does nothing. */
  ProgressListener NONE = (done, all) -> {};

  /**
   * Reports that {@code done} of {@code all} images are read. Called from time to time and at the
   * end with equal arguments, on the thread that opens the folder. An exception aborts the opening.
   */
  void onRead(int done, int all);
}
