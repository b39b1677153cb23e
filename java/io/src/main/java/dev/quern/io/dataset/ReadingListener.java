package dev.quern.io.dataset;

/** Hears how far a folder of pictures is read. */
@FunctionalInterface
public interface ReadingListener {
  /** Hears nothing. */
  ReadingListener NONE = (done, all) -> {};

  /**
   * So many of all pictures are read. Is called now and then, at the end with both the same, on the
   * thread that opens the folder. What it throws ends the opening.
   */
  void onRead(int done, int all);
}
