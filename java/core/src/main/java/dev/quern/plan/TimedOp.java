package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.plan.build.Op;
import java.util.Arrays;

/** A wrapper of an operation that measures its execution time; used for a single step. */
final class TimedOp implements Op {
  private final Op op;
  private long forwardNanos;
  private long backwardNanos;

  private TimedOp(Op op) {
    this.op = op;
  }

  static TimedOp[] of(Op... ops) {
    return Arrays.stream(ops).map(TimedOp::new).toArray(TimedOp[]::new);
  }

  long forwardNanos() {
    return forwardNanos;
  }

  /** Returns the nanoseconds of the backward pass, including recomputation. */
  long backwardNanos() {
    return backwardNanos;
  }

  @Override
  public void bind(OffHeap slab) {
    op.bind(slab);
  }

  @Override
  public void batch(int n) {
    op.batch(n);
  }

  @Override
  public void random(long seed, long step) {
    op.random(seed, step);
  }

  @Override
  public void forward() {
    long start = System.nanoTime();
    op.forward();
    forwardNanos += System.nanoTime() - start;
  }

  @Override
  public void recompute() {
    long start = System.nanoTime();
    op.recompute();
    backwardNanos += System.nanoTime() - start;
  }

  @Override
  public void backward() {
    long start = System.nanoTime();
    op.backward();
    backwardNanos += System.nanoTime() - start;
  }
}
