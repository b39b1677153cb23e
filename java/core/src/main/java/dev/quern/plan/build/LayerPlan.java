package dev.quern.plan.build;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * Properties of a layer type for plans and the weights that they share. Each operation defines it
 * in its own file; {@link LayerPlans} lists them.
 */
public interface LayerPlan<L extends Layer> {
  /**
   * Adds the operation of a chain that begins with the layer.
   *
   * @param in what the chain reads
   * @param out one sample's shape of what it makes
   * @return what it makes
   */
  Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out);

  /** Whether what the layer makes is the memory of what it reads. */
  default boolean passes(boolean training) {
    return false;
  }

  /** Whether the layer reads the values of its inputs, not the number of samples alone. */
  default boolean reads() {
    return true;
  }

  /**
   * Whether the output features are in the callers' order for any order of the input. Otherwise
   * features keep their order, and several orders are converted to the callers'.
   */
  default boolean callersOrder() {
    return false;
  }

  /** The same where it depends on the layer and on what that makes. */
  default boolean callersOrder(L layer, Shape out) {
    return callersOrder();
  }

  /**
   * Layers that may follow in the same operation if no other node reads the values between: at most
   * one of each set, in this order.
   *
   * @param backward whether there is a backward pass
   */
  default List<Set<Class<? extends Layer>>> followers(boolean backward) {
    return List.of();
  }

  /** Whether one of the {@link #followers} may follow these layers of the operation. */
  default boolean mayFollow(List<Network.Node> before, Layer next) {
    return true;
  }

  /** Whether the {@link #followers} run with the layer only where the last of them rounds. */
  default boolean endsRounded() {
    return false;
  }

  /** Whether the operation takes bytes as they are; where not, it is given the floats. */
  default boolean readsBytes(Builder b) {
    return false;
  }

  /** Whether the layer can read the network's input as the callers' planes. */
  default boolean readsPlanes(Builder b, String node, L layer, Shape in) {
    return false;
  }

  /** The use that the layer has for bytes. */
  default ByteUse bytes() {
    return ByteUse.NONE;
  }

  /** Whether the layer's weight may be kept in 16 bits. */
  default boolean takesHalfWeights() {
    return false;
  }

  /** Says in which form kernels read the layer's weights; as they are, unless it does. */
  default void pack(Packer p, L layer) {}

  /** How a layer of one input is lowered that runs alone. */
  interface Unary<L extends Layer> {
    Value lower(Builder b, L layer, Value in, Shape out);
  }

  /** A plan for a layer of one input, with all defaults. */
  static <L extends Layer> LayerPlan<L> unary(Unary<L> how) {
    return (b, chain, layer, in, out) -> how.lower(b, layer, in.get(0), out);
  }

  /** Like the above for a layer that reads any strides, with features in the callers' order. */
  static <L extends Layer> LayerPlan<L> strided(Unary<L> how) {
    return new LayerPlan<>() {
      @Override
      public Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out) {
        return how.lower(b, layer, b.reorder.strided(in.get(0)), out);
      }

      @Override
      public boolean callersOrder() {
        return true;
      }
    };
  }

  /** How a layer of several inputs is lowered that runs alone. */
  interface Merge<L extends Layer> {
    Value lower(Builder b, L layer, List<Value> in, Shape out);
  }

  /** A plan for a layer of several inputs, with all defaults. */
  static <L extends Layer> LayerPlan<L> merge(Merge<L> how) {
    return (b, chain, layer, in, out) -> how.lower(b, layer, in, out);
  }
}
