package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.CastKernel;
import dev.quern.kernel.optim.VectorKernel;
import dev.quern.network.Network;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Finds the first NaN or infinite value in a forward pass. */
public final class NotFinite {
  private NotFinite() {}

  public static boolean isFinite(FloatPointer values, long n) {
    try (OffHeap squares = new OffHeap(Double.BYTES, "sum of squares")) {
      DoublePointer sum = squares.doubles(0);
      VectorKernel.sumSquares(n, values, sum);
      return Double.isFinite(sum.get());
    }
  }

  private static boolean isFinite(Builder builder, OffHeap slab, Value output, int count) {
    long n = count * output.shape().elements();
    Slot alone = builder.saved.alone(output);
    Slot rounded = output.type.element().isBf16() ? output.data : alone;
    if (rounded == null) {
      return isFinite(slab.floats(output.data.offset), n);
    }
    try (OffHeap floats = new OffHeap(n * Float.BYTES, "output of a layer")) {
      CastKernel.fromBf16(n, slab.pointer(rounded.offset), floats.pointer(0));
      return isFinite(floats.floats(0), n);
    }
  }

  /**
   * Runs the forward pass again, layer by layer, until an input, weight or output is not finite.
   *
   * @return a description of the first value that is not finite; null if all values are finite
   */
  public static String first(
      Builder builder, Op[] ops, OffHeap slab, Map<String, FloatPointer> loaded, int count) {
    for (Map.Entry<String, Value> in : builder.inputs.entrySet()) {
      if (!isFinite(loaded.get(in.getKey()), count * in.getValue().shape().elements())) {
        return builder.inputs.size() == 1
            ? "the images are not finite"
            : "input " + in.getKey() + " is not finite";
      }
    }
    int done = 0;
    for (Builder.Made made : builder.made) {
      for (Network.Node node : made.chain().nodes()) {
        if (!builder.weights.isFinite(node.name())) {
          return "layer " + node.name() + " is the first whose weights are not finite";
        }
      }
      for (; done < made.ops(); done++) {
        ops[done].forward();
      }
      if (!isFinite(builder, slab, made.value(), count)) {
        return "layer " + made.chain().name() + " is the first whose output is not finite";
      }
    }
    return null;
  }
}
