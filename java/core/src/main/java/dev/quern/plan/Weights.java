package dev.quern.plan;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.LinearDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.engine.Precision;
import dev.quern.error.ShapeException;
import dev.quern.internal.Block;
import dev.quern.internal.Heap;
import dev.quern.internal.Memory;
import dev.quern.internal.Status;
import dev.quern.kernel.Conv2dImplementations;
import dev.quern.kernel.Conv2dTuning;
import dev.quern.kernel.Conv2dTuning.Pass;
import dev.quern.kernel.Descriptors;
import dev.quern.kernel.MirroredConv2d;
import dev.quern.kernel.PackedConv2d;
import dev.quern.layer.Buffer;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A network's weights in their file layouts, their packed copies for the kernels, and in training
 * their gradients. Master weights lie in one piece and gradients in another of the same layout, so
 * that an optimizer may run over all at once.
 */
public final class Weights implements AutoCloseable {
  /** One layer's pointers; null where the layer has no such tensor. */
  static final class Layer {
    /** Of layers without parameters. */
    static final Layer NONE = new Layer();

    FloatPointer weight;
    FloatPointer bias;
    FloatPointer weightGrad;
    FloatPointer biasGrad;

    FloatPointer runningMean;
    FloatPointer runningVar;

    /** What kernels read: opaque bytes; the weight itself where nothing needs packing. */
    Pointer packed;

    /** What layer_norm reads, in the memory order of its input's pixels. */
    FloatPointer orderedWeight;

    FloatPointer orderedBias;

    /**
     * What a convolution's weights are packed for, so that every plan must use it; -1: the list's
     * first.
     */
    long implementation = -1;
  }

  private final Network network;
  private final Precision precision;
  private final Map<String, Parameter> parameters;
  private final Map<String, Buffer> bufferKinds;
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final Map<String, Layer> layers = new HashMap<>();
  private final Map<String, String> implementations = new LinkedHashMap<>();
  private final List<Runnable> packers = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Map<String, Long> bufferOffsets = new LinkedHashMap<>();
  private final long bytes;
  private int version;
  private final Block masters;
  private final Block buffers;
  private final Block gradients;
  private final FloatPointer all;
  private final FloatPointer allGradients;
  private final FloatPointer allBuffers;

  /**
   * @param training whether there are gradients
   * @param precision of every plan over these weights, which decides how they are packed
   */
  public Weights(Network network, boolean training, Precision precision) {
    this.network = network;
    this.precision = precision;
    parameters = network.parameters();
    bufferKinds = network.buffers();
    long at = 0;
    for (Map.Entry<String, Parameter> e : parameters.entrySet()) {
      offsets.put(e.getKey(), at);
      at = Math.addExact(at, aligned(e.getValue().shape()));
    }
    bytes = at;
    at = 0;
    for (Map.Entry<String, Buffer> e : bufferKinds.entrySet()) {
      bufferOffsets.put(e.getKey(), at);
      at = Math.addExact(at, aligned(e.getValue().shape()));
    }
    Memory.check(
        Math.multiplyExact(bytes, training ? 4L : 2L), "weights of network " + network.name());
    try {
      synchronized (Memory.IN_PIECES) {
        masters = keep(new Block(bytes, "weights"));
        buffers = keep(new Block(at, "buffers"));
        gradients = training ? keep(new Block(bytes, "gradients")) : null;
        all = masters.floats(0);
        allGradients = training ? gradients.floats(0) : null;
        allBuffers = buffers.floats(0);
        makeLayers();
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static long aligned(Shape shape) {
    return Math.multiplyExact(
        Math.addExact(Math.multiplyExact(shape.elements(), 4L), 63) / 64, 64L);
  }

  private Block keep(Block b) {
    blocks.add(b);
    return b;
  }

  private void makeLayers() {
    Map<String, Long> pixels = Pixels.of(network);
    for (Network.Node n : network.nodes()) {
      String from = n.inputs().get(0);
      Network.Facts facts = network.facts(n.name());
      Shape in = facts.input();
      if (n.layer() instanceof Conv2d conv) {
        packConv(n, conv, in);
      } else if (n.layer() instanceof ConvTranspose2d conv) {
        packMirror(n, conv, in);
      } else if (n.layer() instanceof Linear linear) {
        packLinear(makeLayer(n.name()), linear, in.elements(), pixels.get(from));
      } else if (n.layer() instanceof LayerNorm norm && norm.elementwiseAffine()) {
        boolean whole = norm.normalizedShape().elements() == in.elements();
        packLayerNorm(makeLayer(n.name()), in.elements(), whole ? pixels.get(from) : 1);
      } else if (!facts.parameters().isEmpty()) {
        makeLayer(n.name());
      }
    }
  }

  private Layer makeLayer(String name) {
    Layer l = new Layer();
    l.weight = pointer(masters, name + ".weight");
    l.bias = pointer(masters, name + ".bias");
    l.weightGrad = pointer(gradients, name + ".weight");
    l.biasGrad = pointer(gradients, name + ".bias");
    l.runningMean = buffer(name + ".running_mean");
    l.runningVar = buffer(name + ".running_var");
    layers.put(name, l);
    return l;
  }

  private FloatPointer pointer(Block block, String name) {
    return block == null || !offsets.containsKey(name) ? null : block.floats(offsets.get(name));
  }

  private FloatPointer buffer(String name) {
    return bufferOffsets.containsKey(name) ? buffers.floats(bufferOffsets.get(name)) : null;
  }

  private Pointer descriptor() {
    return keep(new Block(Descriptors.BYTES, "descriptor")).pointer(0);
  }

  private Pointer packed(long size) {
    return keep(new Block(size, "packed weights")).pointer(0);
  }

  private void packConv(Network.Node node, Conv2d conv, Shape in) {
    Layer l = makeLayer(node.name());
    Conv2dDescriptor d =
        Descriptors.conv2d(descriptor(), conv, 1, in, precision, gradients != null);
    l.implementation = Conv2dTuning.choose(d, passes(node, Pass.FORWARD, Pass.BACKWARD_DATA));
    implementations.put(node.name(), Conv2dImplementations.chosen(d, Pass.FORWARD));
    pack(l, PackedConv2d.of(d, l.weight, this::packed));
  }

  private void pack(Layer l, PackedConv2d conv) {
    l.packed = conv.packed();
    packers.add(conv::pack);
  }

  private void packMirror(Network.Node node, ConvTranspose2d conv, Shape in) {
    Layer l = makeLayer(node.name());
    MirroredConv2d mirror = new MirroredConv2d(this::descriptor, conv, 1, in, precision);
    l.implementation = mirror.tune(passes(node, Pass.BACKWARD_DATA, Pass.FORWARD));
    implementations.put(node.name(), mirror.chosen());
    pack(l, mirror.packed(l.weight, this::packed));
  }

  private Set<Pass> passes(Network.Node node, Pass forward, Pass backwardData) {
    boolean ofImages = node.inputs().get(0).equals(Network.INPUT); // whose gradient is nobody's
    return Pass.run(forward, backwardData, gradients != null, !ofImages);
  }

  private void packLinear(Layer l, Linear linear, long in, long pixels) {
    LinearDescriptor d =
        Descriptors.linear(descriptor(), 1, in, linear.outFeatures(), pixels, trained());
    long[] size = new long[1];
    Status.check(Quern.quern_linear_packed_size(d, size));
    if (size[0] == 0) {
      l.packed = l.weight;
    } else {
      l.packed = packed(size[0]);
      packers.add(() -> Status.check(Quern.quern_linear_pack(d, l.weight, l.packed)));
    }
  }

  private void packLayerNorm(Layer l, long elements, long pixels) {
    l.orderedWeight = packRow(l.weight, elements, pixels);
    l.orderedBias = l.bias == null ? null : packRow(l.bias, elements, pixels);
  }

  /** A copy, kept up to date, of an image's parameters in the memory order of its pixels. */
  private FloatPointer packRow(FloatPointer row, long elements, long pixels) {
    long channels = elements / pixels;
    if (pixels == 1 || channels == 1) {
      return row;
    }
    FloatPointer packed = keep(new Block(elements * 4, "packed weights")).floats(0);
    packers.add(
        () ->
            Status.check(
                Quern.quern_nchw_to_nhwc(
                    Quern.QUERN_F32, 1, channels, pixels, 1, row, packed, channels)));
    return packed;
  }

  /** What runs the convolutions, by node, in the network's order. */
  public Map<String, String> implementations() {
    return implementations;
  }

  /** Whether they, and the running statistics, may change without being packed. */
  boolean trained() {
    return gradients != null;
  }

  /** Counts how often they were packed. */
  int version() {
    return version;
  }

  Precision precision() {
    return precision;
  }

  Layer layer(String name) {
    return layers.get(name);
  }

  /** One parameter's values by its dotted name. */
  FloatPointer parameter(String name) {
    return pointer(masters, name);
  }

  /** One parameter's gradient by its dotted name. */
  FloatPointer gradient(String name) {
    return pointer(gradients, name);
  }

  /** Whether a layer's parameters are all finite numbers. */
  boolean isFinite(String layer) {
    return parameters.entrySet().stream()
        .filter(e -> e.getKey().startsWith(layer + "."))
        .allMatch(
            e -> Plan.isFinite(pointer(masters, e.getKey()), e.getValue().shape().elements()));
  }

  /** Refreshes the packed copies; to be called after every change of the weights. */
  public void pack() {
    version++;
    packers.forEach(Runnable::run);
  }

  /**
   * Floats of all weights with the gaps between them, the length of {@link #all()} and {@link
   * #allGradients()}.
   */
  public long length() {
    return bytes / 4;
  }

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
    return buffers.bytes() / 4;
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
    return offsets.get(parameter) / 4;
  }

  public long elements(String parameter) {
    return parameters.get(parameter).shape().elements();
  }

  public FloatPointer weights(long offset) {
    return masters.floats(4 * offset);
  }

  public FloatPointer gradients(long offset) {
    return gradients.floats(4 * offset);
  }

  /** A copy of one parameter's part of a block that is laid out as the weights are. */
  public float[] copy(String parameter, Block block) {
    return copy(block, offsets.get(parameter), parameters.get(parameter).shape());
  }

  /** Sets one parameter's part of a block that is laid out as the weights are. */
  public void set(String parameter, float[] values, Block block) {
    block.floats(offsets.get(parameter)).put(values, 0, values.length);
  }

  /** Copies one weight or buffer in; {@link #pack} is still to be called. */
  public void set(String name, float[] values) {
    Long at = offsets.get(name);
    Shape shape = at != null ? parameters.get(name).shape() : bufferKinds.get(name).shape();
    if (values.length != shape.elements()) {
      throw new ShapeException(
          "network " + network.name() + ": " + values.length + " values of " + name + ", " + shape);
    }
    FloatPointer to = at != null ? masters.floats(at) : buffers.floats(bufferOffsets.get(name));
    to.put(values, 0, values.length);
  }

  /** Copies of all weights and buffers, by dotted name. */
  public Map<String, float[]> copy() {
    Map<String, float[]> all = copy(masters);
    bufferKinds.forEach(
        (name, b) -> all.put(name, copy(buffers, bufferOffsets.get(name), b.shape())));
    return all;
  }

  /** Copies of all gradients, by dotted name. */
  public Map<String, float[]> copyGradients() {
    return copy(gradients);
  }

  private Map<String, float[]> copy(Block block) {
    Map<String, float[]> all = new LinkedHashMap<>();
    parameters.forEach((name, p) -> all.put(name, copy(block, offsets.get(name), p.shape())));
    return all;
  }

  private static float[] copy(Block block, long offset, Shape shape) {
    float[] values = Heap.floats("copy of weights", shape.elements());
    block.floats(offset).get(values, 0, values.length);
    return values;
  }

  /** Bytes held: weights, packed copies, gradients. */
  public long bytes() {
    return blocks.stream().mapToLong(Block::bytes).sum();
  }

  @Override
  public void close() {
    blocks.forEach(Block::close);
  }
}
