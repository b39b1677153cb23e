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
 * A layer of your own in plain Java, from one input to one output, beside the native ones:
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
 * Values come as doubles, sample after sample, each in C, H, W order; networks keep them as floats
 * in between. The same code runs in the double-precision reference, so that its gradients can be
 * checked by central differences. Its parameters have any names, and are trained and initialized as
 * all others are.
 *
 * <p>In inference a sample's output must depend on that sample alone: {@code Model.predict} passes
 * batches in parts, and a server joins samples of several requests.
 *
 * <p>Where a network's height or width is free, the layer is asked for its shapes with {@link
 * Shape#FREE} dimensions, and at each size again. What it says of free sizes must hold for every
 * size: {@link dev.quern.network.Network#at} checks it.
 *
 * <p>A network asks for type, shapes and parameters once, when it is made, and keeps the answers.
 * The layer must be immutable: a model's threads may be inside at once, each with arrays of its
 * own. What it throws reaches the caller as the cause of a {@link dev.quern.error.LayerException}.
 * It has no buffers. Networks with it are saved, in models and checkpoints, where the application
 * has registered a codec for it: {@code dev.quern.io.Codecs}.
 */
public interface CustomLayer extends Layer {
  /** By default the class's own name, or {@code custom} where it has none. */
  @Override
  default String type() {
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "custom" : name;
  }

  /** Fills {@link Forward#output()}. */
  void forward(Forward pass);

  /** Fills {@link Backward#gradInput()} and the gradients of all parameters. */
  void backward(Backward pass);

  /**
   * Input, output and parameters of a forward pass.
   *
   * @param inputShape one sample's
   * @param outputShape one sample's
   * @param samples in the batch
   * @param training whether the pass is one of training
   * @param input {@code [samples, inputShape]}; not to be changed
   * @param output {@code [samples, outputShape]}, zeros at first
   * @param parameters by name, each of its own shape; not to be changed
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

    /** Creates a pass with zero-filled arrays of the layer's shapes for this input. */
    public static Forward of(CustomLayer layer, Shape inputShape, int samples, boolean training) {
      Require.present("custom layer", "layer", layer);
      Require.present("custom layer", "input shape", inputShape);
      Shape out = layer.outputShape(inputShape);
      return of(inputShape, out, layer.parameters(inputShape), samples, training);
    }

    /** A pass of zeros, to be filled, of these shapes. */
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
     * @throws InvalidArgumentException if the layer has no such parameter
     */
    public double[] parameter(String name) {
      return named(parameters, name);
    }
  }

  /**
   * Values and gradients of a backward pass.
   *
   * @param forward the pass before it, with its input and output
   * @param gradOutput the loss's gradient with respect to the output; not to be changed
   * @param gradInput that with respect to the input, zeros at first
   * @param gradients those with respect to the parameters by name, summed over the samples, zeros
   *     at first
   */
  record Backward(
      Forward forward, double[] gradOutput, double[] gradInput, Map<String, double[]> gradients) {
    public Backward {
      Require.present("custom layer", "forward pass", forward);
      requireLength("grad_output", gradOutput, forward.outputShape().batch(forward.samples()));
      requireLength("grad_input", gradInput, forward.inputShape().batch(forward.samples()));
      gradients = Require.all("custom layer", "gradients", gradients);
    }

    /** A pass of zeros, to be filled. */
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
     * @throws InvalidArgumentException if the layer has no such parameter
     */
    public double[] parameter(String name) {
      return forward.parameter(name);
    }

    /**
     * @throws InvalidArgumentException if the layer has no such parameter
     */
    public double[] gradient(String name) {
      return named(gradients, name);
    }
  }

  private static double[] named(Map<String, double[]> arrays, String name) {
    double[] values = arrays.get(Require.present("custom layer", "parameter name", name));
    if (values == null) {
      throw new InvalidArgumentException(
          "custom layer: it has no parameter " + name + ", only " + arrays.keySet());
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
