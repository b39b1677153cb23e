package dev.quern.internal;

import dev.quern.error.ClosedException;

/**
 * Counts the calls inside an object that holds off-heap memory, so that it is never freed under one
 * of them.
 */
public final class Usage {
  private final String what;

  /**
   * Reachable while a call is inside, since {@link #exit} still needs this: the collector must not
   * free what nobody holds any more under a call that reads its memory.
   */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final Object owner;

  private int inside;
  private boolean closed;

  /**
   * @param owner whose memory is counted for
   */
  public Usage(String what, Object owner) {
    this.what = what;
    this.owner = owner;
  }

  /**
   * @throws ClosedException if the object is closed
   */
  public synchronized void enter() {
    if (closed) {
      throw new ClosedException(what + ": used after close");
    }
    inside++;
  }

  public synchronized void exit() {
    inside--;
  }

  /**
   * Marks the object closed.
   *
   * @return false if it already was
   * @throws ClosedException if calls are inside; the object stays open
   */
  public synchronized boolean close() {
    if (closed) {
      return false;
    }
    if (inside > 0) {
      throw new ClosedException(what + ": closed while " + inside + " calls are inside");
    }
    closed = true;
    return true;
  }
}
