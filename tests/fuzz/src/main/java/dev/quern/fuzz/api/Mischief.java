package dev.quern.fuzz.api;

/** What callbacks do beside their work: they sleep, are interrupted, throw, and call back. */
final class Mischief {
  private static final int DEPTH = 2;
  private static final ThreadLocal<Integer> INSIDE = ThreadLocal.withInitial(() -> 0);

  private final Draw draw;
  private final Runnable callBack;
  private final int rarity;

  /**
   * @param callBack a call of the session that the callback belongs to
   * @param rarity once in so many times something happens
   */
  Mischief(Draw draw, Runnable callBack, int rarity) {
    this.draw = draw;
    this.callBack = callBack;
    this.rarity = rarity;
  }

  /**
   * @param inLayer whether a layer does it
   */
  void maybe(boolean inLayer) {
    if (!draw.once(rarity)) {
      return;
    }
    switch (draw.below(6)) {
      case 0 -> sleep();
      case 1 -> Thread.currentThread().interrupt();
      case 2 -> Thrown.any(draw, inLayer);
      default -> inside();
    }
  }

  /** A callback that calls back is bounded: endless recursion would be its own fault. */
  private void inside() {
    int depth = INSIDE.get();
    if (depth < DEPTH) {
      INSIDE.set(depth + 1);
      try {
        callBack.run();
      } finally {
        INSIDE.set(depth);
      }
    }
  }

  void spoil(double[] values) {
    if (draw.once(rarity * 4) && values.length > 0) {
      values[draw.below(values.length)] = draw.of(Double.NaN, 1e300, Double.NEGATIVE_INFINITY);
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
