package dev.quern.layer.recurrent;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent layer: {@link Lstm}, {@link Gru} or {@link Rnn}. A sample is a sequence {@code [T,
 * features]} with T from 1, which may be dynamic; the output is {@code [T, hiddenSize]}, or {@code
 * [T, 2 * hiddenSize]} if the layer is bidirectional. Each sample starts in the same state, and its
 * result does not depend on the other samples of the batch.
 *
 * <p>Parameters have PyTorch's names, shapes and order of gates: {@code weight_ih_l0} {@code [gates
 * * hiddenSize, features]}, {@code weight_hh_l0} {@code [gates * hiddenSize, hiddenSize]}, {@code
 * bias_ih_l0} and {@code bias_hh_l0} {@code [gates * hiddenSize]}. Their initial values are uniform
 * in {@code [-1 / sqrt(hiddenSize), 1 / sqrt(hiddenSize)]}. With an initial state, {@code h_0} and,
 * for LSTM, {@code c_0} {@code [hiddenSize]} follow, initially 0. The parameters of the reverse
 * direction of a bidirectional layer follow, with the suffix {@code _reverse}.
 *
 * <p>The state after the sequence is the output's last row for the forward direction, and its first
 * row for the reverse direction; {@link dev.quern.layer.shape.Slice} selects a row.
 */
public sealed interface Recurrent extends Layer permits Gru, Lstm, Rnn {
  int hiddenSize();

  Direction direction();

  /** Returns whether the layer has biases. */
  boolean bias();

  /** Returns whether the state before the first step is trained rather than zero. */
  boolean initialState();

  /** Returns the number of gates, including the candidate state: 4 for LSTM, 3 for GRU, else 1. */
  int gates();

  @Override
  default Shape outputShape(Shape input) {
    Shape in = Checks.any(type(), input);
    if (in.rank() != 2 || in.isFree(1) || in.dim(1) < 1) {
      throw new ShapeException(
          type()
              + ": input "
              + in
              + " is not [steps, features] with a fixed number of features of at least 1");
    }
    if (!in.isFree(0) && (in.dim(0) < 1 || in.dim(0) > Integer.MAX_VALUE)) {
      throw new ShapeException(
          type() + ": input " + in + " must have from 1 to " + Integer.MAX_VALUE + " steps");
    }
    return Shape.of(in.toArray()[0], (long) direction().count() * hiddenSize());
  }

  @Override
  default List<Parameter> parameters(Shape input) {
    outputShape(input);
    List<Parameter> all = new ArrayList<>();
    Shape units = Shape.of((long) gates() * hiddenSize());
    for (int i = 0; i < direction().count(); i++) {
      String end = i == 0 ? "" : "_reverse";
      Shape wide = Shape.of(units.dim(0), input.dim(1));
      all.add(new Parameter("weight_ih_l0" + end, wide, hiddenSize()));
      all.add(
          new Parameter("weight_hh_l0" + end, Shape.of(units.dim(0), hiddenSize()), hiddenSize()));
      if (bias()) {
        all.add(new Parameter("bias_ih_l0" + end, units, hiddenSize()));
        all.add(new Parameter("bias_hh_l0" + end, units, hiddenSize()));
      }
      if (initialState()) {
        Shape state = Shape.of(hiddenSize());
        all.add(new Parameter("h_0" + end, state, 0, 0));
        if (this instanceof Lstm) {
          all.add(new Parameter("c_0" + end, state, 0, 0));
        }
      }
    }
    return all;
  }

  @Override
  default long multiplyAdds(Shape input) {
    Shape out = outputShape(input);
    long perStep =
        Checks.product(
            type(),
            Checks.product(type(), gates(), out.dim(1)),
            Math.addExact(input.dim(1), hiddenSize()));
    return Checks.product(type(), out.dim(0), perStep);
  }
}
