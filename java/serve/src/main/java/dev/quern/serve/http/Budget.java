package dev.quern.serve.http;

/**
 * Bytes that all requests together may hold: bodies, what is read from them, and answers. One
 * request alone gets what it needs, which other limits bound.
 */
public final class Budget {
  private final long most;
  private long held;

  public Budget(long most) {
    this.most = most;
  }

  /**
   * @param own what the request that asks holds already
   * @return whether there is room
   */
  synchronized boolean take(long bytes, long own) {
    boolean others = held > own;
    if (others && held + bytes > most) {
      return false;
    }
    held += bytes;
    return true;
  }

  synchronized void give(long bytes) {
    held -= bytes;
  }

  public synchronized long held() {
    return held;
  }
}
