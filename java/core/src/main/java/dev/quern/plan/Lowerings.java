package dev.quern.plan;

import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.Activation;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Add;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Concat;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LogSoftmax;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Multiply;
import dev.quern.layer.ReflectionPad2d;
import dev.quern.layer.Relu;
import dev.quern.layer.Softmax;
import dev.quern.layer.UpsampleNearest2d;
import dev.quern.layer.ZeroPad2d;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How each type of layer becomes an operation; the one place in plans that knows them all. */
final class Lowerings {
  /** Adds a layer's operation to the builder and returns the value that it makes. */
  interface Lowering<L extends Layer> {
    Value lower(Builder b, L layer, List<Value> in, Shape out);
  }

  /** A {@link Lowering} of a layer with one input. */
  interface Unary<L extends Layer> {
    Value lower(Builder b, L layer, Value in, Shape out);
  }

  private static final Map<Class<?>, Lowering<?>> TABLE = new HashMap<>();

  static {
    unary(AdaptiveAvgPool2d.class, Resize2dOp::adaptiveAvgPool2d);
    unary(AvgPool2d.class, AvgPool2dOp::lower);
    unary(Dropout.class, DropoutOp::lower);
    unary(Dropout2d.class, DropoutOp::lower);
    unary(ConvTranspose2d.class, ConvTranspose2dOp::lower);
    unary(Flatten.class, (b, layer, in, out) -> in.reshaped(out));
    unary(GroupNorm.class, GroupNormOp::lower);
    unary(LayerNorm.class, LayerNormOp::lower);
    unary(Linear.class, LinearOp::lower);
    unary(MaxPool2d.class, MaxPool2dOp::lower);
    unary(ReflectionPad2d.class, Resize2dOp::reflectionPad2d);
    unary(Relu.class, ReluOp::lower);
    unary(Softmax.class, (b, l, in, out) -> SoftmaxOp.lower(b, SoftmaxKernel.SOFTMAX, in, out));
    unary(
        LogSoftmax.class,
        (b, l, in, out) -> SoftmaxOp.lower(b, SoftmaxKernel.LOG_SOFTMAX, in, out));
    unary(UpsampleNearest2d.class, Resize2dOp::upsampleNearest2d);
    unary(ZeroPad2d.class, Resize2dOp::zeroPad2d);
    merge(Add.class, AddOp::lower);
    merge(Concat.class, ConcatOp::lower);
    merge(Multiply.class, MultiplyOp::lower);
    for (Class<?> type : Activation.class.getPermittedSubclasses()) {
      unary(type.asSubclass(Activation.class), ActivationOp::lower);
    }
  }

  private Lowerings() {}

  /** Whether what the layer makes is the memory of what it reads. */
  static boolean passes(Step step, boolean training) {
    Layer layer = step.head();
    return layer instanceof Flatten
        || (!training && (layer instanceof Dropout || layer instanceof Dropout2d));
  }

  private static <L extends Layer> void unary(Class<L> type, Unary<L> how) {
    merge(type, (b, layer, in, out) -> how.lower(b, layer, in.get(0), out));
  }

  private static <L extends Layer> void merge(Class<L> type, Lowering<L> how) {
    TABLE.put(type, how);
  }

  static Value lower(Builder b, Step step, List<Value> in, Shape out) {
    if (step.head() instanceof Conv2d) {
      return Conv2dOp.lower(b, step, in, out);
    }
    if (step.head() instanceof BatchNorm2d) {
      return BatchNorm2dOp.lower(b, step, in, out);
    }
    return lower(b, step.head(), in, out);
  }

  @SuppressWarnings("unchecked") // the table's keys are the layers' own classes
  private static <L extends Layer> Value lower(Builder b, L layer, List<Value> in, Shape out) {
    if (layer instanceof CustomLayer own) {
      return CustomOp.lower(b, own, in.get(0), out);
    }
    Lowering<L> how = (Lowering<L>) TABLE.get(layer.getClass());
    if (how == null) {
      throw new IllegalStateException("layer " + layer.type() + " has no operation");
    }
    return how.lower(b, layer, in, out);
  }
}
