package dev.quern.plan.build;

import dev.quern.engine.Precision;
import dev.quern.internal.Memory;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.conv.Conv2dPrecision;
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
 * A network's weights in their file layouts, with copies that are packed for the kernels and, in
 * training, with gradients. Layers whose parameters are all frozen come last in memory and have no
 * gradients. {@link #share} shares inference weights with other models.
 */
public final class Weights implements AutoCloseable {
  private final Network network;
  private final WeightUse use;
  private final WeightValues values;
  private final PackedLayers packed;

  /** The memory of all values and packed copies. */
  private final List<OffHeap> blocks = new ArrayList<>();

  private boolean shared;
  private final @Nullable FloatPointer all;
  private final @Nullable FloatPointer allGradients;
  private final @Nullable FloatPointer allBuffers;

  /**
   * Creates weights. For a network with a dynamic height or width, only master weights are created;
   * {@link #at} creates packed weights for one size.
   *
   * @param training whether there are gradients
   * @param precision the precision of all plans that use these weights; it determines how weights
   *     are packed
   */
  public Weights(Network network, boolean training, Precision precision) {
    this(network, new WeightUse(training, training, precision, Frozen.NOTHING), DType.F32, null);
  }

  /**
   * Creates weights for inference.
   *
   * @param precision the precision of all plans that use these weights
   * @param dtype the data type in which weights of convolutions and linear layers are stored
   */
  public Weights(Network network, Precision precision, DType dtype) {
    this(network, new WeightUse(false, false, precision, Frozen.NOTHING), dtype, null);
  }

  /**
   * Creates weights.
   *
   * @param of the values that are shared; null to allocate memory for separate values
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

  /** Creates weights for training; frozen parameters have no gradients. */
  public static Weights training(Network network, Frozen frozen, Precision precision) {
    return new Weights(network, new WeightUse(true, true, precision, frozen), DType.F32, null);
  }

  /**
   * Creates weights with the same memory layout and without gradients, for averages of trained
   * weights.
   */
  public Weights alike() {
    return new Weights(network, use.withoutGradients(), DType.F32, null);
  }

  /**
   * Returns weights for inference with a version of the network that has another input size, {@link
   * Network#at}, or no final activations. The result shares the memory of the master weights, and
   * must be closed before these weights.
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
   * Shares the memory of weights with other models whose weights have identical bytes. Call this
   * for packed inference weights, before a plan is created. Afterwards weights cannot be set or
   * packed.
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

  /**
   * Returns the names of the implementations that run the convolutions, by node, in the network's
   * order.
   */
  public Map<String, String> implementations() {
    return packed.implementations();
  }

  public Frozen frozen() {
    return use.frozen();
  }

  /**
   * Returns whether weights or running statistics can change through training without being packed
   * again.
   */
  public boolean trained() {
    return use.gradients();
  }

  /** Returns the number of times that weights have been packed. */
  public int version() {
    return packed.version();
  }

  /** Returns the precision of convolutions. */
  Conv2dPrecision products() {
    return use.products();
  }

  /** Returns the data type in which a layer's weight is stored. */
  DType dtype(String layer) {
    return packed.dtype(layer);
  }

  LayerWeights layer(String name) {
    return packed.layer(name);
  }

  /** Returns the values of a parameter by its dotted name. */
  public FloatPointer parameter(String name) {
    return values.parameter(name);
  }

  /** Returns the gradient of a parameter by its dotted name; null if the layer is frozen. */
  public FloatPointer gradient(String name) {
    return values.gradient(name);
  }

  /** Returns whether a layer's parameters are all finite. */
  boolean isFinite(String layer) {
    return values.isFinite(layer);
  }

  /** Updates the packed copies of all weights. Required after each change of weights. */
  public void pack() {
    requireOwn();
    packed.pack();
  }

  /**
   * Updates the packed copies of trained weights only. Sufficient if frozen weights have not
   * changed.
   */
  public void packTrained() {
    requireOwn();
    packed.packTrained();
  }

  /** Returns the length of {@link #all()} in floats, including gaps between weights. */
  public long length() {
    return values.places.parameterBytes() / Float.BYTES;
  }

  /**
   * Returns the length of {@link #allGradients()} in floats, including gaps. The trained weights
   * come first in {@link #all()}, with the layout of the gradients.
   */
  public long trainedLength() {
    return values.places.trainedBytes() / Float.BYTES;
  }

  /** Returns all weights as one block. For training only, like all methods with offsets. */
  public FloatPointer all() {
    return all;
  }

  public FloatPointer allGradients() {
    return allGradients;
  }

  public FloatPointer allBuffers() {
    return allBuffers;
  }

  /** Returns the total length of all buffers in floats, including gaps between them. */
  public long bufferLength() {
    return values.places.bufferBytes() / Float.BYTES;
  }

  public Network network() {
    return network;
  }

  /**
   * Returns the network's parameters by dotted name, as they were when the weights were created.
   */
  public Map<String, Parameter> parameters() {
    return values.parameters;
  }

  /** Returns the offset of a parameter in {@link #all()}, in floats. */
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

  /** Returns a copy of a parameter's part of a block that has the layout of the weights. */
  public float[] copy(String parameter, OffHeap block) {
    return values.places.copyParameter(block, parameter);
  }

  /**
   * Copies values to the position of a parameter in a block, which has the layout of the block of
   * weights.
   */
  public void set(String parameter, float[] from, OffHeap block) {
    values.places.parameter(block, parameter).put(from, 0, from.length);
  }

  /** Sets weights and buffers. Call {@link #pack} afterwards. */
  public void setAll(Map<String, float[]> all) {
    requireOwn();
    values.setAll(all);
  }

  /**
   * Sets one weight or buffer. The scales of a quantized layer must be set before the layer's
   * weight. Call {@link #pack} afterwards.
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
   * Returns copies of all weights and buffers for a model. Trained weights of quantized layers are
   * rounded to multiples of their scales.
   */
  public Map<String, float[]> copyRounded() {
    return values.copyRounded();
  }

  /**
   * Checks that frozen weights of quantized layers are integers times their scales.
   *
   * @throws dev.quern.error.InvalidArgumentException if a frozen weight is not an integer times its
   *     scale
   */
  public void requireWhole() {
    values.requireWhole();
  }

  /** Returns copies of the gradients of all trained parameters, by dotted name. */
  public Map<String, float[]> copyGradients() {
    return values.copyGradients();
  }

  /**
   * Returns the size in bytes of weights, packed copies and gradients. Shared memory is divided
   * equally among the models that share it.
   */
  public long bytes() {
    return blocks.stream().mapToLong(OffHeap::held).sum();
  }

  @Override
  public void close() {
    blocks.forEach(OffHeap::close);
  }
}
