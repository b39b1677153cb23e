package dev.quern.report.measure;

/** A pause between measurements, so that the measurements take at most 0.5 % of the time. */
public final class Pause {
  private static final int SHARE = 200;

  private final long leastNanos;
  private long nextNanos = System.nanoTime();

  /**
   * Creates a pause.
   *
   * @param leastNanos the minimum length of the pause, in nanoseconds
   */
  public Pause(long leastNanos) {
    this.leastNanos = leastNanos;
  }

  public boolean isOver() {
    return System.nanoTime() - nextNanos >= 0;
  }

  /** Starts the pause after a measurement that took {@code costNanos} nanoseconds. */
  public void begin(long costNanos) {
    nextNanos = System.nanoTime() + Math.max(leastNanos, SHARE * costNanos);
  }
}
