package dev.quern.cli;

import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.Set;

/**
 * Warms up the native library and its Java classes while the command line is parsed: a training
 * step of a minimal network runs on another core. This saves a fifth of the startup time. The
 * network has no convolution, so QUERN_VERBOSE and QUERN_TUNE do not report it.
 */
final class Ahead {
  private static final Set<String> COMPUTING =
      Set.of(
          "train",
          "eval",
          "predict",
          "detect",
          "pose",
          "ocr",
          "cutout",
          "depth",
          "upscale",
          "bench",
          "gradcheck");

  private final Thread thread = new Thread(Ahead::step, "quern-ahead");

  private Ahead() {}

  /** Starts the warm-up if the first argument is a command that computes. */
  static Ahead of(String... args) {
    Ahead ahead = new Ahead();
    // the command fails in the same way and reports it; after an Error in a class's
    // initializer, it fails with a NoClassDefFoundError
    ahead.thread.setUncaughtExceptionHandler((t, e) -> {});
    if (args.length > 0 && COMPUTING.contains(args[0])) {
      ahead.start();
    }
    return ahead;
  }

  private void start() {
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // without another thread, the command loads everything itself
    }
  }

  /**
   * Waits for the end of the warm-up, since a process that exits while it loads a library might
   * crash.
   */
  void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void step() {
    Shape input = Shape.of(1, 1, 1);
    Network network = Network.of("ahead", input, new Flatten(), new Linear(1));
    try (Trainer trainer = Trainer.builder(network).batch(1).build();
        Arena arena = new Arena()) {
      trainer.step(arena.tensor(input.batch(1)), 0);
    }
  }
}
