package dev.quern.predict;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.NamePattern;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights of one network that another network can load, and a report of the weights that do not
 * match. Immutable except for the arrays, which are not copied.
 *
 * <pre>{@code
 * MatchingWeights body = trained.matching(network, "body.*");
 * System.out.println(body.report());
 * Trainer.builder(network).weights(body.weights()).freeze("body.*")
 * }</pre>
 *
 * @param weights the weights by the other network's names, for {@link
 *     dev.quern.train.TrainerBuilder#weights(Map)}
 * @param report the loaded, missing and unexpected weights
 */
public record MatchingWeights(Map<String, float[]> weights, Report report) {
  public MatchingWeights {
    weights = Require.all("matching", "weights", weights);
    Require.present("matching", "report", report);
  }

  /**
   * Matches weights of a file or model to the weights of a network.
   *
   * @param network the network that loads the weights
   * @param weights the weights by dotted name, each in its file layout
   * @param shapes the shape of each weight, by the same names
   * @param renames new prefixes for the names of {@code weights}, by old prefix: the longest
   *     matching old prefix applies; {@code ""} matches every name
   * @param patterns names of the network's weights to load, where {@code *} matches any characters;
   *     empty for all
   * @throws InvalidArgumentException if a pattern does not match any weight of the network, if two
   *     weights get the same name, or if the shape of a weight is missing
   * @throws ShapeException if the number of a weight's values does not match its shape
   */
  public static MatchingWeights of(
      Network network,
      Map<String, float[]> weights,
      Map<String, Shape> shapes,
      Map<String, String> renames,
      String... patterns) {
    Require.present("matching", "network", network);
    Map<String, float[]> values = Require.all("matching", "weights", weights);
    Map<String, Shape> given = Require.all("matching", "shapes", shapes);
    Map<String, String> prefixes = Require.all("matching", "renames", renames);
    List<NamePattern> wanted = patterns(network, patterns);
    Map<String, String> sources = new LinkedHashMap<>();
    for (String name : values.keySet()) {
      requireShape(name, values.get(name), given.get(name));
      String as = renamed(name, prefixes);
      String before = sources.putIfAbsent(as, name);
      if (before != null) {
        throw new InvalidArgumentException(
            "matching: " + before + " and " + name + " both map to " + as);
      }
    }
    sources.keySet().removeIf(as -> wanted.stream().noneMatch(p -> p.matches(as)));
    return matched(network, wanted, sources, values, given);
  }

  private static List<NamePattern> patterns(Network network, String... patterns) {
    List<String> all =
        Require.all(
            "matching",
            "patterns",
            Arrays.asList(Require.present("matching", "patterns", patterns)));
    if (all.isEmpty()) {
      return List.of(NamePattern.ANY);
    }
    return all.stream().map(p -> NamePattern.of("matching", p, network.state().keySet())).toList();
  }

  private static void requireShape(String name, float[] values, Shape shapeOrNull) {
    if (shapeOrNull == null) {
      throw new InvalidArgumentException("matching: the shape of weight " + name + " is missing");
    }
    if (values.length != shapeOrNull.elements()) {
      throw new ShapeException(
          "matching: weight "
              + name
              + " has "
              + values.length
              + " values, expected "
              + shapeOrNull);
    }
  }

  private static String renamed(String name, Map<String, String> prefixes) {
    String longest = null;
    for (String prefix : prefixes.keySet()) {
      if (name.startsWith(prefix) && (longest == null || prefix.length() > longest.length())) {
        longest = prefix;
      }
    }
    return longest == null ? name : prefixes.get(longest) + name.substring(longest.length());
  }

  private static MatchingWeights matched(
      Network network,
      List<NamePattern> wanted,
      Map<String, String> sources,
      Map<String, float[]> values,
      Map<String, Shape> shapes) {
    Map<String, float[]> loaded = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    Map<String, Shapes> others = new LinkedHashMap<>();
    network
        .state()
        .forEach(
            (name, shape) -> {
              String source = sources.get(name);
              if (source != null && shapes.get(source).equals(shape)) {
                loaded.put(name, values.get(source));
              } else if (source != null) {
                others.put(name, new Shapes(shapes.get(source), shape));
              } else if (wanted.stream().anyMatch(p -> p.matches(name))) {
                missing.add(name);
              }
            });
    List<String> unexpected = new ArrayList<>(sources.keySet());
    unexpected.removeAll(network.state().keySet());
    return new MatchingWeights(
        loaded, new Report(List.copyOf(loaded.keySet()), missing, unexpected, others));
  }

  /**
   * The two shapes of a mismatched weight.
   *
   * @param given the shape of the given weight
   * @param wanted the shape of the network's weight
   */
  public record Shapes(Shape given, Shape wanted) {
    public Shapes {
      Require.present("matching", "given shape", given);
      Require.present("matching", "wanted shape", wanted);
    }
  }

  /**
   * Result of matching weights by name. Only names that match the patterns are listed, in the
   * networks' order.
   *
   * @param loaded weights of the network that are given with the same shape
   * @param missing weights of the network that are not given
   * @param unexpected given weights that the network does not have, by their names after
   *     replacement of prefixes
   * @param otherShape weights of the network that are given with another shape
   */
  public record Report(
      List<String> loaded,
      List<String> missing,
      List<String> unexpected,
      Map<String, Shapes> otherShape) {
    public Report {
      loaded = Require.all("matching", "loaded", loaded);
      missing = Require.all("matching", "missing", missing);
      unexpected = Require.all("matching", "unexpected", unexpected);
      otherShape = Require.all("matching", "other shape", otherShape);
    }

    /** Returns whether all requested weights can be loaded and no given weight is unexpected. */
    public boolean isComplete() {
      return missing.isEmpty() && unexpected.isEmpty() && otherShape.isEmpty();
    }

    /**
     * Returns one line for each category with its number of weights. Weights that cannot be loaded
     * are listed by name.
     */
    @Override
    public String toString() {
      List<String> shapes = new ArrayList<>();
      otherShape.forEach(
          (name, s) -> shapes.add(name + " is " + s.given() + ", expected " + s.wanted()));
      return "loaded: "
          + loaded.size()
          + line("missing", missing)
          + line("unexpected", unexpected)
          + line("of another shape", shapes);
    }

    private static String line(String what, List<String> names) {
      List<String> shown = names.stream().map(Names::shown).toList();
      return "\n"
          + what
          + ": "
          + names.size()
          + (names.isEmpty() ? "" : " (" + String.join(", ", shown) + ")");
    }
  }
}
