package dev.quern.plan;

import dev.quern.loss.Loss;
import dev.quern.network.Network;
import java.util.List;

/**
 * What training makes small at one output.
 *
 * @param output the node's name
 * @param weight by which the loss, and what it sends back, is multiplied
 */
public record OutputLoss(String output, Loss loss, double weight) {
  /** For a network's only output, or its first. */
  public static List<OutputLoss> of(Network network, Loss loss) {
    return List.of(new OutputLoss(network.outputs().get(0), loss, 1));
  }

  /** As evaluations take it: {@link Loss#plain}. */
  OutputLoss plain() {
    return new OutputLoss(output, loss.plain(), weight);
  }
}
