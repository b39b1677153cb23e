package dev.quern.plan;

import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.profile.Pass;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Arithmetic and memory traffic per sample of a chain of layers that run as one operation, computed
 * from the network's shapes.
 *
 * @param operations arithmetic operations of the forward pass
 * @param inputs number of elements of all input tensors
 * @param output number of elements of the output tensor
 * @param parameters number of parameter elements, which are read once per batch
 * @param first whether all inputs are inputs of the network, which have no gradient
 */
record ChainWork(
    double operations, double inputs, double output, double parameters, boolean first) {

  static ChainWork of(Network network, List<Network.Node> chain) {
    Set<String> inside = new HashSet<>();
    Set<String> outside = new HashSet<>();
    double operations = 0;
    double parameters = 0;
    for (Network.Node node : chain) {
      for (String input : node.inputs()) {
        if (!inside.contains(input)) {
          outside.add(input);
        }
      }
      inside.add(node.name());
      Network.Facts facts = network.facts(node.name());
      operations += 2.0 * facts.multiplyAdds();
      for (Parameter p : facts.parameters()) {
        parameters += p.shape().elements();
      }
    }
    double inputs = outside.stream().mapToDouble(i -> elements(network, i)).sum();
    String last = chain.get(chain.size() - 1).name();
    boolean first = network.inputs().keySet().containsAll(outside);
    return new ChainWork(operations, inputs, elements(network, last), parameters, first);
  }

  private static double elements(Network network, String name) {
    return network.shapes().get(name).elements();
  }

  Pass forward(double seconds, int samples) {
    return pass(seconds, operations * samples, samples * (inputs + output) + parameters);
  }

  /**
   * Returns the work of the backward pass. The gradients of parameters and of inputs each cost as
   * many operations as the forward pass. Both computations read the output's gradient; the
   * parameter gradients also need the inputs, and the input gradients the parameters.
   */
  Pass backward(double seconds, int samples) {
    double gradients = first ? 1 : 2;
    return pass(
        seconds,
        gradients * operations * samples,
        samples * (output + gradients * inputs) + gradients * parameters);
  }

  private static Pass pass(double seconds, double operations, double elements) {
    return seconds == 0 ? Pass.NONE : new Pass(seconds, operations, Float.BYTES * elements);
  }
}
