package dev.quern.cli;

import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.Set;

/**
 * Loads the native library and the classes of a step on another core, by a step of the smallest
 * network, while the command line is parsed: a fifth of a start. The network has no convolution, of
 * which QUERN_VERBOSE and QUERN_TUNE would tell.
 */
final class Ahead {
  private static final Set<String> COMPUTING =
      Set.of("train", "eval", "predict", "detect", "bench", "gradcheck");

  private final Thread thread = new Thread(Ahead::step, "quern-ahead");

  private Ahead() {}

  /** Begins, if the first word is a command that computes. */
  static Ahead of(String... args) {
    Ahead ahead = new Ahead();
    // a failure here occurs again in the command, which reports it; an Error in a class's
    // initializer as a NoClassDefFoundError
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
      // the system grants no thread: the command does it all itself
    }
  }

  /** Waits: a process that ends while a library is being loaded might crash. */
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
