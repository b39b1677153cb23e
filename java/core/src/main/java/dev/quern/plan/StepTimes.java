package dev.quern.plan;

import dev.quern.network.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the passes of one step took.
 *
 * @param chains in the order of the plan
 * @param loss of the losses with their gradients
 * @param seconds of all
 */
public record StepTimes(List<ChainTime> chains, double loss, double seconds) {
  /**
   * What runs as one operation took.
   *
   * @param nodes of the network, in order
   * @param forward in seconds, as all are
   */
  public record ChainTime(List<Network.Node> nodes, double forward, double backward) {}

  static StepTimes of(List<Builder.Made> made, TimedOp[] ops, long lossNanos, long nanos) {
    List<ChainTime> chains = new ArrayList<>();
    int done = 0;
    for (int i = 0; i < made.size(); i++) {
      // what reorders outputs stands behind all chains, and is the last one's
      int end = i + 1 == made.size() ? ops.length : made.get(i).ops();
      long forward = 0;
      long backward = 0;
      for (; done < end; done++) {
        forward += ops[done].forwardNanos();
        backward += ops[done].backwardNanos();
      }
      chains.add(new ChainTime(made.get(i).chain().nodes(), forward * 1e-9, backward * 1e-9));
    }
    return new StepTimes(chains, lossNanos * 1e-9, nanos * 1e-9);
  }
}
