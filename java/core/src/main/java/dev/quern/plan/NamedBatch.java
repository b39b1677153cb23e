package dev.quern.plan;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;

/** A batch for a network with any number of inputs and targets, both in the network's order. */
public record NamedBatch(Map<String, Tensor> inputs, List<Tensor> targets) implements Batch {
  public static NamedBatch of(
      Network network, Map<String, Tensor> inputs, Map<String, Tensor> targets) {
    return new NamedBatch(
        ordered("input", network.inputs().keySet(), inputs),
        List.copyOf(ordered("target", network.outputs(), targets).values()));
  }

  private static Map<String, Tensor> ordered(
      String what, Collection<String> names, Map<String, Tensor> given) {
    Map<String, Tensor> all = Require.all("trainer", what + "s", given);
    if (!all.keySet().equals(Set.copyOf(names))) {
      throw new InvalidArgumentException(
          "trainer: "
              + what
              + "s "
              + all.keySet()
              + " do not match the network's inputs, "
              + names);
    }
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    names.forEach(name -> ordered.put(name, all.get(name)));
    return ordered;
  }

  @Override
  public double during(DoubleSupplier step) {
    List<Usage> arenas = new ArrayList<>();
    try {
      inputs.values().forEach(input -> arenas.add(Batch.entered(input)));
      return step.getAsDouble();
    } finally {
      arenas.forEach(Usage::exit);
    }
  }

  @Override
  public void load(Plan plan) {
    Shape first = inputs.values().iterator().next().shape();
    if (first.rank() < 2 || first.dim(0) > plan.batch() || first.dim(0) < 1) {
      throw new ShapeException(
          "trainer: inputs " + first + " must have from 1 to " + plan.batch() + " samples");
    }
    plan.use((int) first.dim(0));
    inputs.forEach((name, input) -> load(plan, name, input, first.dim(0)));
    for (int i = 0; i < targets.size(); i++) {
      loadTargets(plan, i, targets.get(i));
    }
  }

  private static void load(Plan plan, String name, Tensor input, long samples) {
    Shape s = input.shape();
    if (s.rank() < 2 || s.dim(0) != samples) {
      throw new ShapeException(
          "trainer: input " + name + " " + s + " must have " + samples + " samples");
    }
    plan.load(name, s, TensorAccess.get().pointer(input));
  }

  private static void loadTargets(Plan plan, int number, Tensor targets) {
    Usage arena = Batch.entered(targets);
    try {
      plan.targets(number, targets.shape(), TensorAccess.get().pointer(targets));
    } finally {
      arena.exit();
    }
  }
}
