package dev.quern.reference.layer;

import dev.quern.layer.Parameter;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reference implementation of {@link Recurrent} layers, LSTM, GRU and plain recurrent networks:
 * input {@code [N, T, features]}, output {@code [N, T, directions * hiddenSize]}. Weights are the
 * layer's parameters by their names in the layer.
 */
public final class RecurrentReference {
  private RecurrentReference() {}

  /**
   * Gradients of a recurrent layer.
   *
   * @param input gradient of the input
   * @param weights gradients of the parameters by their names in the layer
   */
  public record Gradients(NdArray input, Map<String, NdArray> weights) {
    public Gradients {
      weights = Require.all("recurrent", "weights", weights);
    }
  }

  /**
   * Returns the output.
   *
   * @throws dev.quern.error.ShapeException if shapes do not fit the layer
   */
  public static NdArray forward(Recurrent layer, NdArray input, Map<String, NdArray> weights) {
    Map<String, NdArray> own = check(layer, input, weights);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    for (int direction = 0; direction < layer.direction().count(); direction++) {
      for (int n = 0; n < input.dim(0); n++) {
        RecurrentSteps steps = steps(layer, direction, input, n, own);
        for (int t = 0; t < input.dim(1); t++) {
          for (int i = 0; i < layer.hiddenSize(); i++) {
            output.set(output.offset(n, t, direction * layer.hiddenSize() + i), steps.out(t, i));
          }
        }
      }
    }
    return output;
  }

  /** Returns the gradients with respect to input and weights. */
  public static Gradients backward(
      Recurrent layer, NdArray input, Map<String, NdArray> weights, NdArray gradOutput) {
    Map<String, NdArray> own = check(layer, input, weights);
    Shape output = Checks.batchOutput(layer, input.shape());
    Checks.shape(layer.type(), "grad_output", gradOutput, output);
    NdArray gradInput = new NdArray(input.shape());
    Map<String, NdArray> gradients = new LinkedHashMap<>();
    own.forEach((name, weight) -> gradients.put(name, new NdArray(weight.shape())));
    for (int direction = 0; direction < layer.direction().count(); direction++) {
      for (int n = 0; n < input.dim(0); n++) {
        int sample = n;
        int first = direction * layer.hiddenSize();
        steps(layer, direction, input, n, own)
            .backward(
                (t, i) -> gradOutput.at(sample, t, first + i),
                (t, i, value) -> gradInput.add(gradInput.offset(sample, t, i), value),
                named(gradients, direction));
      }
    }
    return new Gradients(gradInput, gradients);
  }

  private static Map<String, NdArray> check(
      Recurrent layer, NdArray input, Map<String, NdArray> weights) {
    Require.present("recurrent", "layer, input, weights", layer, input, weights);
    Checks.batchOutput(layer, input.shape());
    Map<String, NdArray> own = new LinkedHashMap<>();
    for (Parameter p : layer.parameters(input.shape().sample())) {
      NdArray weight = weights.get(p.name());
      Checks.shape(layer.type(), p.name(), weight, p.shape());
      own.put(p.name(), weight);
    }
    return own;
  }

  private static RecurrentSteps steps(
      Recurrent layer, int direction, NdArray input, int n, Map<String, NdArray> weights) {
    boolean reverse = direction == 1 || layer.direction() == Direction.REVERSE;
    return new RecurrentSteps(layer, reverse, input, n, named(weights, direction));
  }

  private static RecurrentSteps.Weights named(Map<String, NdArray> all, int direction) {
    String end = direction == 0 ? "" : "_reverse";
    return new RecurrentSteps.Weights(
        all.get("weight_ih_l0" + end),
        all.get("weight_hh_l0" + end),
        all.get("bias_ih_l0" + end),
        all.get("bias_hh_l0" + end),
        all.get("h_0" + end),
        all.get("c_0" + end));
  }
}
