package dev.quern.layer.activation;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * {@code y = x} where x is above 0, else {@code weight * x}. The weight is trainable: one for all
 * values, or one for each channel of {@code [N, C, H, W]} or {@code [N, C]}. It starts as {@code
 * init}, and weight decay that takes weights only leaves it alone. He, Zhang, Ren and Sun, "Delving
 * Deep into Rectifiers", 2015.
 *
 * @param numParameters 1, or the number of channels
 * @param init finite; PyTorch's default is 0.25
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

  /** With PyTorch's default of 0.25. */
  public PRelu(int numParameters) {
    this(numParameters, 0.25f);
  }

  /** One weight for all values, 0.25. */
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
      throw new ShapeException("prelu: input " + input + " is neither features nor an image");
    }
    if (input.isFree(0) || input.dim(0) != numParameters) {
      throw new ShapeException(
          "prelu: num_parameters "
              + numParameters
              + " is neither 1 nor the number of channels of input "
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
