package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.network.Network;
import dev.quern.plan.Plan;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * A batch of the caller's own: inputs with labels, or with targets, in the network's order; the
 * other is null.
 */
record TensorBatch(Map<String, Tensor> inputs, int[] labels, List<Tensor> targets) {
  static TensorBatch of(Network network, Tensor images, int[] labels) {
    return new TensorBatch(
        only(network, images), Require.present("trainer", "labels", labels), null);
  }

  static TensorBatch of(Network network, Tensor images, Tensor targets) {
    return new TensorBatch(
        only(network, images), null, List.of(Require.present("trainer", "targets", targets)));
  }

  static TensorBatch of(
      Network network, Map<String, Tensor> inputs, Map<String, Tensor> targets) {
    return new TensorBatch(
        ordered("input", network.inputs().keySet(), inputs),
        null,
        List.copyOf(ordered("target", network.outputs(), targets).values()));
  }

  private static Map<String, Tensor> only(Network network, Tensor images) {
    Require.present("trainer", "images", images);
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          "trainer: a step of network "
              + network.name()
              + " takes inputs "
              + network.inputs().keySet()
              + " and targets for "
              + network.outputs());
    }
    return Map.of(network.inputs().keySet().iterator().next(), images);
  }

  private static Map<String, Tensor> ordered(
      String what, Collection<String> names, Map<String, Tensor> given) {
    Map<String, Tensor> all = Require.all("trainer", what + "s", given);
    if (!all.keySet().equals(Set.copyOf(names))) {
      throw new InvalidArgumentException(
          "trainer: " + what + "s " + all.keySet() + " are not those of the network, " + names);
    }
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    names.forEach(name -> ordered.put(name, all.get(name)));
    return ordered;
  }

  /** Takes a step that loads this batch and may read the inputs, where they lie, until its end. */
  double during(DoubleSupplier step) {
    List<Usage> arenas = new ArrayList<>();
    try {
      inputs.values().forEach(input -> arenas.add(entered(input)));
      return step.getAsDouble();
    } finally {
      arenas.forEach(Usage::exit);
    }
  }

  void load(Plan plan) {
    Shape first = inputs.values().iterator().next().shape();
    if (first.rank() < 2 || first.dim(0) > plan.batch() || first.dim(0) < 1) {
      throw new ShapeException(
          "trainer: images " + first + " are not between 1 and " + plan.batch() + " samples");
    }
    plan.use((int) first.dim(0));
    inputs.forEach((name, input) -> load(plan, name, input, first.dim(0)));
    if (targets == null) {
      plan.labels(labels);
      return;
    }
    for (int i = 0; i < targets.size(); i++) {
      loadTargets(plan, i, targets.get(i));
    }
  }

  private static void load(Plan plan, String name, Tensor input, long samples) {
    Shape s = input.shape();
    if (s.rank() < 2 || s.dim(0) != samples) {
      throw new ShapeException("trainer: input " + name + ", " + s + ", has not " + samples + " samples");
    }
    plan.load(name, s, TensorAccess.get().pointer(input));
  }

  private static void loadTargets(Plan plan, int number, Tensor targets) {
    Usage arena = entered(targets);
    try {
      plan.targets(number, targets.shape(), TensorAccess.get().pointer(targets));
    } finally {
      arena.exit();
    }
  }

  /** Keeps the tensor's arena open until the caller leaves. */
  private static Usage entered(Tensor tensor) {
    Usage arena = TensorAccess.get().usage(tensor.arena());
    arena.enter();
    return arena;
  }
}
