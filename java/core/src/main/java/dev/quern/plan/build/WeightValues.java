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
 * Values of a network's parameters and buffers in their file layouts, and of gradients, by dotted
 * name: floats, half precision or integers.
 */
final class WeightValues {
  final Map<String, Parameter> parameters;
  final WeightPlaces places;
  final Masters masters;
  final HalfWeights halves;
  final QuantizedWeights quantized;

  /** Null where nothing is trained. */
  final @Nullable OffHeap gradients;

  private final Network network;
  private final WeightUse use;
  private final Map<String, Buffer> buffers;

  /** Whether the memory is another's, which must outlive this. */
  private final boolean borrowed;

  /**
   * @param elements the values that are integers in inference
   * @param of values with which these share memory; null to allocate it
   * @param keep receives the memory and frees it, also after an exception
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

  /** Refuses more than there is before floats and packed copies are taken. */
  private void check() {
    long copies = Math.multiplyExact(places.parameterBytes(), borrowed ? 1 : 2L);
    boolean trained = !borrowed && use.gradients();
    long more = trained ? Math.multiplyExact(places.trainedBytes(), 2L) : 0;
    long rounded = use.follow() ? RoundedWeights.bytes(network) : 0;
    Memory.check(
        Math.addExact(Math.addExact(copies, more), rounded),
        "weights of network " + network.name());
  }

  /** Has the memory lie elsewhere, where it is not another's. */
  void move(SharedBlocks to) {
    if (!borrowed) {
      masters.move(to);
      halves.move(to);
      quantized.move(to);
    }
  }

  /** Whether a parameter is not among the masters in floats. */
  private boolean isElsewhere(String name) {
    return quantized.has(name) || halves.has(name);
  }

  /** One parameter's floats; null where it is stored in another type. */
  @Nullable FloatPointer parameter(String name) {
    return masters.parameter(name);
  }

  /** One parameter's gradient; null where its layer is frozen. */
  @Nullable FloatPointer gradient(String name) {
    return places.parameter(gradients, name);
  }

  /** Whether a layer's parameters are all finite numbers. */
  boolean isFinite(String layer) {
    return parameters.entrySet().stream()
        .filter(e -> e.getKey().startsWith(layer + ".") && !isElsewhere(e.getKey()))
        .allMatch(e -> NotFinite.isFinite(parameter(e.getKey()), e.getValue().shape().elements()));
  }

  private float[] scales(String weight) {
    String name = QuantizedWeights.scale(weight);
    return places.copy(name, masters.buffer(name));
  }

  /** Copies in those of the network's weights and buffers that the map has. */
  void setAll(Map<String, float[]> all) {
    buffers.keySet().stream().filter(all::containsKey).forEach(b -> set(b, all.get(b)));
    parameters.keySet().stream().filter(all::containsKey).forEach(p -> set(p, all.get(p)));
  }

  /** Copies one weight or buffer in, a quantized layer's scales before its weight. */
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
              + " needs "
              + shape.elements());
    }
  }

  /** Copies of all weights and buffers. */
  Map<String, float[]> copy() {
    Map<String, float[]> all = copy(name -> !isElsewhere(name), this::parameter);
    halves.names().forEach(name -> all.put(name, halves.get(name)));
    quantized.names().forEach(name -> all.put(name, quantized.get(name, scales(name))));
    buffers.keySet().forEach(name -> all.put(name, places.copy(name, masters.buffer(name))));
    return all;
  }

  /** {@link #copy} with trained weights of quantized layers rounded to their scales. */
  Map<String, float[]> copyRounded() {
    Map<String, float[]> all = copy();
    if (use.follow()) {
      RoundedWeights.round(network, use.frozen(), all);
    }
    return all;
  }

  /** Refuses a quantized layer's weight that is frozen and not made of integers. */
  void requireWhole() {
    RoundedWeights.requireWhole(
        network, use.frozen(), name -> places.copy(name, parameter(name)), this::scales);
  }

  /** Copies of the gradients of all that is trained. */
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
