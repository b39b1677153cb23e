package dev.quern.layer.shape;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * A trainable tensor, identical for every sample, used as input of layers such as {@link
 * dev.quern.layer.math.Add}, {@link dev.quern.layer.math.Multiply} or {@link Concat}: for example a
 * position embedding, a class token or the factors of a layer scale. The layer's own input
 * determines only the number of samples and receives a gradient of 0. The tensor is the parameter
 * {@code weight}; its gradient is the sum over the samples. {@link Constant} is the same without
 * training.
 *
 * @param shape the shape of one sample, without dynamic dimensions
 * @param value the initial value of all elements, finite
 * @param random whether the initial values are random instead, like the weight of a {@link
 *     dev.quern.layer.Linear} layer whose number of inputs is the last dimension of {@code shape}
 */
public record TrainableTensor(Shape shape, float value, boolean random) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<TrainableTensor> TYPE =
      LayerType.of("trainable_tensor", TrainableTensor.class)
          .shape("shape", TrainableTensor::shape)
          .number("value", 0, TrainableTensor::value)
          .flag("random", false, TrainableTensor::random)
          .made(v -> new TrainableTensor(v.shape("shape"), v.number("value"), v.flag("random")));

  private static final String OP = "trainable_tensor";

  public TrainableTensor {
    Require.present(OP, "shape", shape);
    Checks.finite(OP, "value", value);
    if (shape.isFree() || shape.rank() == 0 || shape.elements() == 0) {
      throw new ShapeException(
          OP + ": shape " + shape + " must have at least one dimension, each fixed and at least 1");
    }
    if (random && value != 0) {
      throw new InvalidArgumentException(
          OP + ": value " + value + " must be 0 if the initial values are random");
    }
  }

  /** Creates the layer with 0 as initial value of all elements. */
  public TrainableTensor(long... shape) {
    this(Shape.of(Require.present(OP, "shape", shape)), 0, false);
  }

  /** Returns a copy whose elements have an initial value. */
  public TrainableTensor value(float initial) {
    return new TrainableTensor(shape, initial, false);
  }

  /** Returns a copy with or without random initial values. */
  public TrainableTensor random(boolean whether) {
    return new TrainableTensor(shape, 0, whether);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any(OP, input);
    return shape;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    long fanIn = random ? shape.dim(shape.rank() - 1) : 0;
    return List.of(new Parameter("weight", shape, fanIn, value));
  }
}
