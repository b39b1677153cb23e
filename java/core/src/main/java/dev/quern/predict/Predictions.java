package dev.quern.predict;

import dev.quern.eager.Eager;
import dev.quern.error.NumericException;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.plan.loss.LossRules;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Converts one output of a network to predictions, depending on its task. Applies softmax or
 * sigmoid unless the network itself ends in that function.
 */
final class Predictions {
  private final Task task;

  /** The activation to apply to the output; the identity if the network applies it itself. */
  private final UnaryOperator<Tensor> ending;

  Predictions(Network network, String output) {
    task = network.tasks().get(output);
    Shape shape = network.shapes().get(output);
    boolean mask = shape.rank() > 1 && shape.dim(0) == 1;
    ending = ending(task.kind(), mask, LossRules.last(network, output).layer());
  }

  private static UnaryOperator<Tensor> ending(Task.Kind kind, boolean mask, Layer last) {
    boolean classes = kind == Task.Kind.SINGLE_LABEL || kind == Task.Kind.PIXEL_CLASSES;
    if (!classes && kind != Task.Kind.MULTI_LABEL
        || last instanceof Softmax
        || last instanceof Sigmoid) {
      return UnaryOperator.identity();
    }
    // softmax converts log-probabilities to probabilities
    boolean softmax = classes && !(mask && kind == Task.Kind.PIXEL_CLASSES);
    return softmax ? Eager.of(new Softmax())::forward : Eager.of(new Sigmoid())::forward;
  }

  /**
   * Returns the outputs after softmax or sigmoid if the task has probabilities; otherwise
   * unchanged.
   *
   * @param outputs {@code [N, ...]}
   */
  Tensor finished(Tensor outputs) {
    return ending.apply(outputs);
  }

  /**
   * Returns the prediction for one sample.
   *
   * @param values the sample's part of the result of {@link #finished}
   * @param shape the shape of one sample's output
   * @throws NumericException if a probability is NaN
   */
  Prediction of(float[] values, Shape shape) {
    return switch (task.kind()) {
      case SINGLE_LABEL, MULTI_LABEL -> new Prediction.Labels(labels(values));
      case REGRESSION -> new Prediction.Numbers(task.classes(), values);
      case PIXEL_CLASSES -> pixels(values, shape);
      case IMAGE, PLAIN -> new Prediction.Values(shape, values);
    };
  }

  /**
   * Returns all classes, most likely first. Classes with equal probabilities are in the order of
   * their indices.
   */
  List<LabelScore> labels(float[] probabilities) {
    List<LabelScore> all = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      requireNumber(probabilities[i]);
      all.add(new LabelScore(name(i), i, probabilities[i]));
    }
    all.sort(Comparator.comparingDouble(p -> -p.probability()));
    return all;
  }

  private String name(int index) {
    return task.classes().isEmpty() ? Integer.toString(index) : task.classes().get(index);
  }

  private Prediction.PixelClasses pixels(float[] values, Shape shape) {
    int classes = (int) shape.dim(0);
    if (classes == 1) {
      return mask(values, shape);
    }
    int pixels = values.length / classes;
    int[] labels = new int[pixels];
    float[] mostLikely = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < classes; c++) {
        float p = values[c * pixels + i];
        requireNumber(p);
        if (c == 0 || p > mostLikely[i]) {
          mostLikely[i] = p;
          labels[i] = c;
        }
      }
    }
    return new Prediction.PixelClasses(task.classes(), shape.sample(), labels, mostLikely);
  }

  /**
   * Returns the prediction for a binary mask.
   *
   * @param inside the probability of class 1 for each pixel
   */
  private Prediction.PixelClasses mask(float[] inside, Shape shape) {
    int[] labels = new int[inside.length];
    float[] mostLikely = new float[inside.length];
    for (int i = 0; i < labels.length; i++) {
      requireNumber(inside[i]);
      labels[i] = inside[i] > 0.5f ? 1 : 0;
      mostLikely[i] = Math.max(inside[i], 1 - inside[i]);
    }
    return new Prediction.PixelClasses(task.classes(), shape.sample(), labels, mostLikely);
  }

  private static void requireNumber(float value) {
    if (Float.isNaN(value)) {
      throw new NumericException(
          "predict: the network's outputs are not numbers; its weights are too large for float32");
    }
  }
}
