package dev.quern.plan.build;

import dev.quern.plan.memory.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts a network's outputs to the type and memory order that the losses or the caller read. */
final class OutputValues {
  private final Builder builder;

  /** Outputs whose losses read rows of classes in the internal memory order. */
  private final Set<String> inRows;

  OutputValues(Builder builder, Set<String> inRows) {
    this.builder = builder;
    this.inRows = inRows;
  }

  /**
   * Adds the outputs to the builder, in the network's order.
   *
   * @param names the names of the outputs
   * @param values all values by node name
   */
  void make(List<String> names, Map<String, Value> values) {
    for (int i = 0; i < names.size(); i++) {
      builder.outputs.put(names.get(i), output(values, names, i));
    }
  }

  /**
   * Returns output {@code i}. If several outputs share memory, each output but the last gets a
   * separate gradient, which is added to the last output's gradient.
   */
  private Value output(Map<String, Value> values, List<String> names, int i) {
    Value value = QuantizeOp.floats(builder, values.get(names.get(i)));
    Consumers consumers = builder.consumers;
    String root = consumers.root(names.get(i));
    boolean shared =
        names.subList(i + 1, names.size()).stream().anyMatch(n -> root.equals(consumers.root(n)));
    Value own = shared ? ReaderGradients.apart(builder, value) : value;
    boolean ordered = own.pixels() == Orders.positions(own.shape());
    boolean asRows = builder.training && inRows.contains(names.get(i)) && ordered;
    Value output = own.permuted() && !asRows ? builder.reorder.reordered(own, 1) : own;
    output.data.at(builder.lossTime());
    if (output.diff != null) {
      output.diff.at(builder.lossTime());
    }
    return output;
  }
}
