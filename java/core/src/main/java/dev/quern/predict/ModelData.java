package dev.quern.predict;

import dev.quern.data.Normalization;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.network.Network;
import dev.quern.plan.Initializer;
import dev.quern.plan.Weights;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a saved model holds: the network, its weights, how pixels become its input, what
 * its outputs mean, and where it comes from. Checked when made, so that a model file cannot carry a
 * weight of the wrong size or a NaN.
 *
 * @param weights by dotted name, each in its file layout (OIHW, [out, in]); not copied
 * @param classes the labels of the outputs, in order; empty where outputs are no classes
 * @param provenance free text by key: data, seed, versions
 */
public record ModelData(
    Network network,
    Map<String, float[]> weights,
    Normalization normalization,
    List<String> classes,
    Map<String, String> provenance) {

  public ModelData {
    Require.present("model", "network", network);
    Require.present("model", "normalization", normalization);
    weights = Require.all("model", "weights", weights);
    classes = Require.all("model", "classes", classes);
    provenance = Require.all("model", "provenance", provenance);
    Map<String, Shape> wanted = network.state();
    for (Map.Entry<String, Shape> e : wanted.entrySet()) {
      checkWeight(network.name(), e.getKey(), e.getValue(), weights.get(e.getKey()));
    }
    for (String name : weights.keySet()) {
      if (!wanted.containsKey(name)) {
        throw new InvalidArgumentException(
            "model: network " + network.name() + " has no weight " + name);
      }
    }
    normalization.requireFit(network.input());
    boolean row = network.output().rank() == 1;
    if (!classes.isEmpty() && !(row && network.output().dim(0) == classes.size())) {
      throw new ShapeException(
          "model: " + classes.size() + " class names do not fit output " + network.output());
    }
  }

  /**
   * A network before any training: the first weights that a {@link Trainer} of this seed draws
   * where it is given no initialisers, pixels scaled to [0, 1], outputs without names.
   *
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than there is
   */
  public static ModelData untrained(Network network, long seed) {
    Require.present("model", "network", network);
    try (Weights weights = new Weights(network, false, Precision.DEFAULT)) {
      Initializer.initialize(weights, List.of(), seed);
      return new ModelData(
          network, weights.copy(), Normalization.unit(network.input()), List.of(), Map.of());
    }
  }

  /**
   * The same weights for another network, for example one whose height and width are free, after
   * training at one size.
   *
   * @throws InvalidArgumentException if its weights have other names or shapes
   */
  public ModelData withNetwork(Network other) {
    return new ModelData(other, weights, normalization, classes, provenance);
  }

  /**
   * A part of the network with its weights: {@link Network#part}. Class names stay where the
   * network's first output does, and the normalization where its first input does; a part that
   * begins at a layer takes that layer's outputs as they are.
   *
   * @param from layers that become inputs; empty for the network's own inputs
   * @param outputs the layers whose outputs are the part's; empty for the network's own
   * @throws InvalidArgumentException if there is no such layer, or it cannot begin or end there
   */
  public ModelData part(List<String> from, List<String> outputs) {
    Network part = network.part(from, outputs);
    Map<String, float[]> own = new LinkedHashMap<>(weights);
    own.keySet().retainAll(part.state().keySet());
    boolean sameInput = first(part).equals(first(network));
    boolean sameOutput = part.outputs().get(0).equals(network.outputs().get(0));
    return new ModelData(
        part,
        own,
        sameInput ? normalization : Normalization.unit(part.input()),
        sameOutput ? classes : List.of(),
        provenance);
  }

  private static String first(Network of) {
    return of.inputs().keySet().iterator().next();
  }

  /** {@link #matching(Network, Map, String...)} of weights under their own names. */
  public MatchingWeights matching(Network other, String... patterns) {
    return matching(other, Map.of(), patterns);
  }

  /**
   * Those weights that another network can take over, and a report of the rest: {@link
   * MatchingWeights#of}.
   *
   * @param renames what weights' names begin with here, and what the other's do instead: {@code
   *     Map.of("backbone.", "")}
   * @param patterns names of the other network's weights that are wanted, {@code *} standing for
   *     any run of characters; none for all
   */
  public MatchingWeights matching(Network other, Map<String, String> renames, String... patterns) {
    return MatchingWeights.of(other, weights, network.state(), renames, patterns);
  }

  /** How the samples of each input are normalised. */
  Map<String, Normalization> normalizations() {
    Map<String, Normalization> all = new LinkedHashMap<>();
    network
        .inputs()
        .forEach(
            (name, shape) ->
                all.put(name, all.isEmpty() ? normalization : Normalization.unit(shape)));
    return all;
  }

  private static void checkWeight(String network, String name, Shape shape, float[] values) {
    if (values == null) {
      throw new InvalidArgumentException(
          "model: weight " + name + " of network " + network + " is missing");
    }
    if (values.length != shape.elements()) {
      throw new ShapeException(
          "model: weight "
              + name
              + " has "
              + values.length
              + " values, its shape "
              + shape
              + " needs "
              + shape.elements());
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NumericException(
            "model: weight " + name + " has " + values[i] + " at index " + i);
      }
    }
  }
}
