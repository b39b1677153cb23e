package dev.quern.plan.operation;

import dev.quern.internal.Philox;
import dev.quern.kernel.DropoutKernel;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Layer;
import dev.quern.layer.StochasticDepth;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Dropout of elements, channels or samples, usually in place. The backward pass generates the
 * forward pass's random numbers again, so neither values nor masks are stored. Inference plans omit
 * dropout.
 */
final class DropoutOp extends UnaryOp {
  static final LayerPlan<Dropout> PLAN =
      new NoneInInference<>() {
        @Override
        public Value lower(Builder b, Chain chain, Dropout layer, List<Value> in, Shape out) {
          Value x = in.get(0);
          return DropoutOp.lower(b, layer.p(), false, x.channels(), x.pixels(), x, out);
        }
      };

  static final LayerPlan<Dropout2d> PLAN_2D =
      new NoneInInference<>() {
        @Override
        public Value lower(Builder b, Chain chain, Dropout2d layer, List<Value> in, Shape out) {
          Value x = in.get(0);
          return DropoutOp.lower(b, layer.p(), true, x.channels(), x.pixels(), x, out);
        }
      };

  /** A sample is one channel, whatever its order. */
  static final LayerPlan<StochasticDepth> PLAN_OF_SAMPLES =
      new NoneInInference<>() {
        @Override
        public Value lower(
            Builder b, Chain chain, StochasticDepth layer, List<Value> in, Shape out) {
          Value x = in.get(0);
          return DropoutOp.lower(b, layer.p(), true, 1, x.channels() * x.pixels(), x, out);
        }
      };

  /** The plan of a layer that is omitted in inference. */
  private interface NoneInInference<L extends Layer> extends LayerPlan<L> {
    @Override
    default ByteUse bytes() {
      return ByteUse.PASSES;
    }

    @Override
    default boolean passes(boolean training) {
      return !training;
    }

    @Override
    default boolean readsBytes(Builder b) {
      return true;
    }
  }

  private final DropoutKernel kernel;
  private final int node;

  private DropoutOp(DropoutKernel kernel, int node, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.node = node;
  }

  private static Value lower(
      Builder b, float p, boolean wholeChannels, long channels, long pixels, Value in, Shape out) {
    if (!b.training) {
      return in;
    }
    Value to = b.over(in, out);
    DropoutKernel kernel =
        new DropoutKernel(b.descriptor(), p, wholeChannels, b.batch, channels, pixels);
    b.ops.add(new DropoutOp(kernel, b.nodeIndex(), in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void random(long seed, long step) {
    kernel.key(Philox.bits(seed, Philox.Stream.DROPOUT, node, step));
  }

  @Override
  public void forward() {
    kernel.apply(src, dst);
  }

  @Override
  public void gradients() {
    kernel.apply(diffDst, diffSrc);
  }
}
