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
  public static Network.Node last(Network network, String output) {
    Map<String, Network.Node> nodes =
        network.nodes().stream().collect(Collectors.toMap(Network.Node::name, n -> n));
    Network.Node last = nodes.get(output);
    while (last.layer() instanceof Flatten && nodes.containsKey(last.inputs().get(0))) {
      last = nodes.get(last.inputs().get(0));
    }
    return last;
  }

  /** Under losses without right and wrong, nothing can be decided by accuracy. */
  public static void requireAccuracy(List<OutputLoss> losses) {
    Loss first = losses.get(0).loss();
    if (losses.stream().allMatch(of -> of.loss() instanceof Mse || of.loss() instanceof Huber)) {
      throw new InvalidArgumentException(
          "early stopping: by accuracy, which " + first.type() + " does not have");
    }
  }

  /**
   * Samples have the inputs' shapes. Labels go with cross-entropy, one output a class; targets have
   * the outputs' shapes.
   *
   * @param losses one for each output, in order
   * @throws ShapeException if sizes differ; names all that do
   * @throws InvalidArgumentException if a loss needs targets and its set has labels
   */
  public static void requireData(List<OutputLoss> losses, Network network, Sources data) {
    for (int i = 0; i < losses.size(); i++) {
      Loss loss = losses.get(i).loss();
      if (!data.target(i).haveTargets() && !(loss instanceof CrossEntropy)) {
        throw new InvalidArgumentException(
            loss.type()
                + ": it needs targets, but data set "
                + data.target(i).name()
                + " has labels");
      }
    }
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (Shape input : network.inputs().values()) {
      requireInput(input, data.input(number++), problems);
    }
    for (int i = 0; i < losses.size(); i++) {
      requireTarget(network.shapes().get(losses.get(i).output()), data.target(i), problems);
    }
    if (!problems.isEmpty()) {
      throw new ShapeException("network: " + String.join("; ", problems));
    }
  }

  private static void requireInput(Shape input, Samples data, List<String> problems) {
    if (!data.shape().isSampleOf(input)) {
      problems.add("input " + input + " does not fit the images " + data.shape() + of(data));
    }
  }

  private static void requireTarget(Shape output, Samples data, List<String> problems) {
    if (data.haveTargets() && !data.targetShape().equals(output)) {
      problems.add(
          "output " + output + " does not fit the targets " + data.targetShape() + of(data));
    }
    if (!data.haveTargets() && output.elements() != data.classes()) {
      problems.add(
          "output " + output + " does not fit the " + data.classes() + " classes" + of(data));
    }
  }

  private static String of(Samples data) {
    return " of " + data.name();
  }
}
