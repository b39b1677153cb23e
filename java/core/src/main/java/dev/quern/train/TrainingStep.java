package dev.quern.train;

import dev.quern.error.NumericException;
import dev.quern.internal.arguments.Heap;
import dev.quern.plan.Plan;
import dev.quern.plan.StepTimes;
import dev.quern.plan.build.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Training steps: load a batch, compute its gradients, run the optimizer. Not thread-safe. */
final class TrainingStep {
  private final TrainerParts parts;
  private final long seed;
  private boolean running;
  private long correct;
  private long answers;
  private long done;

  TrainingStep(TrainerParts parts, long seed) {
    this.parts = parts;
    this.seed = seed;
  }

  boolean isRunning() {
    return running;
  }

  /** Returns the number of correct predictions in the last step's batch, before the update. */
  long correct() {
    return correct;
  }

  /** Returns the number of predictions in the last step's batch. */
  long answers() {
    return answers;
  }

  /** Returns the number of steps since the trainer was built. */
  long done() {
    return done;
  }

  void restore(long steps) {
    done = steps;
  }

  /**
   * Runs one training step.
   *
   * @param load a function that loads the batch; may be called more than once
   * @param last whether this is the last step of an epoch
   * @return the batch's loss before the update
   */
  double run(Runnable load, boolean last) {
    return run(load, last, () -> "step " + (done + 1));
  }

  /**
   * Runs one training step; error messages contain the description from {@code place}.
   *
   * @param place a function that returns a description of the step, for error messages
   */
  double run(Runnable load, boolean last, Supplier<String> place) {
    running = true;
    try {
      double loss = passes(load, place);
      parts.optimization.step(last);
      return loss;
    } finally {
      running = false;
    }
  }

  /** Computes the gradients of a batch as {@link #run} does, without updating weights. */
  double gradients(Runnable load, Supplier<String> place) {
    running = true;
    try {
      return passes(load, place);
    } finally {
      running = false;
    }
  }

  private double passes(Runnable load, Supplier<String> place) {
    Plan plan = parts.plan;
    load.run();
    plan.random(seed, done);
    plan.forward();
    double loss = plan.loss();
    if (!Double.isFinite(loss)) {
      throw notFinite(loss, load, place.get());
    }
    correct = plan.correct(); // before the backward pass reuses the memory
    answers = plan.answers();
    plan.backward();
    done++; // also if custom code throws during the update
    return loss;
  }

  /**
   * Measures repeated forward and backward passes of the next step, then restores running
   * statistics.
   *
   * @param load a function that loads the batch
   */
  List<StepTimes> profile(Runnable load, int steps) {
    Weights weights = parts.weights;
    float[] buffers = Heap.floats("profile: running statistics", weights.bufferLength());
    weights.allBuffers().get(buffers);
    List<StepTimes> times = new ArrayList<>();
    running = true;
    try {
      for (int i = 0; i < steps; i++) {
        load.run(); // the passes before may have reused the inputs' memory
        parts.plan.random(seed, done);
        times.add(parts.plan.time());
      }
      return times;
    } finally {
      weights.allBuffers().put(buffers);
      running = false;
    }
  }

  private NumericException notFinite(double loss, Runnable load, String place) {
    load.run();
    return new NumericException(
        "training: loss is "
            + loss
            + " at "
            + place
            + ": "
            + parts.plan.firstNotFinite()
            + " (try a lower lr)");
  }
}
