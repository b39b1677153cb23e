package dev.quern.plan.memory;

import dev.quern.internal.OffHeap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Weights and buffers as floats, by dotted name. In training, weights are in one block and buffers
 * in another, so that an optimizer can process all weights in one call. In inference, each has a
 * separate block, which other models may share.
 */
public final class Masters {
  private final WeightPlaces places;
  private final @Nullable OffHeap parameters;
  private final @Nullable OffHeap buffers;
  private final Map<String, OffHeap> pieces = new HashMap<>();

  /**
   * Allocates the memory.
   *
   * @param together whether to allocate two blocks rather than one per tensor
   * @param keep receives the memory and frees it
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

  /** Returns a weight; null if it does not exist or does not consist of floats. */
  public @Nullable FloatPointer parameter(String name) {
    return parameters == null ? piece(name) : places.parameter(parameters, name);
  }

  /** Returns a buffer; null if it does not exist. */
  public @Nullable FloatPointer buffer(String name) {
    return buffers == null ? piece(name) : places.buffer(buffers, name);
  }

  private @Nullable FloatPointer piece(String name) {
    OffHeap piece = pieces.get(name);
    return piece == null ? null : piece.floats(0);
  }

  /** Replaces the memory by shared blocks. */
  public void move(SharedBlocks to) {
    pieces.replaceAll((name, piece) -> to.moved(piece));
  }

  /** Returns all weights from an offset in floats on; null if they are in separate blocks. */
  public @Nullable FloatPointer parameters(long from) {
    return parameters == null ? null : parameters.floats(Float.BYTES * from);
  }

  /** Returns all buffers; null if they are in separate blocks. */
  public @Nullable FloatPointer buffers() {
    return buffers == null ? null : buffers.floats(0);
  }
}
