package dev.quern.predict;

import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.plan.Plan;
import dev.quern.plan.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A model's network at one size of its inputs, and the plans for it that no call uses. */
final class Sized implements AutoCloseable {
  /** Larger inputs run in pieces of this many samples, 2 to this power. */
  private static final int MOST = 6;

  static final int BATCH = 1 << MOST;

  final Network network;

  /** Packed for this size. */
  final Weights weights;

  /** By the power of two that their batch is. */
  private final List<ConcurrentLinkedQueue<Plan>> idle = new ArrayList<>();

  private final AtomicLong planBytes = new AtomicLong();

  Sized(Network network, Weights weights) {
    this.network = network;
    this.weights = weights;
    for (int power = 0; power <= MOST; power++) {
      idle.add(new ConcurrentLinkedQueue<>());
    }
  }

  /** A plan for so many samples at once, or for pieces of them. */
  Plan borrow(long samples) {
    int power = 0;
    while (power < MOST && 1 << power < samples) {
      power++;
    }
    Plan plan = idle.get(power).poll();
    if (plan == null) {
      plan = new Plan(network, weights, 1 << power, false, new CrossEntropy()).allocate();
      planBytes.addAndGet(plan.bytes());
    }
    return plan;
  }

  void giveBack(Plan plan) {
    idle.get(Integer.numberOfTrailingZeros(plan.batch())).add(plan);
  }

  /** Of all plans so far. */
  long planBytes() {
    return planBytes.get();
  }

  /** Once nothing is borrowed. */
  @Override
  public void close() {
    idle.forEach(plans -> plans.forEach(Plan::close));
    weights.close();
  }
}
