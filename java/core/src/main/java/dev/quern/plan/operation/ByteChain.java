package dev.quern.plan.operation;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.network.Network;
import dev.quern.plan.build.ActivationOp;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.memory.Value;
import java.util.List;
import java.util.Set;

/**
 * The plan of a layer that reads and writes int8 if a {@link FakeQuantize} layer follows. If an
 * input or the output is a float value, the layers of the chain run separately.
 */
interface ByteChain<L extends Layer> extends LayerPlan<L> {
  Set<Class<? extends Layer>> ROUNDING = Set.of(FakeQuantize.class);
  Set<Class<? extends Layer>> RECTIFYING = Set.of(Relu.class, Relu6.class);

  @Override
  default List<Set<Class<? extends Layer>>> followers(boolean backward) {
    return backward ? List.of() : List.of(ROUNDING);
  }

  @Override
  default boolean endsRounded() {
    return true;
  }

  @Override
  default boolean readsBytes(Builder b) {
    return true;
  }

  /** Returns whether the chain's inputs and output are all int8. */
  static boolean isWhole(Builder b, Chain chain, List<Value> in) {
    return b.element().isByte()
        && chain.fused()
        && in.stream().allMatch(v -> v.type.element().isByte());
  }

  /**
   * Applies all layers of the chain except the first, in place, to the first layer's float result.
   */
  static Value rest(Builder b, Chain chain, Value made) {
    for (Network.Node n : chain.nodes().subList(1, chain.nodes().size())) {
      Layer layer = n.layer();
      if (layer instanceof Relu) {
        b.ops.add(new ReluOp(b.batch, made, made));
      } else if (layer instanceof Relu6 relu6) {
        b.ops.add(new ActivationOp(ActivationOp.kernel(b, relu6), true, b.batch, made, made));
      } else if (layer instanceof FakeQuantize q && !b.element().isByte()) {
        b.ops.add(new ActivationOp(ActivationOp.kernel(b, q), false, b.batch, made, made));
      }
    }
    return made; // conversion to int8 includes rounding
  }
}
