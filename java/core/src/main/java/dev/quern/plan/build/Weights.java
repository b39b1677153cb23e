package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.internal.Memory;
import dev.quern.internal.OffHeap;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Frozen;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.SharedBlocks;
import dev.quern.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * A network's weights in their file layouts, their packed copies for the kernels, and in training
 * their gradients, which lie as {@link dev.quern.plan.memory.Masters} do. Layers that are frozen
 * come last, and have no gradients. Weights of inference are shared with those of other models by
 * {@link #share}.
 */
public final class Weights implements AutoCloseable {
  private final Network network;
  private final WeightUse use;
  private final WeightValues values;
  private final PackedLayers packed;

  /** All memory of the values and of the packed layers. */
  private final List<OffHeap> blocks = new ArrayList<>();

  private boolean shared;
  private final @Nullable FloatPointer all;
  private final @Nullable FloatPointer allGradients;
  private final @Nullable FloatPointer allBuffers;

  /**
   * Creates weights; for a network with free height or width only the master weights: kernels read
   * those that {@link #at} creates.
   *
   * @param training whether there are gradients
   * @param precision of every plan over these weights, which determines their packing
   */
  public Weights(Network network, boolean training, Precision precision) {
    this(network, new WeightUse(training, training, precision, Frozen.NOTHING), DType.F32, null);
  }

  /** For inference, with weights of convolutions and linear layers that are kept in this type. */
  public Weights(Network network, Precision precision, DType dtype) {
    this(network, new WeightUse(false, false, precision, Frozen.NOTHING), dtype, null);
  }

  /**
   * @param of weights with which these share values; null for separate ones
   */
  private Weights(Network network, WeightUse use, DType dtype, @Nullable WeightValues of) {
    this.network = network;
    this.use = use;
    Map<String, ElementType> elements =
        use.gradients() || use.strict() ? Map.of() : ByteValues.of(network);
    try {
      synchronized (Memory.IN_PIECES) {
        values = new WeightValues(network, use, dtype, elements, of, this::keep);
        all = values.masters.parameters(0);
        allGradients = use.gradients() ? values.gradients.floats(0) : null;
        allBuffers = values.masters.buffers();
        packed = new PackedLayers(network, use, elements, values, this::keep);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** For training of all but what is frozen. */
  public static Weights training(Network network, Frozen frozen, Precision precision) {
    return new Weights(network, new WeightUse(true, true, precision, frozen), DType.F32, null);
  }

  /** Others that lie as these do, without gradients: averages of weights that are trained. */
  public Weights alike() {
    return new Weights(network, use.withoutGradients(), DType.F32, null);
  }

  /**
   * These weights, packed for inference of a network that has the same ones: at another size,
   * {@link Network#at}, or with another end. The masters are the same memory, which must outlive
   * them.
   */
  public Weights at(Network sized) {
    Weights w = new Weights(sized, use.withoutGradients(), values.halves.type(), values);
    w.pack();
    if (shared) {
      w.share();
    }
    return w;
  }

  /**
   * Stores bytes that equal those of other holders only once, and ends all changes: afterwards the
   * weights must not be set or packed. For packed inference weights, before any plan is created.
   */
  public void share() {
    if (use.follow() || version() == 0) {
      throw new IllegalStateException("weights: they are trained or not packed");
    }
    shared = true;
    packed.endPacking();
    SharedBlocks to = new SharedBlocks();
    try {
      blocks.replaceAll(to::share);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    values.move(to);
    packed.move(to);
  }

  private void requireOwn() {
    if (shared) {
      throw new IllegalStateException("weights: they may be shared");
    }
  }

  private OffHeap keep(OffHeap b) {
    blocks.add(b);
    return b;
  }

  /** Implementations of the convolutions, by node, in the network's order. */
  public Map<String, String> implementations() {
    return packed.implementations();
  }

  public Frozen frozen() {
    return use.frozen();
  }

  /** Whether they, and the running statistics, may change without being packed. */
  public boolean trained() {
    return use.gradients();
  }

  /** Counts how often they were packed. */
  public int version() {
    return packed.version();
  }

  /** Whether convolutions make plain sums of products only. */
  boolean strict() {
    return use.strict();
  }

  /** Whether products of inputs and weights rounded to bfloat16 will do. */
  boolean bf16() {
    return use.bf16();
  }

  /** The type in which a layer's weight is kept. */
  DType dtype(String layer) {
    return packed.dtype(layer);
  }

  LayerWeights layer(String name) {
    return packed.layer(name);
  }

  /** One parameter's values by its dotted name. */
  public FloatPointer parameter(String name) {
    return values.parameter(name);
  }

  /** One parameter's gradient by its dotted name; null where its layer is frozen. */
  public FloatPointer gradient(String name) {
    return values.gradient(name);
  }

  /** Whether a layer's parameters are all finite numbers. */
  boolean isFinite(String layer) {
    return values.isFinite(layer);
  }

  /** Refreshes the packed copies; to be called after every change of the weights. */
  public void pack() {
    requireOwn();
    packed.pack();
  }

  /** As {@link #pack}, after a change of what is trained. */
  public void packTrained() {
    requireOwn();
    packed.packTrained();
  }

  /** Floats of all weights with the gaps between them, the length of {@link #all()}. */
  public long length() {
    return values.places.parameterBytes() / Float.BYTES;
  }

  /** Floats of what may be trained, which come first: the length of {@link #allGradients()}. */
  public long trainedLength() {
    return values.places.trainedBytes() / Float.BYTES;
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
    return values.places.bufferBytes() / Float.BYTES;
  }

  public Network network() {
    return network;
  }

  /** The network's parameters at the time when the weights were created. */
  public Map<String, Parameter> parameters() {
    return values.parameters;
  }

  /** Offset of a parameter in floats from the first one. */
  public long offset(String parameter) {
    return values.places.offset(parameter) / Float.BYTES;
  }

  public long elements(String parameter) {
    return values.parameters.get(parameter).shape().elements();
  }

  public FloatPointer weights(long offset) {
    return values.masters.parameters(offset);
  }

  public FloatPointer gradients(long offset) {
    return values.gradients.floats(Float.BYTES * offset);
  }

  /** A copy of one parameter's part of a block that is laid out as the weights are. */
  public float[] copy(String parameter, OffHeap block) {
    return values.places.copyParameter(block, parameter);
  }

  /** Sets one parameter's part of a block that is laid out as the weights are. */
  public void set(String parameter, float[] from, OffHeap block) {
    values.places.parameter(block, parameter).put(from, 0, from.length);
  }

  /** Copies weights and buffers in; {@link #pack} is still to be called. */
  public void setAll(Map<String, float[]> all) {
    requireOwn();
    values.setAll(all);
  }

  /**
   * Copies one weight or buffer in, a quantized layer's scales before its weight; {@link #pack} is
   * still to be called.
   */
  public void set(String name, float[] from) {
    requireOwn();
    values.set(name, from);
  }

  /** Sets the gradient of a parameter that is trained. */
  public void setGradient(String parameter, float[] from) {
    set(parameter, from, values.gradients);
  }

  /** Copies of all weights and buffers, by dotted name. */
  public Map<String, float[]> copy() {
    return values.copy();
  }

  /**
   * A copy like {@link #copy} for a model: trained weights of quantized layers are integers times
   * their current scales.
   */
  public Map<String, float[]> copyRounded() {
    return values.copyRounded();
  }

  /**
   * @throws dev.quern.error.InvalidArgumentException if a quantized layer's weight is frozen and
   *     does not consist of integers
   */
  public void requireWhole() {
    values.requireWhole();
  }

  /** Copies of the gradients of all that is trained, by dotted name. */
  public Map<String, float[]> copyGradients() {
    return values.copyGradients();
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
