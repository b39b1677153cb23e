package dev.quern.serve.http;

/**
 * Bytes that all requests together may hold: bodies, what is read from them, and answers. One
 * request alone gets what it needs, which other limits bound. A quarter is kept for small requests,
 * which large ones would crowd out.
 */
public final class Budget {
  /** What a small request holds at most: this part of all. */
  private static final long SMALL = 64;

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
    boolean small = own + bytes <= most / SMALL;
    if (others && held + bytes > (small ? most : most - most / 4)) {
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
