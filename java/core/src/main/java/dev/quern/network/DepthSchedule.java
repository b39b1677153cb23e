package dev.quern.network;

import dev.quern.layer.StochasticDepth;

/**
 * The probabilities with which {@link StochasticDepth} skips the residual branches of a network: as
 * in torchvision, they grow linearly with the block's number, from 0.
 */
final class DepthSchedule {
  private final float step;
  private int number = -1;

  /**
   * @param p the probability after {@code steps} blocks
   */
  DepthSchedule(float p, int steps) {
    step = p / steps;
  }

  /** Begins the next block. */
  void nextBlock() {
    number++;
  }

  /** Adds a layer that skips a branch of the current block; none where the probability is 0. */
  void add(NetworkBuilder net, String name) {
    if (number > 0) {
      net.add(name, new StochasticDepth(step * number));
    }
  }
}
