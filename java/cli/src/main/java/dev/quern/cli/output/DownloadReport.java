package dev.quern.cli.output;

import dev.quern.console.Bar;
import dev.quern.io.dataset.DownloadListener;
import java.io.PrintWriter;

/**
 * A listener that prints the progress of a download: a progress bar on a terminal, otherwise a line
 * for each 10 percent.
 */
public final class DownloadReport implements DownloadListener, AutoCloseable {
  private static final long MEGABYTE = 1_000_000;

  private final PrintWriter err;
  private final Bar bar;
  private long tenths = -1;

  public DownloadReport(PrintWriter err) {
    this.err = err;
    this.bar = new Bar(err, "MB");
  }

  @Override
  public void progress(long bytes, long total) {
    bar.to("download", (double) bytes / total, (double) bytes / MEGABYTE, "");
    long now = 10 * bytes / total;
    if (!bar.isShown() && now > tenths) {
      tenths = now;
      err.println("download " + bytes / MEGABYTE + " of " + total / MEGABYTE + " MB");
    }
  }

  @Override
  public void close() {
    bar.close();
  }
}
