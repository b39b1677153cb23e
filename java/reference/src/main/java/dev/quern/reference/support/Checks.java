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

/** Argument checks that several operators share; each message starts with the operator's name. */
public final class Checks {
  private Checks() {}

  /**
   * Returns a layer's output shape for a batch; {@code input} and the result include the batch
   * axis.
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
   * Returns a shape's number of elements.
   *
   * @throws InvalidArgumentException if a Java array cannot store that many elements
   */
  public static int length(String operator, Shape shape) {
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          operator + ": " + shape + " has more values than fit in a Java array");
    }
    return (int) shape.elements();
  }

  /**
   * Returns a copy of a layer's inputs after checking that there are at least {@code least}, with
   * the same batch size.
   */
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

  /**
   * Returns a copy of a caller's list after checking that it does not contain a null; the list is
   * read once.
   */
  public static <T> List<T> copied(String operator, String what, Collection<? extends T> given) {
    return Require.all(operator, what, given);
  }

  /**
   * Returns a copy of an optimizer's state arrays after checking their number and that each has the
   * weight's shape.
   */
  public static List<NdArray> states(Optimizer optimizer, List<NdArray> given, Shape weight) {
    List<NdArray> states = copied(optimizer.type(), "states", given);
    if (states.size() != optimizer.states().size()) {
      throw new InvalidArgumentException(
          optimizer.type() + ": " + states.size() + " states, expected " + optimizer.states());
    }
    states.forEach(s -> shape(optimizer.type(), "state", s, weight));
    return states;
  }

  /** Checks that a bias is given exactly if the layer has one. */
  public static void bias(String operator, boolean wanted, NdArray bias, int outputs) {
    optional(operator, "bias", wanted, bias, Shape.of(outputs));
  }

  /** Checks that a parameter is given exactly if the layer has it. */
  public static void optional(
      String operator, String what, boolean wanted, NdArray array, Shape wantedShape) {
    if (wanted) {
      shape(operator, what, array, wantedShape);
    } else if (array != null) {
      throw new InvalidArgumentException(
          operator + ": " + what + " " + array.shape() + " given to a layer without " + what);
    }
  }

  /**
   * Returns a copy of the labels after checking that scores {@code [N, C]} have N labels in [0, C).
   */
  public static int[] labels(String operator, NdArray scores, int[] given) {
    int[] labels = given.clone();
    if (scores.rank() != 2 || scores.dim(0) < 1 || scores.dim(1) < 1) {
      throw new ShapeException(
          operator + ": scores " + scores.shape() + " must be [batch, classes]");
    }
    if (labels.length != scores.dim(0)) {
      throw new ShapeException(
          operator + ": " + labels.length + " labels do not fit a batch of " + scores.dim(0));
    }
    return labels(operator, labels, scores.dim(1));
  }

  public static int[] labels(String operator, int[] given, int classes) {
    int[] labels = given.clone(); // the caller's array may change
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
