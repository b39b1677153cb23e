package dev.quern.internal;

import dev.quern.error.ClosedException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the running calls of an object with off-heap memory, so that the memory is not freed
 * during a call.
 */
public final class Usage {
  private final String what;

  /**
   * The object that owns the memory. This field keeps it reachable until {@link #exit}, so that the
   * garbage collector does not free the memory during a call.
   */
  @SuppressWarnings({"unused", "FieldCanBeLocal"})
  private final Object owner;

  private int inside;
  private boolean closed;

  /** Task that frees the memory after the last running call; null if none is pending. */
  private @Nullable Runnable last;

  /**
   * Creates a counter of the running calls of an object.
   *
   * @param owner the object that owns the memory
   */
  public Usage(String what, Object owner) {
    this.what = what;
    this.owner = owner;
  }

  /**
   * Marks the beginning of a call.
   *
   * @throws ClosedException if the object is closed
   */
  public synchronized void enter() {
    if (closed) {
      throw new ClosedException(what + ": used after close");
    }
    inside++;
  }

  public void exit() {
    Runnable free = null;
    synchronized (this) {
      inside--;
      if (inside == 0) {
        free = last;
        last = null;
      }
    }
    if (free != null) {
      free.run();
    }
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Marks the object as closed for later calls; does nothing if it is already closed.
   *
   * @param free task that runs once when no call is running: immediately, or in the thread of the
   *     last running call
   */
  public void closeWhenFree(Runnable free) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (inside > 0) {
        last = free;
        return;
      }
    }
    free.run();
  }

  /**
   * Marks the object as closed.
   *
   * @return false if the object was already closed
   * @throws ClosedException if calls are still running; the object remains open
   */
  public synchronized boolean close() {
    if (closed) {
      return false;
    }
    if (inside > 0) {
      throw new ClosedException(what + ": closed while " + inside + " calls are still running");
    }
    closed = true;
    return true;
  }
}
