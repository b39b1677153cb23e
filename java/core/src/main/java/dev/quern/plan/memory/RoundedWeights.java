package dev.quern.plan.memory;

import dev.quern.error.NumericException;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.QuantizeKernel;
import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The rounded weights of a quantized layer in quantization-aware training: integers times scales.
 * They are computed from float master weights, which the optimizer updates; kernels read the
 * rounded weights. Gradients pass through rounding unchanged (straight-through estimator: Bengio et
 * al., "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional
 * Computation", 2013). Frozen master weights are already integers times the model's scales.
 */
public final class RoundedWeights {
  private final String name;
  private final int channels;
  private final long elements;
  private final boolean trained;
  private final FloatPointer master;

  /** The scales of the rounded weights; for a frozen weight, the scales in the network's buffer. */
  private final FloatPointer scales;

  /** The rounded weight of a layer that runs in floats; null in int8 and for frozen weights. */
  private final FloatPointer rounded;

  /**
   * The rounded weight of a layer that runs in int8; null in floats. A frozen weight with values
   * beyond int8 has two bytes per element.
   */
  private final BytePointer bytes;

  private final int quantMax;

  /**
   * Allocates rounded weights, and makes kernels read them instead of the master weights.
   *
   * @param name dotted name of the weight
   * @param shape shape of the weight
   * @param layer the quantized layer
   * @param of the layer's weights, whose pointers are replaced
   * @param frozen whether the weight is frozen
   * @param inBytes whether the layer runs in int8
   * @param memory a function that allocates the given number of bytes
   */
  public RoundedWeights(
      String name,
      Shape shape,
      Quantized layer,
      LayerWeights of,
      boolean frozen,
      boolean inBytes,
      LongFunction<OffHeap> memory) {
    this.name = name;
    channels = Math.toIntExact(shape.dim(0));
    elements = shape.elements();
    trained = !frozen;
    master = of.weight;
    scales = frozen ? of.weightScale : memory.apply((long) Float.BYTES * channels).floats(0);
    rounded = frozen || inBytes ? null : memory.apply(Float.BYTES * elements).floats(0);
    quantMax = layer.quantMax();
    of.wide = inBytes && frozen && quantMax > Quantized.LARGEST;
    bytes = inBytes ? memory.apply(of.wide ? Short.BYTES * elements : elements).chars(0) : null;
    of.weight = rounded == null ? master : rounded;
    of.weightScale = scales;
    of.whole = bytes;
  }

  /**
   * Updates the rounded weights from the master weights.
   *
   * @throws NumericException if a weight of an int8 layer is NaN or infinite
   */
  public void round() {
    if (trained) {
      QuantizeKernel.weights(channels, elements / channels, master, scales, rounded, bytes);
      if (bytes != null) {
        requireNumbers();
      }
    } else if (bytes != null) {
      short[] whole =
          Quantized.toIntegers(name, copied(master, elements), copied(scales, channels), quantMax);
      QuantizedWeights.put(whole, bytes, quantMax);
    }
  }

  /**
   * Checks that the scales are finite. A NaN or infinite weight would not be visible in int8
   * results.
   */
  private void requireNumbers() {
    for (float scale : copied(scales, channels)) {
      if (!Float.isFinite(scale)) {
        throw new NumericException("training: weight " + name + " contains " + scale);
      }
    }
  }

  private static float[] copied(FloatPointer from, long n) {
    float[] values = Heap.floats("copy of weights", n);
    from.get(values, 0, values.length);
    return values;
  }

  /**
   * Returns the memory size in bytes of rounded weights, assuming that all quantized layers run in
   * floats.
   */
  public static long bytes(Network network) {
    long sum = 0;
    for (Network.Node n : network.nodes()) {
      if (n.layer() instanceof Quantized) {
        Shape shape = network.parameters().get(n.name() + ".weight").shape();
        sum = Math.addExact(sum, Math.multiplyExact(shape.elements() + shape.dim(0), 4L));
      }
    }
    return sum;
  }

  /**
   * Rounds the trained weights of quantized layers, and updates their scales.
   *
   * @param all all weights and buffers by dotted name; modified in place
   */
  public static void round(Network network, Frozen frozen, Map<String, float[]> all) {
    for (Network.Node n : network.nodes()) {
      String weight = n.name() + ".weight";
      if (n.layer() instanceof Quantized q && !frozen.parameter(weight)) {
        float[] scales = Quantized.round(all.get(weight), q.channels());
        all.put(QuantizedWeights.scale(weight), scales);
      }
    }
  }

  /**
   * Checks that frozen weights of quantized layers are integers times their scales.
   *
   * @param values a function that returns the values of a weight by its dotted name
   * @param scales a function that returns the scales of a weight by its dotted name
   * @throws dev.quern.error.InvalidArgumentException if a frozen weight is not an integer times its
   *     scale
   */
  public static void requireWhole(
      Network network,
      Frozen frozen,
      Function<String, float[]> values,
      Function<String, float[]> scales) {
    for (Network.Node n : network.nodes()) {
      String weight = n.name() + ".weight";
      if (n.layer() instanceof Quantized q && frozen.parameter(weight)) {
        Quantized.toIntegers(weight, values.apply(weight), scales.apply(weight), q.quantMax());
      }
    }
  }
}
