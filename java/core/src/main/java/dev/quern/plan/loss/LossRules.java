package dev.quern.plan.loss;

import dev.quern.detect.BoxIou;
import dev.quern.detect.PointLoss;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.CheckedDataset;
import dev.quern.feed.NetworkData;
import dev.quern.internal.Names;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Goal;
import dev.quern.network.Network;
import dev.quern.plan.build.Orders;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Checks whether losses can be used with a network and a data set. */
public final class LossRules {
  private LossRules() {}

  /**
   * Returns whether a loss interprets an output {@code [C, ...]} as one row of C class scores per
   * position.
   */
  public static boolean readsRows(Loss loss) {
    return loss instanceof CrossEntropy || loss instanceof SoftmaxFocal || loss instanceof Dice;
  }

  /** Returns whether a built-in loss accepts one label per sample instead of targets. */
  private static boolean takesLabels(Loss loss) {
    return loss instanceof CrossEntropy || loss instanceof SoftmaxFocal;
  }

  /** Returns whether targets contain one label for each position of an output {@code [C, ...]}. */
  static boolean isOfLabels(Shape targets, Shape output) {
    boolean same = output.rank() > 1 && targets.rank() == output.rank() - 1;
    for (int axis = 1; same && axis < output.rank(); axis++) {
      same = targets.dim(axis - 1) == output.dim(axis);
    }
    return same;
  }

  /**
   * Returns the activation that a loss applies itself, "softmax" or "sigmoid"; null for none.
   *
   * @param output the shape of the loss's input
   */
  static String applies(Loss loss, Shape output) {
    if (takesLabels(loss)) {
      return "softmax";
    }
    if (loss instanceof Dice) {
      return RowLossOp.classes(output) > 1 ? "softmax" : "sigmoid";
    }
    return loss instanceof BceWithLogits || loss instanceof SigmoidFocal ? "sigmoid" : null;
  }

  static boolean isThat(String applied, Layer layer) {
    boolean softmax = layer instanceof Softmax || layer instanceof LogSoftmax;
    return softmax
        ? "softmax".equals(applied)
        : layer instanceof Sigmoid && "sigmoid".equals(applied);
  }

  /**
   * Checks that a loss can be applied to an output of a network.
   *
   * @throws InvalidArgumentException if the loss would apply softmax or sigmoid to probabilities
   * @throws ShapeException if the output does not have the shape that the loss requires, for
   *     example spatial positions for Dice
   */
  public static void requireNetwork(Loss loss, Network network, String output) {
    Shape shape = network.shapes().get(output);
    if (loss instanceof PointLoss || loss instanceof BoxIou) {
      ((CustomLoss) loss).targets(shape); // checks the shape
    }
    if (loss instanceof Dice && shape.rank() < 2) {
      throw new ShapeException(
          "dice: output " + shape + " of network " + network.name() + " lacks spatial positions");
    }
    if ((loss instanceof CrossEntropy || loss instanceof SoftmaxFocal)
        && shape.rank() > 1
        && shape.dim(0) == 1) {
      throw new ShapeException(
          loss.type()
              + ": output "
              + shape
              + " of network "
              + network.name()
              + " has only one class at each position; for masks use"
              + " dice, bce_with_logits or sigmoid_focal");
    }
    Network.Node last = last(network, output);
    String type = network.facts(last.name()).type();
    String applied = applies(loss, shape);
    if (isThat(applied, last.layer())) {
      throw new InvalidArgumentException(
          loss.type()
              + ": expects logits, since it applies "
              + applied
              + " itself, but network "
              + network.name()
              + " ends in "
              + type
              + " (layer "
              + last.name()
              + ")");
    }
  }

  /** Returns the node that computes an output, skipping {@link Flatten} layers at the end. */
  public static Network.Node last(Network network, String output) {
    Map<String, Network.Node> nodes =
        network.nodes().stream().collect(Collectors.toMap(Network.Node::name, n -> n));
    Network.Node last = nodes.get(output);
    while (last.layer() instanceof Flatten && nodes.containsKey(last.inputs().get(0))) {
      last = nodes.get(last.inputs().get(0));
    }
    return last;
  }

  /**
   * Checks that the goal's metric can be computed for these outputs and losses.
   *
   * @param operation name of the calling operation, for the message
   * @throws InvalidArgumentException if the metric does not exist, or if the goal is accuracy and
   *     no loss defines an accuracy
   */
  public static void requireGoal(
      String operation, Goal goal, Network network, List<OutputLoss> losses) {
    if (goal.name().equals(Goal.LOSS.name())) {
      return;
    }
    if (goal.name().equals(Goal.ACCURACY.name())) {
      if (losses.stream().allMatch(of -> !hasAnswers(of.loss()))) {
        String first = OutputLoss.type(losses.get(0).loss());
        throw new InvalidArgumentException(
            operation + ": goal accuracy is not available for loss " + first);
      }
      return;
    }
    Set<String> names = Scores.names(network, losses);
    if (!names.contains(goal.name())) {
      throw new InvalidArgumentException(
          operation + ": " + Names.shown(goal.name()) + " is not one of the metrics " + names);
    }
  }

  /**
   * Checks data against losses and network: samples must have the inputs' shapes. A data set with
   * labels requires cross-entropy and one logit per class. Targets must have the outputs' shapes
   * or, with cross-entropy, one label per position.
   *
   * @param losses the losses, one for each output, in order
   * @throws ShapeException if shapes differ; the message lists all differences
   * @throws InvalidArgumentException if a loss requires targets and the data set has labels
   */
  public static void requireData(List<OutputLoss> losses, Network network, NetworkData data) {
    for (int i = 0; i < losses.size(); i++) {
      Loss loss = losses.get(i).loss();
      Shape output = network.shapes().get(losses.get(i).output());
      if (!data.target(i).haveTargets() && !takesLabels(loss, output)) {
        throw new InvalidArgumentException(
            OutputLoss.type(loss)
                + ": expects targets, but data set "
                + data.target(i).name()
                + " has labels; cross_entropy and softmax_focal accept labels");
      }
    }
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (Shape input : network.inputs().values()) {
      requireInput(input, data.input(number++), problems);
    }
    for (int i = 0; i < losses.size(); i++) {
      OutputLoss of = losses.get(i);
      requireTarget(of.loss(), network.shapes().get(of.output()), data.target(i), problems);
    }
    if (!problems.isEmpty()) {
      throw new ShapeException("network: " + String.join("; ", problems));
    }
  }

  /**
   * Checks that the losses support sample weights if the data has them.
   *
   * @throws InvalidArgumentException if samples have weights and a loss is custom
   */
  public static void requireWeights(List<OutputLoss> losses, NetworkData data) {
    for (int i = 0; i < losses.size(); i++) {
      if (losses.get(i).loss() instanceof CustomLoss && data.target(i).haveWeights()) {
        throw new InvalidArgumentException(
            OutputLoss.text(losses.get(i).loss())
                + ": the loss returns one number per batch, so samples of data set "
                + data.target(i).name()
                + " cannot have weights");
      }
    }
  }

  /**
   * Checks that at least one sample has a positive weight.
   *
   * @throws InvalidArgumentException if the weights of all samples are 0 at every output
   */
  public static void requireSomeWeight(List<OutputLoss> losses, NetworkData data) {
    if (IntStream.range(0, losses.size()).allMatch(i -> data.target(i).areWeightless())) {
      throw new InvalidArgumentException(
          "fit: the weights of all samples of data set " + data.target(0).name() + " are 0");
    }
  }

  /**
   * Returns whether a loss accepts labels for this output. A custom loss receives labels as one-hot
   * targets if its targets have the output's shape.
   */
  private static boolean takesLabels(Loss loss, Shape output) {
    return takesLabels(loss)
        || loss instanceof CustomLoss own
            && output.rank() == 1
            && output.equals(CustomLoss.Pass.targetShape(own, output));
  }

  private static void requireInput(Shape input, CheckedDataset data, List<String> problems) {
    if (!data.shape().isSampleOf(input)) {
      problems.add("input " + input + " does not fit the images " + data.shape() + of(data));
    }
  }

  private static void requireTarget(
      Loss loss, Shape output, CheckedDataset data, List<String> problems) {
    if (data.haveTargets() && !takes(loss, output, data.targetShape())) {
      problems.add(
          "output " + output + " does not fit the targets " + data.targetShape() + of(data));
    }
    if (!data.haveTargets() && Orders.positions(output) > 1) {
      problems.add(
          "output "
              + output
              + " expects targets with a label at each position, found one label per image"
              + of(data));
    } else if (!data.haveTargets() && output.elements() != data.classes()) {
      problems.add(
          "output " + output + " does not fit the " + data.classes() + " classes" + of(data));
    }
  }

  private static boolean hasAnswers(Loss loss) {
    return !(loss instanceof Mse || loss instanceof Huber || loss instanceof CustomLoss);
  }

  private static boolean takes(Loss loss, Shape output, Shape targets) {
    if (loss instanceof CustomLoss own) {
      return targets.equals(CustomLoss.Pass.targetShape(own, output));
    }
    return targets.equals(output) || (readsRows(loss) && isOfLabels(targets, output));
  }

  private static String of(CheckedDataset data) {
    return " of " + data.name();
  }
}
