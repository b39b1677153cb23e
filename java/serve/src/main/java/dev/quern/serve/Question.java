package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.io.file.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is asked of a model. Those of one kind, which are equal, may run together. */
sealed interface Question {
  /** What runs together has equal ones. */
  default Object kind() {
    return getClass();
  }

  default int samples() {
    return 1;
  }

  /** Batches that are normalised already, {@code [N, ...]} by input. */
  record OfTensors(Map<String, TensorValues> inputs, int samples) implements Question {
    /** One that the network takes, or an exception. */
    static OfTensors of(Network network, Map<String, TensorValues> given) {
      Map<String, TensorValues> inputs = new LinkedHashMap<>(Require.all("serve", "inputs", given));
      if (!inputs.keySet().equals(network.inputs().keySet())) {
        throw new InvalidArgumentException(
            "serve: inputs "
                + inputs.keySet()
                + " are not those of the network, "
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
            "serve: input " + name + " of " + given + " is not a batch of " + input);
      }
    }

    @Override
    public Object kind() {
      Map<String, Shape> each = new LinkedHashMap<>();
      inputs.forEach((name, values) -> each.put(name, values.shape().sample()));
      return each;
    }
  }

  /** A picture, of which the network says something. */
  record Answered(Image image) implements Question {}

  /** A picture in which the network finds things. */
  record Searched(Image image) implements Question {}
}
