package dev.quern.reference.support;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.optim.Optimizer;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;
import java.util.Collection;
import java.util.List;

/** Rules that several operators share; each message starts with the operator's name. */
public final class Checks {
  private Checks() {}

  /**
   * The output shape of a layer for a batch, {@code input} and result both with the batch in front.
   */
  public static Shape batchOutput(Layer layer, Shape input) {
    if (input.rank() == 0 || input.dim(0) < 1) {
      throw new ShapeException(
          layer.type() + ": input " + input + " must have a batch of at least 1 as first axis");
    }
    return layer.outputShape(input.sample()).batch(input.dim(0));
  }

  public static void shape(String operator, String what, NdArray array, Shape wanted) {
    if (array == null) {
      throw new InvalidArgumentException(
          operator + ": " + what + " is missing, expected shape " + wanted);
    }
    if (!array.shape().equals(wanted)) {
      throw new ShapeException(operator + ": " + what + " " + array.shape() + " must be " + wanted);
    }
  }

  /**
   * Returns the number of values of a shape.
   *
   * @throws InvalidArgumentException if they are more than a Java array holds
   */
  public static int length(String operator, Shape shape) {
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          operator + ": " + shape + " has more values than a Java array holds");
    }
    return (int) shape.elements();
  }

  /** A copy of a merging layer's inputs: so many at least, of one batch. */
  public static List<NdArray> inputs(String operator, List<NdArray> given, int least) {
    List<NdArray> inputs = copied(operator, "inputs", given);
    if (inputs.size() < least) {
      throw new ShapeException(
          operator + ": expected at least " + least + " inputs, found " + inputs.size());
    }
    for (NdArray x : inputs) {
      if (x.rank() == 0 || x.dim(0) != inputs.get(0).dim(0)) {
        throw new ShapeException(
            operator
                + ": inputs "
                + inputs.get(0).shape()
                + " and "
                + x.shape()
                + " differ in their batch size");
      }
    }
    return inputs;
  }

  /** A copy of a caller's list without a null; the list is read once. */
  public static <T> List<T> copied(String operator, String what, Collection<? extends T> given) {
    return Require.all(operator, what, given);
  }

  /** A copy of an optimizer's arrays: as many as it names, each of the weight's shape. */
  public static List<NdArray> states(Optimizer optimizer, List<NdArray> given, Shape weight) {
    List<NdArray> states = copied(optimizer.type(), "states", given);
    if (states.size() != optimizer.states().size()) {
      throw new InvalidArgumentException(
          optimizer.type() + ": " + states.size() + " states are not " + optimizer.states());
    }
    states.forEach(s -> shape(optimizer.type(), "state", s, weight));
    return states;
  }

  /** The bias is there exactly when the layer has one. */
  public static void bias(String operator, boolean wanted, NdArray bias, int outputs) {
    optional(operator, "bias", wanted, bias, Shape.of(outputs));
  }

  /** A parameter is there exactly when the layer has it. */
  public static void optional(
      String operator, String what, boolean wanted, NdArray array, Shape wantedShape) {
    if (wanted) {
      shape(operator, what, array, wantedShape);
    } else if (array != null) {
      throw new InvalidArgumentException(
          operator + ": " + what + " " + array.shape() + " given to a layer without " + what);
    }
  }

  /** Scores {@code [N, C]} with one label below C each. */
  public static int[] labels(String operator, NdArray scores, int[] given) {
    int[] labels = given.clone();
    if (scores.rank() != 2 || scores.dim(0) < 1 || scores.dim(1) < 1) {
      throw new ShapeException(
          operator + ": scores " + scores.shape() + " are not batch x classes");
    }
    if (labels.length != scores.dim(0)) {
      throw new ShapeException(
          operator + ": " + labels.length + " labels do not fit a batch of " + scores.dim(0));
    }
    return labels(operator, labels, scores.dim(1));
  }

  public static int[] labels(String operator, int[] given, int classes) {
    int[] labels = given.clone(); // the caller's may change
    for (int i = 0; i < labels.length; i++) {
      label(operator, labels[i], i, classes);
    }
    return labels;
  }

  static void label(String operator, int label, int index, int classes) {
    if (label < 0 || label >= classes) {
      throw new InvalidArgumentException(
          operator + ": label " + label + " at index " + index + " is not in [0, " + classes + ")");
    }
  }
}
