package dev.quern.plan.build;

import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/** Conversions of values to other memory orders, for a {@link Builder}'s node. */
public final class Reorder {
  private final Builder b;

  Reorder(Builder b) {
    this.b = b;
  }

  /** Returns the inputs in one order: C, H, W order if they have different ones. */
  public List<Value> inOneOrder(List<Value> inputs) {
    boolean mixed = inputs.stream().mapToLong(Value::pixels).distinct().count() > 1;
    return mixed ? inputs.stream().map(v -> v.permuted() ? reordered(v, 1) : v).toList() : inputs;
  }

  /** Returns the value in C, H, W order. */
  public Value theirs(Value in) {
    return in.permuted() ? reordered(in, 1) : in;
  }

  /**
   * Returns the value in an order in which each axis has a stride, which a flattened image does not
   * have.
   */
  public Value strided(Value in) {
    return in.type.isStrided() ? in : theirs(in);
  }

  /** Converts this node's result from C, H, W order to the order that its readers expect. */
  public Value ours(Value made) {
    return renamedOrReordered(made, b.nodeOrder());
  }

  /** Converts this node's result to the memory order that its readers expect. */
  public Value expected(Value made) {
    return made.pixels() == b.nodeOrder() ? made : ours(theirs(made));
  }

  private Value renamedOrReordered(Value theirs, long order) {
    boolean alike = order == 1 || order == theirs.shape().elements(); // one order by another name
    return alike ? theirs.renamed(order) : reordered(theirs, order);
  }

  /** Returns the value as an image in the internal memory order. */
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

  /**
   * Returns the value in another memory order.
   *
   * @param order the number of pixels of the new order: 1 for C, H, W order, an image's for the
   *     internal order
   */
  public Value reordered(Value value, long order) {
    Value in = QuantizeOp.floats(b, value);
    Value to = b.value(in, in.type.ordered(order), false);
    b.touchDiffs(in, to);
    b.ops.add(new LayoutOp(b.batch, in, to));
    return to;
  }
}
