package dev.quern.internal;

import dev.quern.error.ClosedException;

/**
 * Counts the calls inside an object that holds off-heap memory, so that it is never freed under one
 * of them.
 */
public final class Usage {
  private final String what;
  private int inside;
  private boolean closed;

  public Usage(String what) {
    this.what = what;
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
