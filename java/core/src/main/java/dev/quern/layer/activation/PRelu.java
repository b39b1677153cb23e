package dev.quern.layer.activation;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Parametric ReLU: {@code x} above 0 and {@code weight * x} elsewhere. The layer has one trainable
 * weight for all values, or one for each channel of {@code [N, C, H, W]} or {@code [N, C]}. Weight
 * decay that is limited to convolution and linear weights excludes these weights. He, Zhang, Ren
 * and Sun, "Delving Deep into Rectifiers", 2015.
 *
 * @param numParameters the number of weights: 1, or the number of channels
 * @param init the initial value of the weights, finite; PyTorch's default is 0.25
 */
public record PRelu(int numParameters, float init) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<PRelu> TYPE =
      LayerType.of("prelu", PRelu.class)
          .integer("num_parameters", 1, PRelu::numParameters)
          .number("init", 0.25f, PRelu::init)
          .made(v -> new PRelu(v.integer("num_parameters"), v.number("init")));

  public PRelu {
    Checks.atLeast("prelu", "num_parameters", numParameters, 1);
    Checks.finite("prelu", "init", init);
  }

  /** Creates a layer with PyTorch's initial weight of 0.25. */
  public PRelu(int numParameters) {
    this(numParameters, 0.25f);
  }

  /** Creates a layer with one weight for all values, initially 0.25. */
  public PRelu() {
    this(1);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any("prelu", input);
    if (numParameters == 1) {
      return input;
    }
    if (input.rank() != 1 && input.rank() != 3) {
      throw new ShapeException(
          "prelu: input " + input + " must have shape [features] or [channels, height, width]");
    }
    if (input.isFree(0) || input.dim(0) != numParameters) {
      throw new ShapeException(
          "prelu: num_parameters "
              + numParameters
              + " must be 1 or the number of channels of input "
              + input);
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    return List.of(new Parameter("weight", Shape.of(numParameters), 0, init));
  }
}
