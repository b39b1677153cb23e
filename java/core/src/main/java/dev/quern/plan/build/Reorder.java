package dev.quern.plan.build;

import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/** Adds conversions between memory orders to a {@link Builder}, for its current node. */
public final class Reorder {
  private final Builder b;

  Reorder(Builder b) {
    this.b = b;
  }

  /**
   * Returns the inputs in their common memory order or, if their orders differ, in C, H, W order.
   */
  public List<Value> inOneOrder(List<Value> inputs) {
    boolean mixed = inputs.stream().mapToLong(Value::pixels).distinct().count() > 1;
    return mixed ? inputs.stream().map(v -> v.permuted() ? reordered(v, 1) : v).toList() : inputs;
  }

  /** Returns a value in C, H, W order. */
  public Value theirs(Value in) {
    return in.permuted() ? reordered(in, 1) : in;
  }

  /**
   * Returns a value in which each axis has a stride. Flattened images do not have this property and
   * are converted to C, H, W order.
   */
  public Value strided(Value in) {
    return in.type.isStrided() ? in : theirs(in);
  }

  /** Converts the current node's output from C, H, W order to the order that its readers expect. */
  public Value ours(Value made) {
    return renamedOrReordered(made, b.nodeOrder());
  }

  /** Converts the current node's output from its order to the order that its readers expect. */
  public Value expected(Value made) {
    return made.pixels() == b.nodeOrder() ? made : ours(theirs(made));
  }

  private Value renamedOrReordered(Value theirs, long order) {
    // both numbers of pixels then describe the same order
    boolean alike = order == 1 || order == theirs.shape().elements();
    return alike ? theirs.renamed(order) : reordered(theirs, order);
  }

  /** Returns a value as an image in the internal channels-last order. */
  Value ordered(Value in, Shape image) {
    if (in.shape().equals(image)) {
      return in;
    }
    long order = Orders.ofImage(image);
    if (in.pixels() == order) {
      return in.reshaped(image);
    }
    return renamedOrReordered(theirs(in), order).reshaped(image);
  }

  /** Returns a volume {@code [C, D, H, W]} in the internal channels-last order. */
  Value channelsLast(Value in) {
    long order = Orders.positions(in.shape());
    return in.pixels() == order ? in : renamedOrReordered(theirs(in), order);
  }

  /**
   * Returns a value in another memory order.
   *
   * @param order the number of pixels of the new order: 1 for C, H, W order, H * W for
   *     channels-last order
   */
  public Value reordered(Value value, long order) {
    Value in = QuantizeOp.floats(b, value);
    Value to = b.value(in, in.type.ordered(order), false);
    b.touchDiffs(in, to);
    b.ops.add(new LayoutOp(b.batch, in, to));
    return to;
  }
}
