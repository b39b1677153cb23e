package dev.quern.plan.loss;

import dev.quern.network.Network;
import dev.quern.network.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network without the final softmax or sigmoid of outputs whose losses apply this activation
 * themselves. Applying the activation twice would impair training.
 *
 * @param network the network without these activations, with the same weights
 * @param losses the losses of its outputs
 * @param names the names of these outputs in the original network
 */
public record Logits(Network network, List<OutputLoss> losses, List<String> names) {
  /**
   * Returns the network that computes the losses' inputs.
   *
   * @param losses the losses, one for each output, in order
   */
  public static Logits of(Network network, List<OutputLoss> losses) {
    Map<String, Network.Node> nodes = new LinkedHashMap<>();
    network.nodes().forEach(n -> nodes.put(n.name(), n));
    Map<String, Integer> readers = new HashMap<>();
    network.nodes().forEach(n -> n.inputs().forEach(i -> readers.merge(i, 1, Integer::sum)));
    List<String> outputs = new ArrayList<>(network.outputs());
    Map<String, Task> tasks = new LinkedHashMap<>();
    List<OutputLoss> read = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      OutputLoss of = losses.get(i);
      Network.Node last = nodes.get(of.output());
      Task task = network.tasks().get(of.output());
      String before = last.inputs().get(0);
      if (LossRules.isThat(
              LossRules.applies(of.loss(), network.shapes().get(of.output())), last.layer())
          && !readers.containsKey(last.name())
          && nodes.containsKey(before)
          && !outputs.contains(before)) {
        nodes.remove(last.name());
        outputs.set(i, before);
      }
      tasks.put(outputs.get(i), task);
      read.add(new OutputLoss(outputs.get(i), of.loss(), of.weight()));
    }
    return outputs.equals(network.outputs())
        ? new Logits(network, losses, network.outputs())
        : new Logits(
            new Network(
                network.name(), network.inputs(), List.copyOf(nodes.values()), outputs, tasks),
            List.copyOf(read),
            network.outputs());
  }
}
