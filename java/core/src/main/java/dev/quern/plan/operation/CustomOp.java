package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.UserCode;
import dev.quern.kernel.LayoutKernel;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.build.Weights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A custom layer. Its input and output are copied between the plan's memory and Java arrays in C,
 * H, W order. The arrays keep input and output for the backward pass.
 */
final class CustomOp extends UnaryOp {
  static final LayerPlan<CustomLayer> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, CustomLayer layer, List<Value> in, Shape out) {
          return CustomOp.lower(b, layer, in.get(0), out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private final String node;
  private final CustomLayer layer;
  private final boolean training;
  private final Network.Facts facts;
  private final Weights weights;
  private final Slot forwardSpace;
  private final Slot backwardSpace;
  private FloatPointer forwardStage;
  private FloatPointer backwardStage;
  private float[] floats;
  private CustomLayer.Forward forward;
  private CustomLayer.Backward backward;
  private int count;

  private CustomOp(Builder b, CustomLayer layer, Value in, Value out) {
    super(in, out);
    node = b.nodeName();
    this.layer = layer;
    training = b.training;
    facts = b.facts();
    weights = b.weights;
    count = b.batch;
    long values = Math.max(in.shape().elements(), out.shape().elements());
    long bytes = values * Float.BYTES * b.batch;
    forwardSpace = b.forwardSlot(bytes);
    backwardSpace = b.backwardSlot(bytes);
  }

  private static Value lower(Builder b, CustomLayer layer, Value in, Shape out) {
    boolean trained = !b.facts().parameters().isEmpty();
    Value to = trained ? b.trainable(in, out) : b.value(in, out, false);
    b.touchDiffs(in, to);
    b.ops.add(new CustomOp(b, layer, in, to));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    forwardStage = slab.floats(forwardSpace.offset);
    backwardStage = out.diff == null ? null : slab.floats(backwardSpace.offset);
    batch(count);
  }

  @Override
  public void batch(int n) {
    CustomLayer.Forward pass =
        CustomLayer.Forward.of(facts.input(), facts.output(), facts.parameters(), n, training);
    CustomLayer.Backward back = out.diff == null ? null : CustomLayer.Backward.of(pass);
    int most = Math.max(pass.input().length, pass.output().length);
    for (double[] values : pass.parameters().values()) {
      most = Math.max(most, values.length);
    }
    floats = Heap.floats("layer " + node, most);
    forward = pass;
    backward = back;
    count = n;
  }

  @Override
  public void forward() {
    read(in, src, forwardStage, forward.input());
    for (Parameter p : facts.parameters()) {
      widen(weights.parameter(node + "." + p.name()), forward.parameter(p.name()));
    }
    Arrays.fill(forward.output(), 0);
    UserCode.run(node, "forward", facts.type(), () -> layer.forward(forward));
    write(forward.output(), out, forwardStage, dst);
  }

  @Override
  public void gradients() {
    read(out, diffDst, backwardStage, backward.gradOutput());
    Arrays.fill(backward.gradInput(), 0);
    backward.gradients().values().forEach(g -> Arrays.fill(g, 0));
    UserCode.run(node, "backward", facts.type(), () -> layer.backward(backward));
    for (Parameter p : facts.parameters()) {
      FloatPointer gradient = weights.gradient(node + "." + p.name());
      if (gradient != null) {
        narrow(backward.gradient(p.name()), gradient);
      }
    }
    if (diffSrc != null) {
      write(backward.gradInput(), in, backwardStage, diffSrc);
    }
  }

  private void read(Value v, Pointer from, FloatPointer stage, double[] to) {
    LayoutKernel.toNchw(count, v.channels(), v.pixels(), from, stage);
    widen(stage, to);
  }

  private void write(double[] from, Value v, FloatPointer stage, Pointer to) {
    narrow(from, stage);
    LayoutKernel.toNhwc(count, v.channels(), v.pixels(), stage, to);
  }

  private void widen(FloatPointer from, double[] to) {
    from.get(floats, 0, to.length);
    for (int i = 0; i < to.length; i++) {
      to[i] = floats[i];
    }
  }

  private void narrow(double[] from, FloatPointer to) {
    for (int i = 0; i < from.length; i++) {
      floats[i] = (float) from[i];
    }
    to.put(floats, 0, from.length);
  }
}
