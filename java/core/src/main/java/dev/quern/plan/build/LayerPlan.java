package dev.quern.plan.build;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * The properties of a layer type for plans and their shared weights. Each operation defines them in
 * its own file; {@link LayerPlans} finds them.
 */
public interface LayerPlan<L extends Layer> {
  /**
   * Adds the operation of a chain that begins with the layer.
   *
   * @param in the values that the chain reads
   * @param out the sample shape of the output
   * @return the output
   */
  Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out);

  /** Returns whether the layer's output is the memory of its input. */
  default boolean passes(boolean training) {
    return false;
  }

  /** Returns whether the layer reads the values of its inputs, not only the number of samples. */
  default boolean reads() {
    return true;
  }

  /**
   * Returns whether output features are in C, H, W order for any order of the input. Otherwise
   * features keep their order, and inputs of several orders are converted to C, H, W order.
   */
  default boolean callersOrder() {
    return false;
  }

  /**
   * Returns {@link #callersOrder()} for layers for which it depends on the options and the output.
   */
  default boolean callersOrder(L layer, Shape out) {
    return callersOrder();
  }

  /**
   * Returns the layer types that may follow in the same operation if no other node reads the values
   * between them: at most one of each set, in this order.
   *
   * @param backward whether there is a backward pass
   */
  default List<Set<Class<? extends Layer>>> followers(boolean backward) {
    return List.of();
  }

  /** Returns whether one of the {@link #followers} may follow these layers of the operation. */
  default boolean mayFollow(List<Network.Node> before, Layer next) {
    return true;
  }

  /**
   * Returns whether the {@link #followers} are fused only if the last of them is a fake
   * quantization.
   */
  default boolean endsRounded() {
    return false;
  }

  /**
   * Returns whether the operation reads int8 values; otherwise they are converted to floats first.
   */
  default boolean readsBytes(Builder b) {
    return false;
  }

  /** Returns whether the layer can read the network's input in C, H, W order. */
  default boolean readsPlanes(Builder b, String node, L layer, Shape in) {
    return false;
  }

  /** Returns how the layer uses int8 values. */
  default ByteUse bytes() {
    return ByteUse.NONE;
  }

  /** Returns whether the layer's weight may be stored in half precision. */
  default boolean takesHalfWeights() {
    return false;
  }

  /** Defines the form in which kernels read the layer's weights; by default unpacked. */
  default void pack(Packer p, L layer) {}

  /** Adds the operation of a layer with one input that is not fused. */
  interface Unary<L extends Layer> {
    Value lower(Builder b, L layer, Value in, Shape out);
  }

  /** Returns a plan for a layer with one input, with defaults for all other properties. */
  static <L extends Layer> LayerPlan<L> unary(Unary<L> how) {
    return (b, chain, layer, in, out) -> how.lower(b, layer, in.get(0), out);
  }

  /**
   * Returns a plan as {@link #unary} for a layer that reads any strides, with features in C, H, W
   * order.
   */
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

  /** Adds the operation of a layer with several inputs that is not fused. */
  interface Merge<L extends Layer> {
    Value lower(Builder b, L layer, List<Value> in, Shape out);
  }

  /** Returns a plan for a layer with several inputs, with defaults for all other properties. */
  static <L extends Layer> LayerPlan<L> merge(Merge<L> how) {
    return (b, chain, layer, in, out) -> how.lower(b, layer, in, out);
  }
}
