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
 * The rounded weights of a quantized layer in quantization-aware training: integers times scales,
 * computed from the float master weights, which the optimizer updates. Kernels read the rounded
 * weights. The gradient of the rounded weight is used for the master as if there were no rounding:
 * Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional
 * Computation", 2013. Frozen master weights consist of integers times the model's scales already.
 */
public final class RoundedWeights {
  private final String name;
  private final int channels;
  private final long elements;
  private final boolean trained;
  private final FloatPointer master;

  /** The scales of the rounded weights; for frozen ones those in the buffers. */
  private final FloatPointer scales;

  /** The rounded weights for float layers; null if unused. */
  private final FloatPointer rounded;

  /** The rounded weights for int8 layers, two bytes for each frozen wide weight; null if unused. */
  private final BytePointer bytes;

  private final int quantMax;

  /**
   * Replaces a layer's master weights for the kernels.
   *
   * @param name name of the weight
   * @param shape shape of the weight
   * @param layer the quantized layer
   * @param inBytes whether the layer runs in int8
   * @param memory allocates memory of a number of bytes
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
   * Rounds the master weights.
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

  /** Checks for NaN, which int8 weights and their results would hide. */
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

  /** Returns the bytes of rounded weights of a network's quantized layers that run in floats. */
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
   * Rounds the trained weights of quantized layers in a map of all weights, as {@link #round()}
   * does.
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
   * Checks frozen weights.
   *
   * @param values returns the values of a weight
   * @param scales returns the scales of a weight
   * @throws dev.quern.error.InvalidArgumentException if a frozen weight does not consist of
   *     integers times its scales
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
