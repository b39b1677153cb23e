package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Philox;
import dev.quern.internal.arguments.Require;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A data set for a network with several inputs or outputs: data sets of equal size, whose samples
 * of equal index belong together. One set, such as images with labels, may serve both as an input
 * and as targets. Immutable; thread-safe if its sets are.
 *
 * <pre>{@code
 * MultiDataset.of(
 *     Map.of("photo", photos, "sensor", readings),
 *     Map.of("kind", photos, "age", ages))
 * }</pre>
 */
public final class MultiDataset {
  private final Map<String, Dataset> inputs;
  private final Map<String, Dataset> targets;
  private final int size;

  private MultiDataset(Map<String, Dataset> inputs, Map<String, Dataset> targets) {
    this.inputs = inputs;
    this.targets = targets;
    if (inputs.isEmpty() || targets.isEmpty()) {
      throw new InvalidArgumentException(
          "data sets: "
              + inputs.size()
              + " inputs and "
              + targets.size()
              + " targets, expected at least one of each");
    }
    size = DatasetRules.size(inputs.values().iterator().next());
    inputs.forEach((name, set) -> requireSize(name, set, size));
    targets.forEach((name, set) -> requireSize(name, set, size));
  }

  /**
   * Creates a combined data set.
   *
   * @param inputs the data set for each input of a network, by the input's name
   * @param targets the data set with the labels or targets of each output, by the output's name
   * @throws InvalidArgumentException if inputs or targets are empty, or the data sets differ in
   *     size
   */
  public static MultiDataset of(Map<String, Dataset> inputs, Map<String, Dataset> targets) {
    return new MultiDataset(
        Require.all("data sets", "inputs", inputs), Require.all("data sets", "targets", targets));
  }

  private static void requireSize(String name, Dataset set, int size) {
    int own = set.size();
    if (own != size) {
      throw new InvalidArgumentException(
          "data sets: " + name + " has " + own + " samples, the first data set has " + size);
    }
  }

  /** Returns the data sets of the inputs, by the input's name in the network. */
  public Map<String, Dataset> inputs() {
    return inputs;
  }

  /** Returns the data sets of the targets, by the output's name in the network. */
  public Map<String, Dataset> targets() {
    return targets;
  }

  /** Returns the number of samples, read at creation. */
  public int size() {
    return size;
  }

  /** Returns a view of the samples from {@code from} (inclusive) to {@code to} (exclusive). */
  public MultiDataset slice(int from, int to) {
    return each(set -> set.slice(from, to));
  }

  /**
   * Returns a view of the samples in a random order that depends only on the seed, for example to
   * hold out random samples.
   */
  public MultiDataset shuffled(long seed) {
    int[] order = Philox.permutation(seed, 0, size);
    return each(set -> set.subset(order.clone())); // a custom set may modify the array
  }

  private MultiDataset each(UnaryOperator<Dataset> view) {
    return of(each(inputs, view), each(targets, view));
  }

  private static Map<String, Dataset> each(Map<String, Dataset> sets, UnaryOperator<Dataset> view) {
    Map<String, Dataset> all = new LinkedHashMap<>();
    sets.forEach((name, set) -> all.put(name, view.apply(set)));
    return all;
  }
}
