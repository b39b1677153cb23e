package dev.quern.plan.build;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * Defines how plans execute a layer type and how its weights are packed. Each operation implements
 * this interface; {@link LayerPlans} returns the implementation for a layer.
 */
public interface LayerPlan<L extends Layer> {
  /**
   * Adds the operation of a chain to the builder.
   *
   * @param layer the layer of the chain's first node
   * @param in the chain's inputs
   * @param out the shape of one sample of the output
   * @return the chain's output
   */
  Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out);

  /** Returns whether no operation runs, because the output shares the memory of the input. */
  default boolean passes(boolean training) {
    return false;
  }

  /** Returns whether the layer reads the contents of its inputs, not only their batch size. */
  default boolean reads() {
    return true;
  }

  /**
   * Returns whether an output without height and width is always in C, H, W order. If false, the
   * output has the order of the inputs or, if the inputs' orders differ, C, H, W order.
   */
  default boolean callersOrder() {
    return false;
  }

  /**
   * Returns {@link #callersOrder()}. Layers override this method if the order depends on options or
   * output shape.
   */
  default boolean callersOrder(L layer, Shape out) {
    return callersOrder();
  }

  /**
   * Returns the layer types that can be fused after this layer: at most one layer from each set, in
   * the order of the list.
   *
   * @param backward whether the layer has a backward pass
   */
  default List<Set<Class<? extends Layer>>> followers(boolean backward) {
    return List.of();
  }

  /**
   * Returns whether one of the {@link #followers} can be fused.
   *
   * @param before the nodes of the chain so far
   * @param next the layer that would be fused
   */
  default boolean mayFollow(List<Network.Node> before, Layer next) {
    return true;
  }

  /** Returns whether fusion requires that the chain ends with a fake quantization. */
  default boolean endsRounded() {
    return false;
  }

  /**
   * Returns whether the operation supports int8 inputs. If false, int8 inputs are converted to
   * floats first.
   */
  default boolean readsBytes(Builder b) {
    return false;
  }

  /**
   * Returns whether the layer can read the network's input in C, H, W order, without conversion.
   */
  default boolean readsPlanes(Builder b, String node, L layer, Shape in) {
    return false;
  }

  /**
   * Returns how a chain that starts with this layer processes values in bf16 in an inference plan
   * with products in bf16.
   *
   * @param in the shape of one sample of the chain's first input
   */
  default Bf16Use bf16(Builder b, Chain chain, L layer, Shape in) {
    return Bf16Use.NONE;
  }

  /** Returns how the layer processes int8 values. */
  default ByteUse bytes() {
    return ByteUse.NONE;
  }

  /** Returns whether the layer's weight can be stored in half precision. */
  default boolean takesHalfWeights() {
    return false;
  }

  /**
   * Packs the layer's weights for the kernels. By default, nothing is packed, and kernels read the
   * file layout.
   */
  default void pack(Packer p, L layer) {}

  /** Adds the operation of a single layer with one input to the builder and returns the output. */
  interface Unary<L extends Layer> {
    Value lower(Builder b, L layer, Value in, Shape out);
  }

  /**
   * Returns a plan for a layer with one input, with the default for every method but {@link
   * #lower}.
   *
   * @param how a function that adds the operation
   */
  static <L extends Layer> LayerPlan<L> unary(Unary<L> how) {
    return (b, chain, layer, in, out) -> how.lower(b, layer, in.get(0), out);
  }

  /**
   * Returns a plan for a layer that reads its only input with any strides. The output is in C, H, W
   * order if it is not an image.
   *
   * @param how a function that adds the operation
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

  /**
   * Adds the operation of a single layer with several inputs to the builder and returns the output.
   */
  interface Merge<L extends Layer> {
    Value lower(Builder b, L layer, List<Value> in, Shape out);
  }

  /**
   * Returns a plan for a layer with several inputs, with the default for every method but {@link
   * #lower}.
   *
   * @param how a function that adds the operation
   */
  static <L extends Layer> LayerPlan<L> merge(Merge<L> how) {
    return (b, chain, layer, in, out) -> how.lower(b, layer, in, out);
  }
}
