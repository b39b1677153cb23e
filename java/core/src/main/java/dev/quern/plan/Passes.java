package dev.quern.plan;

import dev.quern.internal.NativeRuntime;
import dev.quern.internal.OffHeap;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Op;
import dev.quern.plan.build.Timeline;

/** Forward and backward passes over the operations of a plan. */
final class Passes {
  private final Builder builder;
  private final PlanLosses losses;
  private Op[] ops;
  private boolean running;

  Passes(Builder builder, PlanLosses losses) {
    this.builder = builder;
    this.losses = losses;
  }

  void bind(OffHeap slab) {
    builder.ops.forEach(op -> op.bind(slab));
    ops = builder.ops.toArray(new Op[0]);
  }

  Op[] ops() {
    return ops;
  }

  /**
   * Returns whether a pass is running, for example when a custom layer calls the plan during a
   * pass.
   */
  boolean running() {
    return running;
  }

  /** Sets the number of samples of the next passes. */
  void batch(int n) {
    for (Op op : ops) {
      op.batch(n);
    }
  }

  void random(long seed, long step) {
    for (Op op : ops) {
      op.random(seed, step);
    }
  }

  /**
   * Marks the start of a pass, so that calls by custom layers and losses during the pass are
   * rejected.
   */
  private void begin() {
    running = true;
    NativeRuntime.beginShare();
  }

  private void end() {
    NativeRuntime.endShare();
    running = false;
  }

  void forward() {
    begin();
    try {
      for (Op op : ops) {
        op.forward();
      }
    } finally {
      end();
    }
  }

  double loss() {
    begin();
    try {
      return losses.loss();
    } finally {
      end();
    }
  }

  void backward() {
    begin();
    try {
      for (int s = builder.timeline.count() - 1; s >= builder.timeline.first(); s--) {
        backward(s);
      }
    } finally {
      end();
    }
  }

  private void backward(int segment) {
    Timeline t = builder.timeline;
    int begin = segment == 0 ? 0 : builder.made.get(t.start(segment) - 1).ops();
    int end = ops.length;
    if (t.forgets(segment)) {
      end = builder.made.get(t.start(segment + 1) - 1).ops();
      for (int i = begin; i < end; i++) {
        ops[i].recompute();
      }
    }
    for (int i = end - 1; i >= begin; i--) {
      ops[i].backward();
    }
  }

  /**
   * Runs one forward pass and measures the time of each operation. In a training plan, losses and
   * backward pass are included.
   */
  StepTimes time() {
    Op[] plain = ops;
    TimedOp[] timed = TimedOp.of(plain);
    ops = timed;
    try {
      long begin = System.nanoTime();
      forward();
      long lossBegins = System.nanoTime();
      long lossEnds = lossBegins;
      if (builder.training) {
        loss();
        lossEnds = System.nanoTime();
        backward();
      }
      long end = System.nanoTime();
      return StepTimes.of(builder.made, timed, lossEnds - lossBegins, end - begin);
    } finally {
      ops = plain;
    }
  }
}
