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

  /** Whether a loss sees an output {@code [C, ...]} as rows of C classes. */
  static boolean readsRows(Loss loss) {
    return loss instanceof CrossEntropy;
  }

  /** Whether targets are one label at each position of an output {@code [C, ...]}. */
  static boolean isOfLabels(Shape targets, Shape output) {
    boolean same = output.rank() > 1 && targets.rank() == output.rank() - 1;
    for (int axis = 1; same && axis < output.rank(); axis++) {
      same = targets.dim(axis - 1) == output.dim(axis);
    }
    return same;
  }

  /**
   * @throws InvalidArgumentException if cross-entropy would apply softmax to probabilities
   */
  public static void requireNetwork(Loss loss, Network network, String output) {
    if (!(loss instanceof CrossEntropy)) {
      return;
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
   * the output's shape, or under cross-entropy a label at each of its positions.
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
    if (!data.shape().equals(network.input())) {
      problems.add(
          "input " + network.input() + " does not fit the images " + data.shape() + of(data));
    }
    if (data.haveTargets() && !takes(loss, network.output(), data.targetShape())) {
      problems.add(
          "output "
              + network.output()
              + " does not fit the targets "
              + data.targetShape()
              + of(data));
    }
    if (!data.haveTargets() && RowLossOp.positions(network.output()) > 1) {
      problems.add(
          "output "
              + network.output()
              + " takes targets with a label at each position, not the one label an image"
              + of(data));
    } else if (!data.haveTargets() && network.output().elements() != data.classes()) {
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

  private static boolean takes(Loss loss, Shape output, Shape targets) {
    return targets.equals(output) || (readsRows(loss) && isOfLabels(targets, output));
  }

  private static String of(Samples data) {
    return " of " + data.name();
  }
}
