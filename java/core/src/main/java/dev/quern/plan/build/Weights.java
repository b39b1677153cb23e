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
 * their gradients, with the layout of {@link dev.quern.plan.memory.Masters}. Frozen layers come
 * last and have no gradients. {@link #share} shares inference weights with other models.
 */
public final class Weights implements AutoCloseable {
  private final Network network;
  private final WeightUse use;
  private final WeightValues values;
  private final PackedLayers packed;

  /** The memory of all values and packed layers. */
  private final List<OffHeap> blocks = new ArrayList<>();

  private boolean shared;
  private final @Nullable FloatPointer all;
  private final @Nullable FloatPointer allGradients;
  private final @Nullable FloatPointer allBuffers;

  /**
   * Creates weights; for a network with a dynamic height or width only the master weights, since
   * kernels read the weights that {@link #at} creates.
   *
   * @param training whether there are gradients
   * @param precision the precision of every plan over these weights, which determines their packing
   */
  public Weights(Network network, boolean training, Precision precision) {
    this(network, new WeightUse(training, training, precision, Frozen.NOTHING), DType.F32, null);
  }

  /** Creates inference weights; those of convolutions and linear layers are stored in this type. */
  public Weights(Network network, Precision precision, DType dtype) {
    this(network, new WeightUse(false, false, precision, Frozen.NOTHING), dtype, null);
  }

  /**
   * Creates weights.
   *
   * @param of the weights whose values are shared; null for separate values
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

  /** Creates weights for training of all parameters that are not frozen. */
  public static Weights training(Network network, Frozen frozen, Precision precision) {
    return new Weights(network, new WeightUse(true, true, precision, frozen), DType.F32, null);
  }

  /**
   * Creates weights with the same layout and without gradients, for averages of trained weights.
   */
  public Weights alike() {
    return new Weights(network, use.withoutGradients(), DType.F32, null);
  }

  /**
   * Returns these weights packed for inference of a network with equal weights: at another size,
   * {@link Network#at}, or with other last layers. The result shares the memory of the master
   * weights, which must outlive it.
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
   * Shares memory with other models that have identical bytes. Afterwards the weights must not be
   * set or packed. For packed inference weights, before any plan is created.
   */
  public void share() {
    if (use.follow() || version() == 0) {
      throw new IllegalStateException("weights: sharing requires packed inference weights");
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
      throw new IllegalStateException("weights: cannot be changed after sharing");
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

  /** Returns whether weights and running statistics may change without being packed. */
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

  /** Returns one parameter's values by its dotted name. */
  public FloatPointer parameter(String name) {
    return values.parameter(name);
  }

  /** Returns one parameter's gradient by its dotted name; null if its layer is frozen. */
  public FloatPointer gradient(String name) {
    return values.gradient(name);
  }

  /** Whether a layer's parameters are all finite numbers. */
  boolean isFinite(String layer) {
    return values.isFinite(layer);
  }

  /** Updates the packed copies; must be called after every change of the weights. */
  public void pack() {
    requireOwn();
    packed.pack();
  }

  /** Updates the packed copies as {@link #pack} does, after a change of trained weights only. */
  public void packTrained() {
    requireOwn();
    packed.packTrained();
  }

  /** Returns the length of {@link #all()} in floats, including gaps between weights. */
  public long length() {
    return values.places.parameterBytes() / Float.BYTES;
  }

  /**
   * Returns the length of {@link #allGradients()} in floats: the trainable weights, which come
   * first.
   */
  public long trainedLength() {
    return values.places.trainedBytes() / Float.BYTES;
  }

  /**
   * Returns all weights in one block, in training only; this applies to all methods with offsets.
   */
  public FloatPointer all() {
    return all;
  }

  public FloatPointer allGradients() {
    return allGradients;
  }

  public FloatPointer allBuffers() {
    return allBuffers;
  }

  /** Returns the length of all buffers in floats, including gaps between them. */
  public long bufferLength() {
    return values.places.bufferBytes() / Float.BYTES;
  }

  public Network network() {
    return network;
  }

  /** Returns the network's parameters, read when the weights were created. */
  public Map<String, Parameter> parameters() {
    return values.parameters;
  }

  /** Returns the offset of a parameter in floats from the first one. */
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

  /** Returns a copy of one parameter's part of a block with the layout of the weights. */
  public float[] copy(String parameter, OffHeap block) {
    return values.places.copyParameter(block, parameter);
  }

  /** Sets one parameter's part of a block with the layout of the weights. */
  public void set(String parameter, float[] from, OffHeap block) {
    values.places.parameter(block, parameter).put(from, 0, from.length);
  }

  /** Sets weights and buffers; {@link #pack} must be called afterwards. */
  public void setAll(Map<String, float[]> all) {
    requireOwn();
    values.setAll(all);
  }

  /**
   * Sets one weight or buffer; the scales of a quantized layer must be set before its weight, and
   * {@link #pack} must be called afterwards.
   */
  public void set(String name, float[] from) {
    requireOwn();
    values.set(name, from);
  }

  /** Sets the gradient of a trained parameter. */
  public void setGradient(String parameter, float[] from) {
    set(parameter, from, values.gradients);
  }

  /** Returns copies of all weights and buffers, by dotted name. */
  public Map<String, float[]> copy() {
    return values.copy();
  }

  /**
   * Returns copies as {@link #copy} does, for a model: trained weights of quantized layers are
   * integers times their current scales.
   */
  public Map<String, float[]> copyRounded() {
    return values.copyRounded();
  }

  /**
   * Checks frozen weights of quantized layers.
   *
   * @throws dev.quern.error.InvalidArgumentException if a frozen weight does not consist of
   *     integers
   */
  public void requireWhole() {
    values.requireWhole();
  }

  /** Returns copies of the gradients of all trained parameters, by dotted name. */
  public Map<String, float[]> copyGradients() {
    return values.copyGradients();
  }

  /**
   * Returns the bytes of weights, packed copies and gradients; shared memory is divided equally
   * among its holders.
   */
  public long bytes() {
    return blocks.stream().mapToLong(OffHeap::held).sum();
  }

  @Override
  public void close() {
    blocks.forEach(OffHeap::close);
  }
}
