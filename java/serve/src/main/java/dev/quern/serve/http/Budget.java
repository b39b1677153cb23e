package dev.quern.serve.http;

/**
 * Bytes that all requests together may hold: bodies, what is read from them, and answers. A quarter
 * is for small requests, whatever large ones hold; they have the rest, and one alone gets what it
 * needs, which other limits bound.
 */
public final class Budget {
  /** What a small request holds at most: this part of all. */
  private static final long SMALL_PART = 64;

  private final long most;
  private final long smallest;
  private long small;
  private long large;

  public Budget(long most) {
    this.most = most;
    smallest = most / SMALL_PART;
  }

  /**
   * @param own what the request that asks holds already
   * @return whether there is room
   */
  synchronized boolean take(long bytes, long own) {
    long all = own + bytes;
    long others = all > smallest ? large - (own > smallest ? own : 0) : small - own;
    if (others > 0 && others + all > (all > smallest ? most - most / 4 : most / 4)) {
      return false;
    }
    move(own, all);
    return true;
  }

  /**
   * @param own what the request that gives it back has held
   */
  synchronized void give(long bytes, long own) {
    move(own, own - bytes);
  }

  private void move(long from, long to) {
    if (from > smallest) {
      large -= from;
    } else {
      small -= from;
    }
    if (to > smallest) {
      large += to;
    } else {
      small += to;
    }
  }

  public synchronized long held() {
    return small + large;
  }
}
