package dev.quern.plan.loss;

import dev.quern.error.ShapeException;
import dev.quern.feed.CheckedDataset;
import dev.quern.feed.NetworkData;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.List;

/** Derives missing tasks of a network's outputs from their losses or training data. */
public final class LossTasks {
  private LossTasks() {}

  /**
   * Returns the network with a task for each output; a missing task is derived from the output's
   * loss.
   *
   * @param losses the losses, one for each output, in order
   */
  public static Network of(Network network, List<OutputLoss> losses) {
    Network known = network;
    for (int i = 0; i < losses.size(); i++) {
      String output = network.outputs().get(i);
      Task task = network.tasks().get(output);
      if (task.kind() == Task.Kind.PLAIN) {
        Task.Kind kind = kind(losses.get(i).loss(), network.shapes().get(output));
        known = guessed(known, output, new Task(kind, task.classes(), task.loss(), task.weight()));
      }
    }
    return known;
  }

  /**
   * Returns the network with the task set for this output, or unchanged if the output's shape is
   * not valid for the task.
   */
  private static Network guessed(Network network, String output, Task task) {
    try {
      return network.withTask(output, task);
    } catch (ShapeException e) {
      return network;
    }
  }

  /**
   * Returns the network with class names for its first output. If that output has no task, its task
   * becomes single-label classification.
   */
  public static Network named(Network network, List<String> names) {
    if (names.isEmpty()) {
      return network;
    }
    Task task = network.task().kind() == Task.Kind.PLAIN ? Task.singleLabel() : network.task();
    return network.withTask(task.withClasses(names));
  }

  /**
   * Returns the network with class names from its training data. Outputs that already have class
   * names are not changed.
   *
   * @param data the training data, with targets for each output
   */
  public static Network named(Network network, NetworkData data) {
    Network known = network;
    for (int i = 0; i < network.outputs().size(); i++) {
      String output = network.outputs().get(i);
      Task task = known.tasks().get(output);
      CheckedDataset targets = data.target(i);
      if (!task.classes().isEmpty() || targets.classNames().isEmpty()) {
        continue;
      }
      if (task.kind() == Task.Kind.PLAIN && !targets.haveTargets()) {
        task = Task.singleLabel().withWeight(task.weight());
      }
      known = guessed(known, output, task.withClasses(targets.classNames()));
    }
    return known;
  }

  private static Task.Kind kind(Loss loss, Shape output) {
    boolean row = output.rank() == 1;
    boolean image = output.rank() == 3;
    if (loss instanceof CrossEntropy || loss instanceof SoftmaxFocal) {
      return row ? Task.Kind.SINGLE_LABEL : image ? Task.Kind.PIXEL_CLASSES : Task.Kind.PLAIN;
    }
    if (loss instanceof Dice) {
      return image ? Task.Kind.PIXEL_CLASSES : Task.Kind.PLAIN;
    }
    if (loss instanceof BceWithLogits || loss instanceof SigmoidFocal) {
      return row ? Task.Kind.MULTI_LABEL : Task.Kind.PLAIN;
    }
    if (loss instanceof Mse || loss instanceof Huber) {
      return image ? Task.Kind.IMAGE : Task.Kind.REGRESSION;
    }
    return Task.Kind.PLAIN;
  }
}
