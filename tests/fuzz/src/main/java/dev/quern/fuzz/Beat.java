package dev.quern.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where a child is, in some memory that it shares with its parent: it outlives a kill. */
final class Beat {
  private static final int CASE = 0;
  private static final int DONE = 8;
  private static final int LENGTH = 16;
  private static final int INPUT = 20;

  /** The longest input that is shared. */
  static final int MOST = 4096;

  private final ByteBuffer shared;

  private Beat(ByteBuffer shared) {
    this.shared = shared;
  }

  static Beat at(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Beat(channel.map(FileChannel.MapMode.READ_WRITE, 0, INPUT + MOST));
    }
  }

  void begin(long number) {
    begin(number, new byte[0]);
  }

  /**
   * @param input what makes the case again, where its number does not; at most {@link #MOST} bytes
   */
  void begin(long number, byte[] input) {
    shared.putInt(LENGTH, input.length);
    shared.put(INPUT, input);
    shared.putLong(CASE, number);
  }

  /** The running case's input. */
  byte[] input() {
    byte[] input = new byte[shared.getInt(LENGTH)];
    shared.get(INPUT, input);
    return input;
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
