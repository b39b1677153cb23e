package dev.quern.feed;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The preprocessing of each input of a network, as set in a trainer's builder; default: scaling to
 * [0, 1]. Not thread-safe.
 */
public final class InputPreprocessing {
  private final Map<String, Preprocessing> all = new LinkedHashMap<>();

  public InputPreprocessing(Network network) {
    network.inputs().forEach((name, in) -> all.put(name, Preprocessing.of(Normalization.unit(in))));
  }

  /** Returns the name of the first or only input. */
  public String first() {
    return all.keySet().iterator().next();
  }

  /**
   * Sets the preprocessing of an input.
   *
   * @throws InvalidArgumentException if the input does not exist
   */
  public void set(String input, Preprocessing p) {
    Require.present("trainer", "preprocessing", p);
    all.put(requireInput(input), p);
  }

  /**
   * Sets the normalization of an input; the other preprocessing of this input is unchanged.
   *
   * @throws InvalidArgumentException if the input does not exist
   */
  public void normalize(String input, Normalization n) {
    Require.present("trainer", "normalization", n);
    set(input, all.get(requireInput(input)).normalization(n));
  }

  private String requireInput(String input) {
    if (!all.containsKey(Require.present("trainer", "input", input))) {
      throw new InvalidArgumentException(
          "trainer: " + Names.shown(input) + " is not one of the inputs " + all.keySet());
    }
    return input;
  }

  /** Returns the preprocessing of each input, in the network's order. */
  public Map<String, Preprocessing> all() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(all));
  }

  /** Returns the normalization of each input, in the network's order. */
  public Map<String, Normalization> normalizations() {
    Map<String, Normalization> normalizations = new LinkedHashMap<>();
    all.forEach((name, p) -> normalizations.put(name, p.normalization()));
    return Collections.unmodifiableMap(normalizations);
  }
}
