package dev.quern.serve.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A reserve of file descriptors, so that connections cannot exhaust them: without a free
 * descriptor, files of models and classes cannot be opened.
 */
final class Descriptors implements AutoCloseable {
  private static final int LEAST_CONNECTIONS = 4;
  private static final int LEAST_FREE = 32;
  private static final int FREE_SHARE = 8;
  private static final int RESERVED = 16;

  private final List<SocketChannel> reserve = new ArrayList<>();
  private boolean closed;

  Descriptors() {
    hold();
  }

  /**
   * Returns the number of connections to allow: {@code asked}, or fewer if the process's limit of
   * open files requires it. An eighth of that limit, but at least 32 files, remains for other uses.
   */
  static int connections(int asked) {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
      return asked; // Windows has no such limit
    }
    long limit = unix.getMaxFileDescriptorCount();
    long kept = Math.max(LEAST_FREE, limit / FREE_SHARE);
    long may = limit - unix.getOpenFileDescriptorCount() - kept;
    if (limit < 0 || may >= asked) {
      return asked;
    }
    int bound = (int) Math.max(Math.min(LEAST_CONNECTIONS, asked), may);
    Log.warn(
        "serve: "
            + bound
            + " clients can be connected instead of "
            + asked
            + ", because the process is limited to "
            + limit
            + " open files, see ulimit -n");
    return bound;
  }

  /**
   * Runs an action while the reserved descriptors are released, so that the action can use them.
   */
  synchronized void spend(Runnable work) {
    free();
    try {
      work.run();
    } finally {
      hold();
    }
  }

  private void hold() {
    try {
      while (!closed && reserve.size() < RESERVED) {
        reserve.add(SocketChannel.open());
      }
    } catch (IOException e) {
      // other code uses all descriptors at present; the next call tries again
    }
  }

  private void free() {
    for (SocketChannel one : reserve) {
      try {
        one.close();
      } catch (IOException e) {
        // it was never connected: there is nothing to lose
      }
    }
    reserve.clear();
  }

  @Override
  public synchronized void close() {
    closed = true;
    free();
  }
}
