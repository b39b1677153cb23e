package dev.quern.plan.operation;

import dev.quern.layer.Flatten;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The plan of flatten, which needs no operation: the output is the input's memory with another
 * shape.
 */
final class FlattenPlan implements LayerPlan<Flatten> {
  @Override
  public ByteUse bytes() {
    return ByteUse.PASSES;
  }

  @Override
  public Value lower(Builder b, Chain chain, Flatten layer, List<Value> in, Shape out) {
    return in.get(0).reshaped(out);
  }

  @Override
  public boolean readsBytes(Builder b) {
    return true;
  }

  @Override
  public boolean passes(boolean training) {
    return true;
  }
}
