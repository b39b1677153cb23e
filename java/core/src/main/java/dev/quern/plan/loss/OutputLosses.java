package dev.quern.plan.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The losses of a network's outputs, as set in a trainer's builder. By default, an output has the
 * loss of its task. Not thread-safe.
 */
public final class OutputLosses {
  private final Network network;
  private final Map<String, OutputLoss> set = new HashMap<>();

  public OutputLosses(Network network) {
    this.network = network;
  }

  /**
   * Sets the loss of an output.
   *
   * @param weight the weight, finite and at least 0
   * @throws InvalidArgumentException if the output does not exist, or the weight is negative or not
   *     finite
   */
  public void set(String output, Loss loss, double weight) {
    Require.present("trainer", "loss", loss);
    if (!network.outputs().contains(Require.present("trainer", "output", output))) {
      throw new InvalidArgumentException(
          "trainer: " + Names.shown(output) + " is not one of the outputs " + network.outputs());
    }
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new InvalidArgumentException(
          "trainer: weight " + weight + " of a loss must be finite and at least 0");
    }
    set.put(output, new OutputLoss(output, loss, weight));
  }

  /** Returns the losses, one for each output, in the network's order. */
  public List<OutputLoss> all() {
    return OutputLoss.of(network).stream().map(of -> set.getOrDefault(of.output(), of)).toList();
  }
}
