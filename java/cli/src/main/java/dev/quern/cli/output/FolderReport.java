package dev.quern.cli.output;

import dev.quern.console.Bar;
import dev.quern.io.dataset.ProgressListener;
import java.io.PrintWriter;
import java.util.Locale;

/** A listener that prints the progress of reading a large image folder to standard error. */
public final class FolderReport implements ProgressListener, AutoCloseable {
  /** Minimum number of images for which progress is reported. */
  private static final int MANY = 2_000;

  /** Time between two lines in nanoseconds, if there is no progress bar. */
  private static final long NANOS = 5_000_000_000L;

  private final PrintWriter err;
  private final Bar bar;
  private long told = System.nanoTime();

  public FolderReport(PrintWriter err) {
    this.err = err;
    this.bar = new Bar(err, "pictures");
  }

  @Override
  public void onRead(int done, int all) {
    bar.to("reading", all == 0 ? 1 : (double) done / all, done, "");
    if (!bar.isShown() && all >= MANY && System.nanoTime() - told > NANOS) {
      told = System.nanoTime();
      err.printf(Locale.ROOT, "reading: %,d of %,d images%n", done, all);
      err.flush();
    }
  }

  @Override
  public void close() {
    bar.close();
  }
}
