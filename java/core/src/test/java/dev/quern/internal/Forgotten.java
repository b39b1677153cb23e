package dev.quern.internal;

import java.util.concurrent.TimeUnit;

/** Off-heap memory that earlier tests forgot, which else is freed while a later one counts. */
public final class Forgotten {
  private static final int CALM = 3;

  private Forgotten() {}

  /** Has the collector free it. */
  public static void free() throws InterruptedException {
    long live = Memory.live();
    for (int calm = 0; calm < CALM; calm++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(20);
      if (Memory.live() != live) {
        live = Memory.live();
        calm = 0;
      }
    }
  }
}
