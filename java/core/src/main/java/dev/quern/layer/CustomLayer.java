package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A custom layer in plain Java, with one input and one output:
 *
 * <pre>{@code
 * record Scale() implements CustomLayer {
 *   public Shape outputShape(Shape input) {
 *     return input;
 *   }
 *
 *   public List<Parameter> parameters(Shape input) {
 *     return List.of(new Parameter("factor", Shape.of(1), 0, 1)); // starts at 1
 *   }
 *
 *   public void forward(Forward pass) {
 *     double factor = pass.parameter("factor")[0];
 *     for (int i = 0; i < pass.input().length; i++) {
 *       pass.output()[i] = factor * pass.input()[i];
 *     }
 *   }
 *
 *   public void backward(Backward pass) {
 *     double factor = pass.parameter("factor")[0];
 *     for (int i = 0; i < pass.input().length; i++) {
 *       pass.gradInput()[i] = factor * pass.gradOutput()[i];
 *       pass.gradient("factor")[0] += pass.input()[i] * pass.gradOutput()[i];
 *     }
 *   }
 * }
 * }</pre>
 *
 * Arrays contain doubles, sample after sample, and each sample is in C, H, W order; between layers,
 * networks store values as floats. The double-precision reference implementation runs the same
 * code, so gradients can be checked by central differences. Parameters can have any name; they are
 * trained and initialized like the parameters of built-in layers.
 *
 * <p>In inference, a sample's output must depend only on this sample: {@code Model.predict} splits
 * batches, and a server batches samples of several requests.
 *
 * <p>If a network's height or width is dynamic, the output shape is computed first with {@link
 * Shape#FREE} dimensions, then for each actual size. {@link dev.quern.network.Network#at} checks
 * that both shapes agree.
 *
 * <p>A network calls {@link #type}, {@link #outputShape} and {@link #parameters} once, when it is
 * built, and caches the results. The layer must be immutable and thread-safe: several threads may
 * call it concurrently, each thread with its own arrays. If the layer throws, the caller receives a
 * {@link dev.quern.error.LayerException} with the exception as its cause. A custom layer cannot
 * have buffers. To save networks with this layer in model files and checkpoints, register a codec
 * with {@code dev.quern.io.Codecs}.
 */
public interface CustomLayer extends Layer {
  /**
   * Returns the layer's name in messages: by default the class's simple name, or {@code custom} for
   * an anonymous class.
   */
  @Override
  default String type() {
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "custom" : name;
  }

  /** Computes the forward pass: fills {@link Forward#output()}. */
  void forward(Forward pass);

  /**
   * Computes the backward pass: fills {@link Backward#gradInput()} and the gradients of all
   * parameters.
   */
  void backward(Backward pass);

  /**
   * The input, output and parameters of a forward pass.
   *
   * @param inputShape the input shape of one sample
   * @param outputShape the output shape of one sample
   * @param samples the number of samples in the batch
   * @param training true in training, false in evaluation
   * @param input the input values, {@code [samples, inputShape]}; read-only
   * @param output the output values to be filled, {@code [samples, outputShape]}, initially zeros
   * @param parameters the values of each parameter by name; read-only
   */
  record Forward(
      Shape inputShape,
      Shape outputShape,
      int samples,
      boolean training,
      double[] input,
      double[] output,
      Map<String, double[]> parameters) {
    public Forward {
      Require.present("custom layer", "input shape", inputShape);
      Require.present("custom layer", "output shape", outputShape);
      requireLength("input", input, inputShape.batch(samples));
      requireLength("output", output, outputShape.batch(samples));
      parameters = Require.all("custom layer", "parameters", parameters);
    }

    /**
     * Creates a forward pass with zero-filled arrays; the layer determines the output and parameter
     * shapes.
     */
    public static Forward of(CustomLayer layer, Shape inputShape, int samples, boolean training) {
      Require.present("custom layer", "layer", layer);
      Require.present("custom layer", "input shape", inputShape);
      Shape out = layer.outputShape(inputShape);
      return of(inputShape, out, layer.parameters(inputShape), samples, training);
    }

    /** Creates a forward pass with zero-filled arrays of the given shapes. */
    public static Forward of(
        Shape inputShape,
        Shape outputShape,
        List<Parameter> parameters,
        int samples,
        boolean training) {
      Require.present("custom layer", "input shape", inputShape);
      Require.present("custom layer", "output shape", outputShape);
      Map<String, double[]> arrays = new LinkedHashMap<>();
      for (Parameter p : Require.all("custom layer", "parameters", parameters)) {
        String what =
            "custom layer: parameter "
                + Require.present("custom layer", "parameter name", p.name());
        arrays.put(
            p.name(), Heap.doubles(what, Require.present(what, "shape", p.shape()).elements()));
      }
      return new Forward(
          inputShape,
          outputShape,
          samples,
          training,
          Heap.doubles("custom layer: input", inputShape.batch(samples).elements()),
          Heap.doubles("custom layer: output", outputShape.batch(samples).elements()),
          arrays);
    }

    /**
     * Returns the values of a parameter.
     *
     * @throws InvalidArgumentException if the layer has no parameter of this name
     */
    public double[] parameter(String name) {
      return named(parameters, name);
    }
  }

  /**
   * The values and gradients of a backward pass.
   *
   * @param forward the preceding forward pass, with its input and output
   * @param gradOutput the loss's gradient with respect to the output; read-only
   * @param gradInput the loss's gradient with respect to the input, initially zeros
   * @param gradients the loss's gradients with respect to the parameters, by name, summed over the
   *     samples, initially zeros
   */
  record Backward(
      Forward forward, double[] gradOutput, double[] gradInput, Map<String, double[]> gradients) {
    public Backward {
      Require.present("custom layer", "forward pass", forward);
      requireLength("grad_output", gradOutput, forward.outputShape().batch(forward.samples()));
      requireLength("grad_input", gradInput, forward.inputShape().batch(forward.samples()));
      gradients = Require.all("custom layer", "gradients", gradients);
    }

    /** Creates a backward pass with zero-filled gradients. */
    public static Backward of(Forward forward) {
      Require.present("custom layer", "forward pass", forward);
      String what = "custom layer: gradients";
      Map<String, double[]> gradients = new LinkedHashMap<>();
      forward.parameters().forEach((name, p) -> gradients.put(name, Heap.doubles(what, p.length)));
      return new Backward(
          forward,
          Heap.doubles(what, forward.output().length),
          Heap.doubles(what, forward.input().length),
          gradients);
    }

    public double[] input() {
      return forward.input();
    }

    public double[] output() {
      return forward.output();
    }

    /**
     * Returns the values of a parameter.
     *
     * @throws InvalidArgumentException if the layer has no parameter of this name
     */
    public double[] parameter(String name) {
      return forward.parameter(name);
    }

    /**
     * Returns the gradient array of a parameter, to be filled.
     *
     * @throws InvalidArgumentException if the layer has no parameter of this name
     */
    public double[] gradient(String name) {
      return named(gradients, name);
    }
  }

  private static double[] named(Map<String, double[]> arrays, String name) {
    double[] values = arrays.get(Require.present("custom layer", "parameter name", name));
    if (values == null) {
      throw new InvalidArgumentException(
          "custom layer: unknown parameter " + name + ", found " + arrays.keySet());
    }
    return values;
  }

  private static void requireLength(String what, double[] values, Shape shape) {
    if (Require.present("custom layer", what, values).length != shape.elements()) {
      throw new ShapeException(
          "custom layer: " + values.length + " values of " + what + " do not fill " + shape);
    }
  }
}
