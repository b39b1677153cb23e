package dev.quern.plan.memory;

import dev.quern.internal.OffHeap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Float values of weights and buffers by dotted name. For training, one block contains all weights
 * and another all buffers, so that an optimizer can update all weights in one call. For inference,
 * each tensor has a separate block, which models can share.
 */
public final class Masters {
  private final WeightPlaces places;
  private final @Nullable OffHeap parameters;
  private final @Nullable OffHeap buffers;
  private final Map<String, OffHeap> pieces = new HashMap<>();

  /**
   * Allocates the memory.
   *
   * @param places the memory layout
   * @param together whether to allocate one block for all weights and one for all buffers; false
   *     for one block per tensor
   * @param keep a function that registers a block of memory to be freed with the weights, and
   *     returns the block
   */
  public Masters(WeightPlaces places, boolean together, UnaryOperator<OffHeap> keep) {
    this.places = places;
    if (together) {
      parameters = keep.apply(new OffHeap(places.parameterBytes(), "weights"));
      buffers = keep.apply(new OffHeap(places.bufferBytes(), "buffers"));
    } else {
      parameters = null;
      buffers = null;
      places.forEach(
          (name, bytes) -> pieces.put(name, keep.apply(new OffHeap(bytes, "weight", name))));
    }
  }

  /**
   * Returns the values of a weight; null if the weight does not exist or is not stored as floats.
   */
  public @Nullable FloatPointer parameter(String name) {
    return parameters == null ? piece(name) : places.parameter(parameters, name);
  }

  /** Returns the values of a buffer; null if it does not exist. */
  public @Nullable FloatPointer buffer(String name) {
    return buffers == null ? piece(name) : places.buffer(buffers, name);
  }

  private @Nullable FloatPointer piece(String name) {
    OffHeap piece = pieces.get(name);
    return piece == null ? null : piece.floats(0);
  }

  /** Replaces memory by shared blocks. */
  public void move(SharedBlocks to) {
    pieces.replaceAll((name, piece) -> to.moved(piece));
  }

  /**
   * Returns all weights from an offset on; null if each tensor has a separate block.
   *
   * @param from the offset in floats
   */
  public @Nullable FloatPointer parameters(long from) {
    return parameters == null ? null : parameters.floats(Float.BYTES * from);
  }

  /** Returns all buffers; null if each tensor has a separate block. */
  public @Nullable FloatPointer buffers() {
    return buffers == null ? null : buffers.floats(0);
  }
}
