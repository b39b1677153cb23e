package dev.quern.fuzz.serve;

import dev.quern.layer.CustomLayer;
import dev.quern.tensor.Shape;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A layer that keeps its caller waiting, fails, or calls the server back.
 *
 * @param callback what it calls in the way {@link Way#CALLS}
 */
record OddLayer(Way way, Runnable callback) implements CustomLayer {
  private static final long SHORT_MILLIS = 200;
  private static final long LONG_MILLIS = 20_000;

  /** What a forward pass does. */
  enum Way {
    BLOCKS,
    BLOCKS_LONG,
    THROWS,
    FAILS,
    CALLS
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public void forward(Forward pass) {
    if (pass.input().length == 0) {
      return;
    }
    switch (way) {
      case BLOCKS -> block(SHORT_MILLIS);
      case BLOCKS_LONG -> block(LONG_MILLIS);
      case THROWS -> throw new IllegalStateException("an odd layer throws");
      case FAILS -> throw new AssertionError("an odd layer fails");
      default -> callback.run();
    }
  }

  /** Whatever interrupts it. */
  private static void block(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      Thread.interrupted();
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void backward(Backward pass) {
    throw new UnsupportedOperationException();
  }
}
