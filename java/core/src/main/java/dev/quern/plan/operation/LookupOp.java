package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.ActivationKernel;
import dev.quern.kernel.ByteKernel;
import dev.quern.kernel.QuantizeKernel;
import dev.quern.kernel.ReluKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.plan.build.ActivationOp;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.QuantizeOp;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An elementwise function from int8 to int8, implemented as a table of 256 results. The float
 * kernels compute the table, so results equal rounded float results.
 */
final class LookupOp extends UnaryOp {
  private static final int BYTES = 256;

  /** A function that is applied to floats in place. */
  private interface Function {
    void of(long n, Pointer values);
  }

  private final Function function;
  private final Slot tableSlot;
  private final Slot valuesSlot;
  private BytePointer table;
  private Pointer values;
  private boolean made;
  private long batch;

  private LookupOp(Builder b, Function function, Value in, Value out) {
    super(in, out);
    this.function = function;
    batch = b.batch;
    tableSlot = b.slab.slot(BYTES).at(0).at(b.endTime());
    valuesSlot = b.forwardSlot((long) Float.BYTES * BYTES);
  }

  static LayerPlan<Relu> relu() {
    return plan(ReluOp::lower, (b, layer) -> (n, x) -> ReluKernel.forward(n, x, x));
  }

  static LayerPlan<Activation> activation() {
    return plan(
        ActivationOp::lower,
        (b, layer) -> {
          ActivationKernel kernel = ActivationOp.kernel(b, layer);
          return (n, x) -> kernel.forward(n, x, x);
        });
  }

  /** Creates the float function of a layer. */
  private interface Maker<L extends Layer> {
    Function of(Builder b, L layer);
  }

  private static <L extends Layer> LayerPlan<L> plan(LayerPlan.Unary<L> floats, Maker<L> maker) {
    return new ByteChain<>() {
      @Override
      public ByteUse bytes() {
        return ByteUse.MAPS;
      }

      @Override
      public Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out) {
        Value from = in.get(0);
        if (!ByteChain.isWhole(b, chain, in)) {
          Value read = QuantizeOp.floats(b, from);
          return ByteChain.rest(b, chain, floats.lower(b, layer, read, out));
        }
        if (isNothing(layer, from.type.element(), b.element())) {
          return from.pin();
        }
        Value to = b.value(from, from.type.of(b.element()), false);
        b.ops.add(new LookupOp(b, maker.of(b, layer), from, to));
        return to;
      }
    };
  }

  /**
   * Returns whether the function maps each int8 value to itself, so that no operation is needed.
   */
  private static boolean isNothing(Layer layer, ElementType from, ElementType to) {
    boolean relu = layer instanceof Relu;
    boolean relu6 = layer instanceof Relu6;
    return (relu || relu6) && from.equals(to) && to.bounded(relu, relu6).equals(to);
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    table = new BytePointer(slab.pointer(tableSlot.offset));
    values = slab.pointer(valuesSlot.offset);
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  private void make() {
    for (int i = 0; i < BYTES; i++) {
      table.put(i, (byte) i);
    }
    ElementType from = in.type.element();
    ElementType to = out.type.element();
    QuantizeKernel.dequantize(BYTES, table, from.scale(), from.zero(), values);
    function.of(BYTES, values);
    QuantizeKernel.quantize(BYTES, values, to.scale(), to.zero(), to.low(), to.high(), table);
    made = true;
  }

  @Override
  public void forward() {
    if (!made) {
      make();
    }
    ByteKernel.lookup(batch * in.shape().elements(), src, table, dst);
  }

  @Override
  public void gradients() {
    throw new IllegalStateException("plan: int8 tensors have no gradients");
  }
}
