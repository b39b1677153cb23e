package dev.quern.cli.notebook;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * The notebook's architecture by the native operators and done right: pixels scaled and normalised
 * by channel, weights that start small, true gradients averaged over mini-batches, momentum.
 *
 * @param epochs passes over the training images
 */
record Fixed(int epochs, Sgd optimizer, long seed) {
  static final int BATCH = 64;
  static final int EPOCHS = 10;
  static final float LR = 0.01f;
  static final float MOMENTUM = 0.9f;

  /**
   * Trains, and judges the test images once, in the end.
   *
   * @param listener hears of steps and epochs
   */
  Evaluation run(Dataset train, Dataset test, TrainingListener listener) {
    Network network = Networks.notebook(train.shape(), train.classes().size());
    try (Trainer trainer =
        Trainer.builder(network)
            .batch(BATCH)
            .optimizer(optimizer)
            .seed(seed)
            .normalization(train.normalization())
            .build()) {
      trainer.fit(train, epochs, listener);
      return trainer.evaluate(test);
    }
  }

  void printHead(PrintWriter out, Dataset train) {
    Engine.Info engine = Engine.info();
    out.printf(
        Locale.ROOT,
        "The notebook's network, fixed: %,d parameters, %,d training images; batch %d, lr %s,"
            + " momentum %s, seed %d; %d threads, %s%n",
        Networks.notebook(train.shape(), train.classes().size()).parameterCount(),
        train.size(),
        BATCH,
        optimizer.lr(),
        optimizer.momentum(),
        seed,
        engine.threads(),
        engine.isa());
  }

  /** The notebook's two last lines. */
  static void printFoot(PrintWriter out, Evaluation test) {
    out.printf(Locale.ROOT, "Test Data Loss:  %.6f%n", test.loss());
    out.printf(Locale.ROOT, "Accuracy :  %.2f%n", test.accuracy() * 100);
  }
}
