package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request to a model. Requests of equal kinds may run in one batch. */
sealed interface Question {
  /** Returns the kind of this request; requests of equal kinds may run in one batch. */
  default Object kind() {
    return getClass();
  }

  default int samples() {
    return 1;
  }

  /** A request with normalized inputs by name, each a batch {@code [N, ...]}. */
  record OfTensors(Map<String, TensorValues> inputs, int samples) implements Question {
    /** Creates a request after checking that the network accepts the inputs. */
    static OfTensors of(Network network, Map<String, TensorValues> given) {
      Map<String, TensorValues> inputs = new LinkedHashMap<>(Require.all("serve", "inputs", given));
      if (!inputs.keySet().equals(network.inputs().keySet())) {
        throw new InvalidArgumentException(
            "serve: inputs "
                + inputs.keySet()
                + " do not match the network's inputs, "
                + network.inputs().keySet());
      }
      int samples = inputs.values().iterator().next().samples();
      network
          .inputs()
          .forEach((name, shape) -> requireFit(name, inputs.get(name).shape(), shape, samples));
      return new OfTensors(inputs, samples);
    }

    private static void requireFit(String name, Shape given, Shape input, int samples) {
      if (given.rank() < 2 || !given.isBatchOf(input) || given.dim(0) != samples || samples == 0) {
        throw new ShapeException(
            "serve: input " + name + " of shape " + given + " must be a batch of " + input);
      }
    }

    @Override
    public Object kind() {
      Map<String, Shape> each = new LinkedHashMap<>();
      inputs.forEach((name, values) -> each.put(name, values.shape().sample()));
      return each;
    }
  }

  /** A request for the prediction for an image. */
  record Predicted(Image image) implements Question {}

  /** A request for object detection in an image. */
  record Searched(Image image) implements Question {}
}
