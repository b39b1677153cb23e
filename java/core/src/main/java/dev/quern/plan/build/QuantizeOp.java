package dev.quern.plan.build;

import dev.quern.kernel.CastKernel;
import dev.quern.kernel.QuantizeKernel;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/** Conversion between floats and int8 or bf16 values. For inference only. */
public final class QuantizeOp extends UnaryOp {
  public static final LayerPlan<FakeQuantize> PLAN =
      new LayerPlan<>() {
        @Override
        public ByteUse bytes() {
          return ByteUse.MAPS;
        }

        @Override
        public Value lower(Builder b, Chain chain, FakeQuantize layer, List<Value> in, Shape out) {
          return QuantizeOp.lower(b, layer, in.get(0), out);
        }

        @Override
        public boolean readsBytes(Builder b) {
          return true;
        }
      };

  private long batch;

  private QuantizeOp(int batch, Value in, Value out) {
    super(in, out);
    this.batch = batch;
  }

  private static Value lower(Builder b, FakeQuantize layer, Value in, Shape out) {
    ElementType type = b.element();
    if (type.isByte() && type.equals(in.type.element())) {
      return in.pin(); // the value already has this type
    }
    Value floats = floats(b, in);
    return type.isByte() ? converted(b, floats, type) : ActivationOp.lower(b, layer, floats, out);
  }

  /** Returns a float value as it is, and any other value converted to floats. */
  public static Value floats(Builder b, Value in) {
    return converted(b, in, ElementType.F32);
  }

  /** Returns a value converted to an element type; the value itself if it already has this type. */
  public static Value converted(Builder b, Value in, ElementType type) {
    if (in.type.element().equals(type)) {
      return in;
    }
    Value to = b.value(in, in.type.of(type), false);
    b.ops.add(new QuantizeOp(b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    long n = batch * in.shape().elements();
    ElementType type = out.type.element();
    if (type.isBf16()) {
      CastKernel.toBf16(n, src, dst);
    } else if (in.type.element().isBf16()) {
      CastKernel.fromBf16(n, src, dst);
    } else if (type.isByte()) {
      QuantizeKernel.quantize(n, src, type.scale(), type.zero(), type.low(), type.high(), dst);
    } else {
      ElementType from = in.type.element();
      QuantizeKernel.dequantize(n, src, from.scale(), from.zero(), dst);
    }
  }

  @Override
  public void gradients() {
    throw new IllegalStateException("plan: values of an inference plan have no gradients");
  }
}
