package dev.quern;

import dev.quern.bindings.Quern;
import dev.quern.bindings.SgdDescriptor;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Block;
import dev.quern.internal.Descriptors;
import dev.quern.internal.Status;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.plan.Weights;

/** An optimizer at work: its state, and where its schedule is. Not thread-safe. */
final class Optimization implements AutoCloseable {
  private final Sgd sgd;
  private final Schedule schedule;
  private final Weights weights;
  private final Block velocity;
  private final Block descriptor = new Block(Descriptors.BYTES, "descriptor");
  private long steps;
  private long fitStep;
  private long fitStepsPerEpoch;

  /**
   * Steps of the present call of fit; 0 outside, where a step of the caller's own has a factor of
   * 1.
   */
  private long fitSteps;

  Optimization(Sgd sgd, Schedule schedule, Weights weights) {
    this.sgd = sgd;
    this.schedule = schedule;
    this.weights = weights;
    this.velocity = new Block(weights.length() * 4, "optimizer state");
  }

  /** Begins a call of fit. */
  void begin(long stepCount, long stepsPerEpoch) {
    if (fitSteps > 0) {
      throw new InvalidArgumentException(
          "fit: called by a listener of the same trainer, whose fit still runs");
    }
    fitStep = 0;
    fitSteps = stepCount;
    fitStepsPerEpoch = stepsPerEpoch;
  }

  /** Ends a call of fit. */
  void end() {
    fitSteps = 0;
  }

  /** Moves the weights by their gradients and packs them anew. */
  void update() {
    double factor =
        fitSteps == 0
            ? 1
            : schedule.factor(new Schedule.Position(fitStep++, fitSteps, fitStepsPerEpoch));
    SgdDescriptor d = Descriptors.sgd(descriptor.pointer(0), sgd, factor, steps == 0);
    Status.check(
        Quern.quern_sgd_step(
            d, weights.length(), weights.allGradients(), weights.all(), velocity.floats(0)));
    weights.pack();
    steps++;
  }

  /** Steps taken since the beginning. */
  long steps() {
    return steps;
  }

  long bytes() {
    return velocity.bytes();
  }

  @Override
  public void close() {
    velocity.close();
    descriptor.close();
  }
}
