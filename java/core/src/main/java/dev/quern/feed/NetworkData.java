package dev.quern.feed;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The data sets for a network: one for each input, and one for the targets of each output. */
public final class NetworkData {
  private final String name;
  private final List<CheckedDataset> inputs;
  private final List<CheckedDataset> targets;

  private NetworkData(String name, List<CheckedDataset> inputs, List<CheckedDataset> targets) {
    this.name = name;
    this.inputs = inputs;
    this.targets = targets;
  }

  /**
   * Wraps a data set and reads its properties, which may call user code.
   *
   * @throws InvalidArgumentException if the network has several inputs or outputs
   */
  public static NetworkData of(String operation, Network network, Dataset data) {
    Require.present(operation, "data", data);
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          operation
              + ": network "
              + network.name()
              + " has "
              + network.inputs().size()
              + " inputs and "
              + network.outputs().size()
              + " outputs, but a Dataset has one input and one target: pass a MultiDataset");
    }
    CheckedDataset samples = new CheckedDataset(operation, data);
    return new NetworkData(samples.name(), List.of(samples), List.of(samples));
  }

  /**
   * Wraps the data sets of a network's inputs and outputs and reads their properties, which may
   * call user code.
   */
  public static NetworkData of(String operation, Network network, MultiDataset data) {
    Require.present(operation, "data", data);
    List<CheckedDataset> inputs =
        samples(operation, "inputs", network.inputs().keySet(), data.inputs());
    List<CheckedDataset> targets = samples(operation, "targets", network.outputs(), data.targets());
    Set<String> names = new LinkedHashSet<>();
    inputs.forEach(s -> names.add(s.name()));
    int size = inputs.get(0).size();
    inputs.forEach(s -> requireSize(operation, s, size));
    targets.forEach(s -> requireSize(operation, s, size));
    return new NetworkData(String.join("+", names), inputs, targets);
  }

  /**
   * Checks that a data set has as many samples as the first data set, since user code may change
   * the size.
   */
  private static void requireSize(String operation, CheckedDataset samples, int size) {
    if (samples.size() != size) {
      throw new InvalidArgumentException(
          operation
              + ": data set "
              + samples.name()
              + " has "
              + samples.size()
              + " samples, but the first data set has "
              + size);
    }
  }

  private static List<CheckedDataset> samples(
      String operation, String what, Collection<String> wanted, Map<String, Dataset> given) {
    if (!given.keySet().equals(Set.copyOf(wanted))) {
      throw new InvalidArgumentException(
          operation
              + ": "
              + what
              + " "
              + given.keySet()
              + " do not match those of the network, "
              + wanted);
    }
    return wanted.stream().map(n -> new CheckedDataset(operation, given.get(n))).toList();
  }

  public String name() {
    return name;
  }

  public int size() {
    return inputs.get(0).size();
  }

  /** Returns the shape of each input's samples, by input name. */
  public Map<String, Shape> shapes(Network network) {
    Map<String, Shape> all = new LinkedHashMap<>();
    for (String input : network.inputs().keySet()) {
      all.put(input, inputs.get(all.size()).shape());
    }
    return all;
  }

  /** Returns the data set of an input by its index in the network's order. */
  public CheckedDataset input(int number) {
    return inputs.get(number);
  }

  /**
   * Returns the data set that contains the targets of one output.
   *
   * @param number the index of the output in the order of the network's outputs
   */
  public CheckedDataset target(int number) {
    return targets.get(number);
  }

  public static void requireInput(Shape got, Shape wanted) {
    if (!got.isSampleOf(wanted)) {
      throw new ShapeException("network: images of " + got + " do not fit the input " + wanted);
    }
  }
}
