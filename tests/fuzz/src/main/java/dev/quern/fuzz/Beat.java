package dev.quern.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where a child is, in a few bytes of memory that it shares with its parent: they outlive a kill.
 */
final class Beat {
  private static final int CASE = 0;
  private static final int DONE = 8;
  private final ByteBuffer shared;

  private Beat(ByteBuffer shared) {
    this.shared = shared;
  }

  static Beat at(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Beat(channel.map(FileChannel.MapMode.READ_WRITE, 0, 16));
    }
  }

  void begin(long number) {
    shared.putLong(CASE, number);
  }

  /** Says that all cases before this one have ended. */
  void done(long next) {
    shared.putLong(DONE, next);
  }

  /** The case that runs, or the last one that ran. */
  long running() {
    return shared.getLong(CASE);
  }

  /** The number of the first case that has not ended. */
  long done() {
    return shared.getLong(DONE);
  }
}
