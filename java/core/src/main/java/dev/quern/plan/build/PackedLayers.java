package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.QuantizedWeights;
import dev.quern.plan.memory.RoundedWeights;
import dev.quern.plan.memory.SharedBlocks;
import dev.quern.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The weights that kernels read, by layer: either the weights in their file layout, or copies that
 * are packed for the kernel.
 */
final class PackedLayers {
  final Network network;
  final WeightUse use;
  private final WeightValues values;
  private final Map<String, ElementType> elements;
  private final UnaryOperator<OffHeap> keep;
  private final Map<String, LayerWeights> layers = new HashMap<>();
  private final Map<String, String> implementations = new LinkedHashMap<>();
  private final List<Runnable> packers = new ArrayList<>();
  private final List<Runnable> frozenPackers = new ArrayList<>();
  private int version;

  /**
   * Creates the weights of each layer. None are created for a network with a dynamic height or
   * width.
   *
   * @param elements the element types of int8 values in inference
   * @param keep a function that registers a block of memory to be freed with the weights, also
   *     after an exception, and returns the block
   */
  PackedLayers(
      Network network,
      WeightUse use,
      Map<String, ElementType> elements,
      WeightValues values,
      UnaryOperator<OffHeap> keep) {
    this.network = network;
    this.use = use;
    this.elements = elements;
    this.values = values;
    this.keep = keep;
    if (!network.isFree()) {
      makeLayers();
    }
  }

  private void makeLayers() {
    Map<String, Long> pixels = Orders.of(network);
    for (Network.Node n : network.nodes()) {
      if (!network.facts(n.name()).parameters().isEmpty()) {
        LayerWeights l = makeLayer(n.name());
        if (use.follow() && n.layer() instanceof Quantized) {
          round(n, l);
        }
        LayerPlans.pack(
            LayerPlans.as2d(n.layer()), new Packer(this, n, l, pixels.get(n.inputs().get(0))));
      }
    }
  }

  /**
   * Makes kernels read quantized weights, which are rounded from the master weights at each
   * packing.
   */
  private void round(Network.Node n, LayerWeights of) {
    String weight = n.name() + ".weight";
    boolean inBytes = QuantizedWeights.inBytes(network, n, elements);
    RoundedWeights rounded =
        new RoundedWeights(
            weight,
            values.parameters.get(weight).shape(),
            (Quantized) n.layer(),
            of,
            use.frozen().parameter(weight),
            inBytes,
            this::memory);
    packer(n.name(), rounded::round);
  }

  private LayerWeights makeLayer(String name) {
    LayerWeights l = new LayerWeights();
    l.weight = values.parameter(name + ".weight");
    l.bias = values.parameter(name + ".bias");
    l.packed = l.weight;
    l.orderedWeight = l.weight;
    l.orderedBias = l.bias;
    l.weightGrad = values.gradient(name + ".weight");
    l.biasGrad = values.gradient(name + ".bias");
    l.whole = values.quantized.of(name);
    l.wide = values.quantized.wide(name);
    l.weightScale = values.masters.buffer(name + "." + Quantized.SCALE);
    l.runningMean = values.masters.buffer(name + ".running_mean");
    l.runningVar = values.masters.buffer(name + ".running_var");
    layers.put(name, l);
    return l;
  }

  LayerWeights layer(String name) {
    return layers.get(name);
  }

  /** Returns the values of a parameter by its dotted name; null if the network does not have it. */
  FloatPointer parameter(String name) {
    return values.parameter(name);
  }

  /** Returns the element type of a value in inference plans that use these weights. */
  ElementType element(String value) {
    return elements.getOrDefault(value, ElementType.F32);
  }

  /** Returns the data type in which a layer's weight is stored. */
  DType dtype(String layer) {
    return values.halves.has(layer + ".weight") ? values.halves.type() : DType.F32;
  }

  /** Allocates memory for a native descriptor; the memory is freed with the weights. */
  Pointer descriptor() {
    return keep.apply(DescriptorMemory.allocate()).pointer(0);
  }

  /** Allocates memory for packed weights; the memory is freed with the weights. */
  OffHeap memory(long size) {
    return keep.apply(new OffHeap(size, "packed weights"));
  }

  /**
   * Registers a function that packs the node's weights; it runs after each change of these weights.
   */
  void packer(String node, Runnable pack) {
    (use.frozen().layer(node) ? frozenPackers : packers).add(pack);
  }

  /**
   * Calls a function with a layer's half-precision weight, converted to floats. The floats are
   * valid only during the call.
   */
  void withFloats(String layer, Consumer<FloatPointer> taker) {
    String name = layer + ".weight";
    try (OffHeap block =
        new OffHeap(Float.BYTES * values.halves.elements(name), "weight that is packed")) {
      FloatPointer floats = block.floats(0);
      values.halves.get(name, floats);
      taker.accept(floats);
    }
  }

  /**
   * Returns a float copy of a layer's half-precision weight; the copy is updated at each packing.
   */
  FloatPointer floats(String layer) {
    String name = layer + ".weight";
    FloatPointer copy = memory(Float.BYTES * values.halves.elements(name)).floats(0);
    packer(layer, () -> values.halves.get(name, copy));
    return copy;
  }

  void implementation(String node, String name) {
    implementations.put(node, name);
  }

  /**
   * Returns the names of the implementations that run the convolutions, by node, in the network's
   * order.
   */
  Map<String, String> implementations() {
    return implementations;
  }

  /** Packs the weights of all layers. */
  void pack() {
    frozenPackers.forEach(Runnable::run);
    packTrained();
  }

  /** Packs the weights of layers that are trained. */
  void packTrained() {
    version++;
    packers.forEach(Runnable::run);
  }

  /** Returns the number of times that weights have been packed. */
  int version() {
    return version;
  }

  /** Discards the packing functions, so that weights cannot be packed again. */
  void endPacking() {
    frozenPackers.clear();
    packers.clear();
  }

  /** Replaces memory by shared blocks. */
  void move(SharedBlocks to) {
    layers.values().forEach(l -> l.move(to));
  }
}
