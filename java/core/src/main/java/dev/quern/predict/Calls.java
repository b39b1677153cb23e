package dev.quern.predict;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.NetworkData;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.StepTimes;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.profile.LayerTimes;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Implements the methods of a model that run the network. Each call checks its inputs and selects
 * the weights packed for the inputs' size. The memory of the model and the tensors is not freed
 * before the call returns.
 */
final class Calls {
  private final Network network;
  private final Sizes sizes;
  private final Usage usage;

  /**
   * Creates the calls of a model.
   *
   * @param sizes the sizes at which the network runs; the model closes them
   * @param usage the usage counter of the model
   */
  Calls(Network network, Sizes sizes, Usage usage) {
    this.network = network;
    this.sizes = sizes;
    this.usage = usage;
  }

  /**
   * Runs a network with one input and one output.
   *
   * @param outputsOrNull the tensor for the output; null to create a tensor in the images' arena
   */
  Tensor run(Tensor images, @Nullable Tensor outputsOrNull) {
    Require.present("predict", "images", images);
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          "predict: network "
              + network.name()
              + " has inputs "
              + network.inputs().keySet()
              + " and outputs "
              + network.outputs()
              + ": pass a map of tensors");
    }
    requireBatch("predict", images.shape(), network.input());
    usage.enter();
    Usage arena = null;
    Usage other = null;
    Sized sized = sizes.only();
    try {
      arena = entered(images);
      sized = sized != null ? sized : sizes.borrow(samples(Map.of(firstInput(), images)));
      if (outputsOrNull != null) {
        Shape wanted = sized.network.output().batch(images.shape().dim(0));
        other = entered(outputsOrNull);
        if (!outputsOrNull.shape().equals(wanted)) {
          throw new ShapeException(
              "predict: outputs " + outputsOrNull.shape() + " must have shape " + wanted);
        }
      }
      return sized.run(images, outputsOrNull);
    } finally {
      giveBack(sized);
      exit(other);
      exit(arena);
      usage.exit();
    }
  }

  /**
   * Runs a network and returns its outputs by name.
   *
   * @param intoOrNull the arena of the outputs; null for the first input's arena
   */
  Map<String, Tensor> predict(Map<String, Tensor> inputs, @Nullable Arena intoOrNull) {
    return called(
        "predict",
        inputs,
        (sized, all, n) ->
            sized.run(all, n, intoOrNull == null ? all.get(firstInput()).arena() : intoOrNull));
  }

  /**
   * Runs a network and writes its outputs to tensors.
   *
   * @param outputs a tensor for each output, by name
   */
  void predictInto(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    if (!outputs.keySet().equals(Set.copyOf(network.outputs()))) {
      throw new InvalidArgumentException(
          "predict: outputs "
              + outputs.keySet()
              + " do not match the network's outputs, "
              + network.outputs());
    }
    called(
        "predict",
        inputs,
        (sized, all, n) -> {
          List<Usage> entered = new ArrayList<>();
          try {
            outputs.values().forEach(t -> entered.add(entered(t)));
            outputs.forEach((name, t) -> requireOutput(sized, name, t.shape(), n));
            requireDistinct(all, outputs);
            sized.run(all, n, outputs);
            return outputs;
          } finally {
            entered.forEach(Usage::exit);
          }
        });
  }

  private static void requireOutput(Sized sized, String name, Shape shape, long samples) {
    Shape wanted = sized.network.shapes().get(name).batch(samples);
    if (!shape.equals(wanted)) {
      throw new ShapeException(
          "predict: output " + name + " of shape " + shape + " must have shape " + wanted);
    }
  }

  /** Checks that no tensor is written while it is read, or written twice. */
  private static void requireDistinct(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.addAll(inputs.values());
    outputs.forEach(
        (name, t) -> {
          if (!seen.add(t)) {
            throw new InvalidArgumentException(
                "predict: the tensor of output " + name + " is also that of an input or output");
          }
        });
  }

  LayerTimes profile(Map<String, Tensor> inputs, int steps) {
    StepTimes.requireCount("profile", steps);
    return called("profile", inputs, (sized, all, n) -> sized.profile(all, n, steps));
  }

  /** Calls a function with an evaluator for the shapes of the data set's samples. */
  <T> T evaluated(NetworkData data, List<OutputLoss> losses, Function<Evaluator, T> call) {
    usage.enter();
    Sized sized = sizes.only();
    try {
      sized = sized != null ? sized : sizes.borrow(data.shapes(network));
      return sized.evaluated(losses, call);
    } finally {
      giveBack(sized);
      usage.exit();
    }
  }

  /**
   * Sets the maximum total size of all plans in bytes, at least 1; see {@link Model#setPlanLimit}.
   */
  void limitPlans(long bytes) {
    if (bytes < 1) {
      throw new InvalidArgumentException("model: plan limit " + bytes + " must be at least 1");
    }
    usage.enter();
    try {
      Sized only = sizes.only();
      if (only != null) {
        only.requireWithin(bytes);
      }
      sizes.plans().limit(bytes);
    } finally {
      usage.exit();
    }
  }

  String firstInput() {
    return network.inputs().keySet().iterator().next();
  }

  private interface Call<T> {
    T of(Sized sized, Map<String, Tensor> inputs, long samples);
  }

  /** Checks inputs by name, then runs a call; the inputs' memory is not freed during the call. */
  private <T> T called(String operation, Map<String, Tensor> inputs, Call<T> call) {
    Map<String, Tensor> all = Require.all(operation, "inputs", inputs);
    if (!all.keySet().equals(network.inputs().keySet())) {
      throw new InvalidArgumentException(
          operation
              + ": inputs "
              + all.keySet()
              + " do not match the network's inputs, "
              + network.inputs().keySet());
    }
    long n = requireBatch(operation, all);
    List<Usage> entered = new ArrayList<>();
    usage.enter();
    Sized sized = sizes.only();
    try {
      all.values().forEach(t -> entered.add(entered(t)));
      sized = sized != null ? sized : sizes.borrow(samples(all));
      return call.of(sized, all, n);
    } finally {
      giveBack(sized);
      entered.forEach(Usage::exit);
      usage.exit();
    }
  }

  private static Usage entered(Tensor tensor) {
    Usage arena = TensorAccess.get().usage(tensor.arena());
    arena.enter();
    return arena;
  }

  private static void exit(@Nullable Usage enteredOrNull) {
    if (enteredOrNull != null) {
      enteredOrNull.exit();
    }
  }

  private void giveBack(@Nullable Sized sized) {
    if (sized != null && sized != sizes.only()) {
      sizes.giveBack(sized);
    }
  }

  /** Returns the sample shape of each input. */
  private static Map<String, Shape> samples(Map<String, Tensor> batches) {
    Map<String, Shape> all = new LinkedHashMap<>();
    batches.forEach((name, t) -> all.put(name, t.shape().sample()));
    return all;
  }

  private static void requireBatch(String operation, Shape shape, Shape input) {
    if (shape.rank() < 2 || !shape.isBatchOf(input)) {
      throw new ShapeException(
          operation + ": images " + shape + " do not fit a batch of inputs " + input);
    }
  }

  /** Checks that all inputs have the same number of samples, and returns this number. */
  private long requireBatch(String operation, Map<String, Tensor> inputs) {
    Shape first = null;
    for (Map.Entry<String, Shape> in : network.inputs().entrySet()) {
      Shape shape = inputs.get(in.getKey()).shape();
      requireBatch(operation, shape, in.getValue());
      if (first != null && shape.dim(0) != first.dim(0)) {
        throw new ShapeException(
            operation + ": inputs " + first + " and " + shape + " differ in their batch size");
      }
      first = first == null ? shape : first;
    }
    return first.dim(0);
  }
}
