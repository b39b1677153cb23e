package dev.quern.serve.http;

/**
 * The memory budget of all requests together, for bodies, parsed data and responses. Small requests
 * share a quarter; large requests share the rest. A request that is alone in its part is always
 * accepted, since other limits apply to it.
 */
public final class Budget {
  /** Largest size in bytes of a small request; smaller if the whole budget is small. */
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
   * Reserves memory for a request.
   *
   * @param bytes the number of bytes to reserve
   * @param own the number of bytes that the request has reserved already
   * @param said the announced length of the request's body; if it is long, the request counts as
   *     large before the body arrives
   * @return whether the budget allows the reservation
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
   * Releases memory of a request.
   *
   * @param bytes the number of bytes to release
   * @param own the number of bytes that the request had reserved before
   * @param said the announced length of its body
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
