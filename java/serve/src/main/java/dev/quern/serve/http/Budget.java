package dev.quern.serve.http;

/**
 * Bytes that all requests together may hold: bodies, what is read from them, and answers. A quarter
 * is for small requests, whatever large ones hold; they have the rest, and one alone gets what it
 * needs, which other limits bound.
 */
public final class Budget {
  /** What a small request holds at most; less where all is little. */
  private static final long SMALL = 256 << 10;

  private final long most;
  private final long smallest;
  private long small;
  private long large;

  public Budget(long most) {
    this.most = most;
    smallest = Math.min(SMALL, most / 8);
  }

  /**
   * @param own what the request that asks holds already
   * @param said how long its body will be: large ones are no small ones while they are on their way
   * @return whether there is room
   */
  synchronized boolean take(long bytes, long own, long said) {
    long all = own + bytes;
    boolean isSmall = isSmall(all, said);
    long others = isSmall ? small - own : large - (isSmall(own, said) ? 0 : own);
    if (others > 0 && others + all > (isSmall ? most / 4 : most - most / 4)) {
      return false;
    }
    move(own, all, said);
    return true;
  }

  /**
   * @param own what the request that gives it back has held
   */
  synchronized void give(long bytes, long own, long said) {
    move(own, own - bytes, said);
  }

  private boolean isSmall(long held, long said) {
    return Math.max(held, said) <= smallest;
  }

  private void move(long from, long to, long said) {
    if (isSmall(from, said)) {
      small -= from;
    } else {
      large -= from;
    }
    if (isSmall(to, said)) {
      small += to;
    } else {
      large += to;
    }
  }

  public synchronized long held() {
    return small + large;
  }
}
