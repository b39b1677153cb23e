package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.error.ShapeException;
import dev.quern.internal.Memory;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.layer.Buffer;
import dev.quern.layer.Parameter;
import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Frozen;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Masters;
import dev.quern.plan.memory.QuantizedWeights;
import dev.quern.plan.memory.RoundedWeights;
import dev.quern.plan.memory.SharedBlocks;
import dev.quern.plan.memory.WeightPlaces;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A network's weights in their file layouts, their packed copies for the kernels, and in training
 * their gradients, which lie as {@link Masters} do. Layers that are frozen come last, and have no
 * gradients. Weights of inference are shared with those of other models by {@link #share}.
 */
public final class Weights implements AutoCloseable {
  private final Network network;
  private final Precision precision;
  private final Frozen frozen;
  private final Map<String, Parameter> parameters;
  private final Map<String, Buffer> bufferKinds;
  private final WeightPlaces places;
  private final Map<String, LayerWeights> layers = new HashMap<>();
  private final Map<String, String> implementations = new LinkedHashMap<>();
  private final List<Runnable> packers = new ArrayList<>();
  private final List<Runnable> frozenPackers = new ArrayList<>();
  private final List<OffHeap> blocks = new ArrayList<>();
  private final Map<String, ElementType> elements;
  private final QuantizedWeights quantized;

  private final HalfWeights halves;

  /** Whether they are trained, here or elsewhere: quantized layers then have masters of floats. */
  private final boolean follow;

  /** Whose masters these are; null where they are its own. */
  private final @Nullable Weights of;

  private boolean shared;
  private int version;

  private final Masters masters;
  private final @Nullable OffHeap gradients;
  private final @Nullable FloatPointer all;
  private final @Nullable FloatPointer allGradients;
  private final @Nullable FloatPointer allBuffers;

  /**
   * Of a network with a free height or width only the masters: kernels read those that {@link #at}
   * makes.
   *
   * @param training whether there are gradients
   * @param precision of every plan over these weights, which decides how they are packed
   */
  public Weights(Network network, boolean training, Precision precision) {
    this(network, training, training, precision, DType.F32, Frozen.NOTHING, null);
  }

  /** For inference, with weights of convolutions and linear layers that are kept in this type. */
  public Weights(Network network, Precision precision, DType dtype) {
    this(network, false, false, precision, dtype, Frozen.NOTHING, null);
  }

  private Weights(
      Network network,
      boolean training,
      boolean follow,
      Precision precision,
      DType dtype,
      Frozen frozen,
      @Nullable Weights of) {
    this.network = network;
    this.of = of;
    this.follow = follow;
    this.precision = precision;
    this.frozen = frozen;
    parameters = network.parameters();
    bufferKinds = network.buffers();
    elements = training || strict() ? Map.of() : ByteValues.of(network);
    quantized =
        of != null ? of.quantized : new QuantizedWeights(network, follow ? Map.of() : elements);
    halves = of != null ? of.halves : new HalfWeights(network, dtype);
    places = new WeightPlaces(network, frozen, this::isElsewhere);
    try {
      synchronized (Memory.IN_PIECES) {
        if (of == null) {
          quantized.allocate(this::keep);
          halves.allocate(this::keep);
        }
        check(training);
        masters = of != null ? of.masters : new Masters(places, follow, this::keep);
        gradients = training ? keep(new OffHeap(places.trainedBytes(), "gradients")) : null;
        all = masters.parameters(0);
        allGradients = training ? gradients.floats(0) : null;
        allBuffers = masters.buffers();
        if (!network.isFree()) {
          makeLayers();
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** For training of all but what is frozen. */
  public static Weights training(Network network, Frozen frozen, Precision precision) {
    return new Weights(network, true, true, precision, DType.F32, frozen, null);
  }

  /** Others that lie as these do, without gradients: averages of weights that are trained. */
  public Weights alike() {
    return new Weights(network, false, follow, precision, DType.F32, frozen, null);
  }

  /** Whether a parameter is not among the masters in floats. */
  private boolean isElsewhere(String name) {
    return quantized.has(name) || halves.has(name);
  }

  /**
   * These weights, packed for inference of a network that has the same ones: at another size,
   * {@link Network#at}, or with another end. The masters are the same memory, which must outlive
   * them.
   */
  public Weights at(Network sized) {
    Weights w = new Weights(sized, false, follow, precision, halves.type(), frozen, this);
    w.pack();
    if (shared) {
      w.share();
    }
    return w;
  }

  /**
   * Has what others hold of the same bytes lie in memory once, with theirs, and ends all changes:
   * from here on, nothing sets or packs these weights. Of inference, packed, and before any plan.
   */
  public void share() {
    if (follow || version == 0) {
      throw new IllegalStateException("weights: trained or not packed");
    }
    shared = true;
    frozenPackers.clear();
    packers.clear(); // they hold pointers
    SharedBlocks to = new SharedBlocks();
    try {
      blocks.replaceAll(to::share);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    if (of == null) {
      masters.move(to);
      halves.move(to);
      quantized.move(to);
    }
    layers.values().forEach(l -> l.move(to));
  }

  private void requireOwn() {
    if (shared) {
      throw new IllegalStateException("weights: others may hold them, too");
    }
  }

  /** Refuses more than there is before floats and packed copies are taken. */
  private void check(boolean training) {
    long copies = Math.multiplyExact(places.parameterBytes(), of != null ? 1 : 2L);
    long more = of == null && training ? Math.multiplyExact(places.trainedBytes(), 2L) : 0;
    long rounded = follow ? RoundedWeights.bytes(network) : 0;
    Memory.check(
        Math.addExact(Math.addExact(copies, more), rounded),
        "weights of network " + network.name());
  }

  private OffHeap keep(OffHeap b) {
    blocks.add(b);
    return b;
  }

  private void makeLayers() {
    Map<String, Long> pixels = Orders.of(network);
    for (Network.Node n : network.nodes()) {
      if (!network.facts(n.name()).parameters().isEmpty()) {
        LayerWeights l = makeLayer(n.name());
        if (follow && n.layer() instanceof Quantized) {
          round(n, l);
        }
        LayerPlans.pack(
            LayerPlans.as2d(n.layer()), new Packer(this, n, l, pixels.get(n.inputs().get(0))));
      }
    }
  }

  /** Has kernels read whole numbers, which are made of the masters before they are packed. */
  private void round(Network.Node n, LayerWeights of) {
    String weight = n.name() + ".weight";
    Shape shape = parameters.get(weight).shape();
    boolean inBytes = QuantizedWeights.inBytes(network, n, elements);
    RoundedWeights rounded =
        new RoundedWeights(
            weight,
            shape,
            (Quantized) n.layer(),
            of,
            frozen.parameter(weight),
            inBytes,
            this::packed);
    packer(n.name(), rounded::round);
  }

  private LayerWeights makeLayer(String name) {
    LayerWeights l = new LayerWeights();
    l.weight = parameter(name + ".weight");
    l.bias = parameter(name + ".bias");
    l.packed = l.weight;
    l.orderedWeight = l.weight;
    l.orderedBias = l.bias;
    l.weightGrad = places.parameter(gradients, name + ".weight");
    l.biasGrad = places.parameter(gradients, name + ".bias");
    l.whole = quantized.of(name);
    l.wide = quantized.wide(name);
    l.weightScale = masters.buffer(name + "." + Quantized.SCALE);
    l.runningMean = masters.buffer(name + ".running_mean");
    l.runningVar = masters.buffer(name + ".running_var");
    layers.put(name, l);
    return l;
  }

  /** The type of elements of a value, where plans over these weights run without training. */
  ElementType element(String value) {
    return elements.getOrDefault(value, ElementType.F32);
  }

  Pointer descriptor() {
    return keep(DescriptorMemory.allocate()).pointer(0);
  }

  /** Memory for what kernels read. */
  OffHeap packed(long size) {
    return keep(new OffHeap(size, "packed weights"));
  }

  void packer(String node, Runnable pack) {
    (frozen.layer(node) ? frozenPackers : packers).add(pack);
  }

  void implementation(String node, String name) {
    implementations.put(node, name);
  }

  /** What runs the convolutions, by node, in the network's order. */
  public Map<String, String> implementations() {
    return implementations;
  }

  public Frozen frozen() {
    return frozen;
  }

  /** Whether they, and the running statistics, may change without being packed. */
  public boolean trained() {
    return gradients != null;
  }

  /** Counts how often they were packed. */
  public int version() {
    return version;
  }

  /** Whether convolutions make plain sums of products only. */
  boolean strict() {
    return precision == Precision.STRICT;
  }

  /** Whether products of inputs and weights rounded to bfloat16 will do. */
  boolean bf16() {
    return precision == Precision.BF16 && gradients == null;
  }

  /** The type in which a layer's weight is kept. */
  DType dtype(String layer) {
    return halves.has(layer + ".weight") ? halves.type() : DType.F32;
  }

  /** Gives a layer's weight as floats, which stay only as long as the taker has them. */
  void withFloats(String layer, Consumer<FloatPointer> taker) {
    String name = layer + ".weight";
    try (OffHeap floats =
        new OffHeap(Float.BYTES * halves.elements(name), "weight that is packed")) {
      FloatPointer values = floats.floats(0);
      halves.get(name, values);
      taker.accept(values);
    }
  }

  /** Memory for what reads a layer's weight as floats, which are there anew after each packing. */
  FloatPointer floats(String layer) {
    String name = layer + ".weight";
    FloatPointer copy = packed(Float.BYTES * halves.elements(name)).floats(0);
    packer(layer, () -> halves.get(name, copy));
    return copy;
  }

  LayerWeights layer(String name) {
    return layers.get(name);
  }

  /** One parameter's values by its dotted name. */
  public FloatPointer parameter(String name) {
    return masters.parameter(name);
  }

  /** One parameter's gradient by its dotted name; null where its layer is frozen. */
  public FloatPointer gradient(String name) {
    return places.parameter(gradients, name);
  }

  /** Whether a layer's parameters are all finite numbers. */
  boolean isFinite(String layer) {
    return parameters.entrySet().stream()
        .filter(e -> e.getKey().startsWith(layer + ".") && !isElsewhere(e.getKey()))
        .allMatch(e -> NotFinite.isFinite(parameter(e.getKey()), e.getValue().shape().elements()));
  }

  /** Refreshes the packed copies; to be called after every change of the weights. */
  public void pack() {
    requireOwn();
    frozenPackers.forEach(Runnable::run);
    packTrained();
  }

  /** As {@link #pack}, after a change of what is trained. */
  public void packTrained() {
    requireOwn();
    version++;
    packers.forEach(Runnable::run);
  }

  /** Floats of all weights with the gaps between them, the length of {@link #all()}. */
  public long length() {
    return places.parameterBytes() / Float.BYTES;
  }

  /** Floats of what may be trained, which come first: the length of {@link #allGradients()}. */
  public long trainedLength() {
    return places.trainedBytes() / Float.BYTES;
  }

  /** All weights in one piece, as they lie in training, like all that goes by offsets. */
  public FloatPointer all() {
    return all;
  }

  public FloatPointer allGradients() {
    return allGradients;
  }

  public FloatPointer allBuffers() {
    return allBuffers;
  }

  /** Floats of all buffers with the gaps between them. */
  public long bufferLength() {
    return places.bufferBytes() / Float.BYTES;
  }

  public Network network() {
    return network;
  }

  /** Those of the network, as they were when the weights were made. */
  public Map<String, Parameter> parameters() {
    return parameters;
  }

  /** Where a parameter begins, in floats from the first one's beginning. */
  public long offset(String parameter) {
    return places.offset(parameter) / Float.BYTES;
  }

  public long elements(String parameter) {
    return parameters.get(parameter).shape().elements();
  }

  public FloatPointer weights(long offset) {
    return masters.parameters(offset);
  }

  public FloatPointer gradients(long offset) {
    return gradients.floats(Float.BYTES * offset);
  }

  /** A copy of one parameter's part of a block that is laid out as the weights are. */
  public float[] copy(String parameter, OffHeap block) {
    return places.copyParameter(block, parameter);
  }

  /** Sets one parameter's part of a block that is laid out as the weights are. */
  public void set(String parameter, float[] values, OffHeap block) {
    places.parameter(block, parameter).put(values, 0, values.length);
  }

  /** Copies weights and buffers in; {@link #pack} is still to be called. */
  public void setAll(Map<String, float[]> all) {
    bufferKinds.keySet().stream().filter(all::containsKey).forEach(b -> set(b, all.get(b)));
    parameters.keySet().stream().filter(all::containsKey).forEach(p -> set(p, all.get(p)));
  }

  private float[] scales(String weight) {
    String name = QuantizedWeights.scale(weight);
    return places.copy(name, masters.buffer(name));
  }

  /**
   * Copies one weight or buffer in, a quantized layer's scales before its weight; {@link #pack} is
   * still to be called.
   */
  public void set(String name, float[] values) {
    requireOwn();
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
    Shape shape = parameter ? parameters.get(name).shape() : bufferKinds.get(name).shape();
    requireLength(name, shape, values);
    FloatPointer to = parameter ? parameter(name) : masters.buffer(name);
    to.put(values, 0, values.length);
  }

  private void requireLength(String name, Shape shape, float[] values) {
    if (values.length != shape.elements()) {
      throw new ShapeException(
          "network " + network.name() + ": " + values.length + " values of " + name + ", " + shape);
    }
  }

  /** Sets the gradient of a parameter that is trained. */
  public void setGradient(String parameter, float[] values) {
    set(parameter, values, gradients);
  }

  /** Copies of all weights and buffers, by dotted name. */
  public Map<String, float[]> copy() {
    Map<String, float[]> all = copy(name -> !isElsewhere(name), this::parameter);
    halves.names().forEach(name -> all.put(name, halves.get(name)));
    quantized.names().forEach(name -> all.put(name, quantized.get(name, scales(name))));
    bufferKinds.keySet().forEach(name -> all.put(name, places.copy(name, masters.buffer(name))));
    return all;
  }

  /**
   * {@link #copy} as a model has it: weights of quantized layers that are trained are whole numbers
   * of the scales that go with them now.
   */
  public Map<String, float[]> copyRounded() {
    Map<String, float[]> all = copy();
    if (follow) {
      RoundedWeights.round(network, frozen, all);
    }
    return all;
  }

  /**
   * @throws dev.quern.error.InvalidArgumentException if a quantized layer's weight is frozen and
   *     not made of whole numbers
   */
  public void requireWhole() {
    RoundedWeights.requireWhole(
        network, frozen, name -> places.copy(name, parameter(name)), this::scales);
  }

  /** Copies of the gradients of all that is trained, by dotted name. */
  public Map<String, float[]> copyGradients() {
    return copy(name -> !frozen.parameter(name), this::gradient);
  }

  private Map<String, float[]> copy(Predicate<String> which, Function<String, FloatPointer> place) {
    Map<String, float[]> all = new LinkedHashMap<>();
    parameters.keySet().stream()
        .filter(which)
        .forEach(name -> all.put(name, places.copy(name, place.apply(name))));
    return all;
  }

  /** Bytes held: weights, packed copies, gradients; of what others hold, too, an equal part. */
  public long bytes() {
    return blocks.stream().mapToLong(OffHeap::held).sum();
  }

  @Override
  public void close() {
    blocks.forEach(OffHeap::close);
  }
}
