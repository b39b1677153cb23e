package dev.quern.notebook;

import dev.quern.engine.Engine;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects a replay's tensors in the order in which they are made, each with the native operators
 * that ran for it since the one before and the traits added around them. For one thread: operators
 * run on the thread that keeps the ledger.
 */
final class Ledger {
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> operators = new ArrayList<>();
  private final List<String> traits = new ArrayList<>();

  /**
   * A tensor of the replay.
   *
   * @param values row-major
   * @param operators as {@link Engine#lastImplementation()} names them
   * @param traits what the notebook does besides, in a few words each
   */
  record Entry(String name, double[] values, List<String> operators, List<String> traits) {
    Entry {
      operators = operators.stream().distinct().toList();
      traits = traits.stream().distinct().toList();
    }
  }

  /** Notes the native operator that just returned {@code result}. */
  <T> T ran(T result) {
    operators.add(Engine.lastImplementation());
    return result;
  }

  /** Notes a trait of the notebook that goes into the next tensor, in a few words. */
  void trait(String words) {
    traits.add(words);
  }

  /** Enters a tensor under its recorded name. */
  Tensor keep(String name, Tensor tensor) {
    float[] values = tensor.toArray();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    keep(name, wide);
    return tensor;
  }

  void keep(String name, double... values) {
    entries.add(new Entry(name, values, operators, traits));
    operators.clear();
    traits.clear();
  }

  /** Enters one more tensor that came out of the last entry's native call. */
  void keepAlso(String name, Tensor tensor) {
    operators.addAll(entries.get(entries.size() - 1).operators());
    keep(name, tensor);
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }
}
