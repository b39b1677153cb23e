package dev.quern.bench.random;

import dev.quern.network.Network;
import dev.quern.tensor.Shape;

/** How many images a step has, so that one of training takes a tenth of a second or two. */
final class BatchSize {
  private static final double SECONDS = 0.2;
  private static final int MOST = 256;

  // what ResNet-20 and ResNet-18 take in PyTorch on two cores, roughly
  private static final double FLOPS = 2.5e11;
  private static final double SECONDS_OF_A_VALUE = 1e-9;

  private BatchSize() {}

  /** A power of two. */
  static int of(Network network) {
    long values = network.shapes().values().stream().mapToLong(Shape::elements).sum();
    // two operations for each product, forward and for both gradients
    double image = 6 * network.multiplyAdds() / FLOPS + values * SECONDS_OF_A_VALUE;
    return Integer.highestOneBit((int) Math.max(1, Math.min(MOST, SECONDS / image)));
  }
}
