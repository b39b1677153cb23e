package dev.quern.plan;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Flatten;
import dev.quern.layer.LogSoftmax;
import dev.quern.layer.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a loss asks of a network and of a data set. */
public final class LossRules {
  private LossRules() {}

  /**
   * @throws ShapeException if cross-entropy does not find one row of classes
   * @throws InvalidArgumentException if it would apply softmax to probabilities
   */
  public static void requireNetwork(Loss loss, Network network, String output) {
    if (!(loss instanceof CrossEntropy)) {
      return;
    }
    Shape shape = network.shapes().get(output);
    if (shape.rank() != 1) {
      throw new ShapeException(
          "cross_entropy: output "
              + shape
              + " of network "
              + network.name()
              + " is not one row of classes");
    }
    Network.Node last = last(network, output);
    String type = network.facts(last.name()).type();
    if (last.layer() instanceof Softmax || last.layer() instanceof LogSoftmax) {
      throw new InvalidArgumentException(
          "cross_entropy: it takes logits and applies softmax itself, but network "
              + network.name()
              + " ends in "
              + type
              + " (layer "
              + last.name()
              + ")");
    }
  }

  /** The node that computes the output, which others may only rearrange. */
  private static Network.Node last(Network network, String output) {
    Map<String, Network.Node> nodes =
        network.nodes().stream().collect(Collectors.toMap(Network.Node::name, n -> n));
    Network.Node last = nodes.get(output);
    while (last.layer() instanceof Flatten && nodes.containsKey(last.inputs().get(0))) {
      last = nodes.get(last.inputs().get(0));
    }
    return last;
  }

  /**
   * A data set has one image and one target a sample.
   *
   * @throws InvalidArgumentException if the network has several inputs or outputs
   */
  public static void requireSingle(String operation, Network network) {
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          operation
              + ": network "
              + network.name()
              + " has "
              + network.inputs().size()
              + " inputs and "
              + network.outputs().size()
              + " outputs, a data set has one of each");
    }
  }

  /** Under a loss without right and wrong, nothing can be decided by accuracy. */
  public static void requireAccuracy(Loss loss) {
    if (loss instanceof Mse || loss instanceof Huber) {
      throw new InvalidArgumentException(
          "early stopping: by accuracy, which " + loss.type() + " does not have");
    }
  }

  /**
   * Images have the input's shape. Labels go with cross-entropy, one output a class; targets have
   * the output's shape.
   *
   * @throws ShapeException if sizes differ; names all that do
   * @throws InvalidArgumentException if the loss needs targets and the set has labels
   */
  public static void requireData(Loss loss, Network network, Samples data) {
    if (!data.haveTargets() && !(loss instanceof CrossEntropy)) {
      throw new InvalidArgumentException(
          loss.type() + ": it needs targets, but data set " + data.name() + " has labels");
    }
    List<String> problems = new ArrayList<>();
    if (!data.shape().isSampleOf(network.input())) {
      problems.add(
          "input " + network.input() + " does not fit the images " + data.shape() + of(data));
    }
    if (data.haveTargets() && !data.targetShape().equals(network.output())) {
      problems.add(
          "output "
              + network.output()
              + " does not fit the targets "
              + data.targetShape()
              + of(data));
    }
    if (!data.haveTargets() && network.output().elements() != data.classes()) {
      problems.add(
          "output "
              + network.output()
              + " does not fit the "
              + data.classes()
              + " classes"
              + of(data));
    }
    if (!problems.isEmpty()) {
      throw new ShapeException("network: " + String.join("; ", problems));
    }
  }

  private static String of(Samples data) {
    return " of " + data.name();
  }
}
