package dev.quern.serve.http;

/**
 * Memory budget of all requests together: bodies, parsed data and responses. A quarter is reserved
 * for small requests; large ones share the rest, and a single request gets what it needs, which
 * other limits bound.
 */
public final class Budget {
  /** Largest size of a small request; less if the whole budget is small. */
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
   * @param own bytes that the request holds already
   * @param said announced length of its body, by which a request counts as large while its body
   *     arrives
   * @return whether the budget allows it
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
