package dev.quern.plan.build;

import dev.quern.error.ShapeException;
import dev.quern.internal.Memory;
import dev.quern.internal.OffHeap;
import dev.quern.layer.Buffer;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Masters;
import dev.quern.plan.memory.QuantizedWeights;
import dev.quern.plan.memory.RoundedWeights;
import dev.quern.plan.memory.SharedBlocks;
import dev.quern.plan.memory.WeightPlaces;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The values of a network's parameters and buffers by dotted name, in their file layouts, as
 * float32, half precision or integers. Also contains the gradients.
 */
final class WeightValues {
  final Map<String, Parameter> parameters;
  final WeightPlaces places;
  final Masters masters;
  final HalfWeights halves;
  final QuantizedWeights quantized;

  /** The gradients of trained parameters; null in inference. */
  final @Nullable OffHeap gradients;

  private final Network network;
  private final WeightUse use;
  private final Map<String, Buffer> buffers;

  /** Whether the memory belongs to another instance, which must not be closed before this one. */
  private final boolean borrowed;

  /**
   * Creates the values.
   *
   * @param elements the element types of int8 values in inference
   * @param of the instance whose memory is shared; null to allocate memory
   * @param keep a function that registers a block of memory to be freed with the weights, also
   *     after an exception, and returns the block
   */
  WeightValues(
      Network network,
      WeightUse use,
      DType dtype,
      Map<String, ElementType> elements,
      @Nullable WeightValues of,
      UnaryOperator<OffHeap> keep) {
    this.network = network;
    this.use = use;
    borrowed = of != null;
    parameters = network.parameters();
    buffers = network.buffers();
    quantized =
        of != null
            ? of.quantized
            : new QuantizedWeights(network, use.follow() ? Map.of() : elements);
    halves = of != null ? of.halves : new HalfWeights(network, dtype);
    places = new WeightPlaces(network, use.frozen(), this::isElsewhere);
    if (of == null) {
      quantized.allocate(keep);
      halves.allocate(keep);
    }
    check();
    masters = of != null ? of.masters : new Masters(places, use.follow(), keep);
    gradients =
        use.gradients() ? keep.apply(new OffHeap(places.trainedBytes(), "gradients")) : null;
  }

  /** Checks that enough memory is available before weights and packed copies are allocated. */
  private void check() {
    long copies = Math.multiplyExact(places.parameterBytes(), borrowed ? 1 : 2L);
    boolean trained = !borrowed && use.gradients();
    long more = trained ? Math.multiplyExact(places.trainedBytes(), 2L) : 0;
    long rounded = use.follow() ? RoundedWeights.bytes(network) : 0;
    Memory.check(
        Math.addExact(Math.addExact(copies, more), rounded),
        "weights of network " + network.name());
  }

  /** Replaces memory by shared blocks, unless it belongs to another instance. */
  void move(SharedBlocks to) {
    if (!borrowed) {
      masters.move(to);
      halves.move(to);
      quantized.move(to);
    }
  }

  /** Returns whether a parameter is stored in another type than float32. */
  private boolean isElsewhere(String name) {
    return quantized.has(name) || halves.has(name);
  }

  /** Returns a parameter's values; null if they are not stored as float32. */
  @Nullable FloatPointer parameter(String name) {
    return masters.parameter(name);
  }

  /** Returns a parameter's gradient; null if its layer is frozen. */
  @Nullable FloatPointer gradient(String name) {
    return places.parameter(gradients, name);
  }

  /** Returns whether a layer's parameters are all finite. */
  boolean isFinite(String layer) {
    return parameters.entrySet().stream()
        .filter(e -> e.getKey().startsWith(layer + ".") && !isElsewhere(e.getKey()))
        .allMatch(e -> NotFinite.isFinite(parameter(e.getKey()), e.getValue().shape().elements()));
  }

  private float[] scales(String weight) {
    String name = QuantizedWeights.scale(weight);
    return places.copy(name, masters.buffer(name));
  }

  /** Sets all weights and buffers of the network that the map contains. */
  void setAll(Map<String, float[]> all) {
    buffers.keySet().stream().filter(all::containsKey).forEach(b -> set(b, all.get(b)));
    parameters.keySet().stream().filter(all::containsKey).forEach(p -> set(p, all.get(p)));
  }

  /**
   * Sets one weight or buffer. The scales of a quantized layer must be set before the layer's
   * weight.
   */
  void set(String name, float[] values) {
    if (quantized.has(name)) {
      quantized.set(name, values, scales(name));
      return;
    }
    if (halves.has(name)) {
      requireLength(name, parameters.get(name).shape(), values);
      halves.set(name, values);
      return;
    }
    boolean parameter = places.hasParameter(name);
    Shape shape = parameter ? parameters.get(name).shape() : buffers.get(name).shape();
    requireLength(name, shape, values);
    FloatPointer to = parameter ? parameter(name) : masters.buffer(name);
    to.put(values, 0, values.length);
  }

  private void requireLength(String name, Shape shape, float[] values) {
    if (values.length != shape.elements()) {
      throw new ShapeException(
          "network "
              + network.name()
              + ": weight "
              + name
              + " has "
              + values.length
              + " values, its shape "
              + shape
              + " requires "
              + shape.elements());
    }
  }

  /** Returns copies of all weights and buffers, by dotted name. */
  Map<String, float[]> copy() {
    Map<String, float[]> all = copy(name -> !isElsewhere(name), this::parameter);
    halves.names().forEach(name -> all.put(name, halves.get(name)));
    quantized.names().forEach(name -> all.put(name, quantized.get(name, scales(name))));
    buffers.keySet().forEach(name -> all.put(name, places.copy(name, masters.buffer(name))));
    return all;
  }

  /**
   * Returns copies of all weights and buffers, with trained weights of quantized layers rounded to
   * multiples of their scales.
   */
  Map<String, float[]> copyRounded() {
    Map<String, float[]> all = copy();
    if (use.follow()) {
      RoundedWeights.round(network, use.frozen(), all);
    }
    return all;
  }

  /**
   * Checks that frozen weights of quantized layers are integers times their scales.
   *
   * @throws dev.quern.error.InvalidArgumentException if a frozen weight is not an integer times its
   *     scale
   */
  void requireWhole() {
    RoundedWeights.requireWhole(
        network, use.frozen(), name -> places.copy(name, parameter(name)), this::scales);
  }

  /** Returns copies of the gradients of all trained parameters, by dotted name. */
  Map<String, float[]> copyGradients() {
    return copy(name -> !use.frozen().parameter(name), this::gradient);
  }

  private Map<String, float[]> copy(Predicate<String> which, Function<String, FloatPointer> place) {
    Map<String, float[]> all = new LinkedHashMap<>();
    parameters.keySet().stream()
        .filter(which)
        .forEach(name -> all.put(name, places.copy(name, place.apply(name))));
    return all;
  }
}
