package dev.quern.report.measure;

/** Lets something be measured so rarely that it takes a two-hundredth of the time. */
public final class Pause {
  private static final int SHARE = 200;

  private final long leastNanos;
  private long nextNanos = System.nanoTime();

  /**
   * @param leastNanos between two measurements
   */
  public Pause(long leastNanos) {
    this.leastNanos = leastNanos;
  }

  public boolean isOver() {
    return System.nanoTime() - nextNanos >= 0;
  }

  /** Starts after a measurement. */
  public void begin(long costNanos) {
    nextNanos = System.nanoTime() + Math.max(leastNanos, SHARE * costNanos);
  }
}
