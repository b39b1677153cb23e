package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.metric.Scorer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.load.Loaders;
import dev.quern.plan.memory.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/** The outputs of a plan, by name, and their weighted sums over several forward passes. */
final class PlanOutputs implements AutoCloseable {
  private final Map<String, Value> values;
  private final Map<String, FloatPointer> memory = new LinkedHashMap<>();

  /** The memory of the first output. */
  private FloatPointer first;

  private final OutputSums sums = new OutputSums();

  PlanOutputs(Builder builder) {
    values = builder.outputs;
  }

  void bind(OffHeap slab) {
    values.forEach((name, v) -> memory.put(name, slab.floats(v.data.offset)));
    first = memory.values().iterator().next();
  }

  /** Returns the memory of the first output. */
  FloatPointer first() {
    return first;
  }

  FloatPointer get(String name) {
    return memory.get(name);
  }

  /**
   * Adds the outputs of {@code count} samples, multiplied by the weight, to a sum. The outputs are
   * overwritten.
   */
  void add(boolean first, double weight, int count) {
    each(count, (i, at, n) -> sums.add(i, first, weight, at, n));
  }

  /** Replaces the outputs of {@code count} samples by their sums. */
  void putSums(int count) {
    each(count, sums::put);
  }

  private interface Visitor {
    void output(int number, FloatPointer at, long n);
  }

  private void each(int count, Visitor visitor) {
    int i = 0;
    for (Map.Entry<String, Value> out : values.entrySet()) {
      long n = count * out.getValue().shape().elements();
      visitor.output(i++, memory.get(out.getKey()), n);
    }
  }

  /**
   * Passes the outputs and targets of {@code count} samples to scorers.
   *
   * @param scorers the scorer of each output; null for an output without metrics
   */
  void score(Scorer[] scorers, Loaders loaders, int count) {
    int i = 0;
    for (Map.Entry<String, Value> out : values.entrySet()) {
      if (scorers[i] != null) {
        long all = count * out.getValue().shape().elements();
        float[] floats = Heap.floats("evaluate: outputs", all);
        memory.get(out.getKey()).get(floats);
        loaders.score(i, scorers[i], floats);
      }
      i++;
    }
  }

  @Override
  public void close() {
    sums.close();
  }
}
