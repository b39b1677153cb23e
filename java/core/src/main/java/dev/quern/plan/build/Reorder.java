package dev.quern.plan.build;

import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/** The same values in other memory orders, for a {@link Builder}'s node. */
public final class Reorder {
  private final Builder b;

  Reorder(Builder b) {
    this.b = b;
  }

  /** If the inputs have different orders, they are added in the callers' order. */
  public List<Value> inOneOrder(List<Value> inputs) {
    boolean mixed = inputs.stream().mapToLong(Value::pixels).distinct().count() > 1;
    return mixed ? inputs.stream().map(v -> v.permuted() ? reordered(v, 1) : v).toList() : inputs;
  }

  /** The same value in the callers' memory order. */
  public Value theirs(Value in) {
    return in.permuted() ? reordered(in, 1) : in;
  }

  /** The same value where each axis has a stride, which that of a flattened image has not. */
  public Value strided(Value in) {
    return in.type.isStrided() ? in : theirs(in);
  }

  /**
   * This node's result in the callers' memory order, converted to the order that its readers
   * expect.
   */
  public Value ours(Value made) {
    return renamedOrReordered(made, b.nodeOrder());
  }

  /** This node's result, in the memory order that its readers expect. */
  public Value expected(Value made) {
    return made.pixels() == b.nodeOrder() ? made : ours(theirs(made));
  }

  private Value renamedOrReordered(Value theirs, long order) {
    boolean alike = order == 1 || order == theirs.shape().elements(); // one order by another name
    return alike ? theirs.renamed(order) : reordered(theirs, order);
  }

  /** The same value as an image, in our memory order. */
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
   * The same value in another memory order.
   *
   * @param order the number of pixels: 1 for callers' order, of a value in ours; an image's for
   *     ours, of a value in theirs
   */
  public Value reordered(Value value, long order) {
    Value in = QuantizeOp.floats(b, value);
    Value to = b.value(in, in.type.ordered(order), false);
    b.touchDiffs(in, to);
    b.ops.add(new LayoutOp(b.batch, in, to));
    return to;
  }
}
