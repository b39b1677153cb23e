package dev.quern.tensor;

import dev.quern.error.InvalidArgumentException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Reads a tensor by an index that another thread changes: the program of a JVM of its own. */
final class ChangingIndex {
  /** How often the outcome differs from the one before it, so that both threads really run. */
  private static final int ENOUGH = 100_000;

  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /** Writes that the compiler does not join. */
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

  private static volatile boolean over;

  private ChangingIndex() {}

  public static void main(String[] args) throws InterruptedException {
    long[] index = {1};
    Thread writer =
        new Thread(
            () -> {
              while (!over) {
                ELEMENT.setVolatile(index, 0, 1L << 44); // beyond all memory
                ELEMENT.setVolatile(index, 0, 1L);
              }
            });
    writer.start();
    int read = 0;
    int refused = 0;
    int rounds = 0;
    int turns = 0;
    boolean last = false;
    long end = System.nanoTime() + PATIENCE_NANOS;
    try (Arena arena = new Arena()) {
      Tensor tensor = arena.tensor(Shape.of(4), 0, 7, 0, 0);
      for (; turns < ENOUGH && System.nanoTime() < end; rounds++) {
        boolean now = true;
        try {
          read += tensor.get(index) == 7 ? 1 : 0;
        } catch (InvalidArgumentException e) {
          refused++;
          now = false;
        }
        turns += now == last ? 0 : 1;
        last = now;
      }
    }
    over = true;
    writer.join();
    System.out.println(read + refused == rounds ? "all are right or refused" : "wrong values");
  }
}
