package dev.quern.plan.memory;

import dev.quern.internal.OffHeap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Weights and buffers as floats, by dotted names. In training weights lie in one block and buffers
 * in another, so that an optimizer may run over all at once. Else each has a piece to itself, which
 * other models may hold, too.
 */
public final class Masters {
  private final WeightPlaces places;
  private final @Nullable OffHeap parameters;
  private final @Nullable OffHeap buffers;
  private final Map<String, OffHeap> pieces = new HashMap<>();

  /**
   * @param together in two blocks
   * @param keep gets the memory, and frees it
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

  /** Null if there is no such weight, or it does not consist of floats. */
  public @Nullable FloatPointer parameter(String name) {
    return parameters == null ? piece(name) : places.parameter(parameters, name);
  }

  /** Null if there is no such buffer. */
  public @Nullable FloatPointer buffer(String name) {
    return buffers == null ? piece(name) : places.buffer(buffers, name);
  }

  private @Nullable FloatPointer piece(String name) {
    OffHeap piece = pieces.get(name);
    return piece == null ? null : piece.floats(0);
  }

  /** Has the pieces lie elsewhere. */
  public void move(SharedBlocks to) {
    pieces.replaceAll((name, piece) -> to.moved(piece));
  }

  /** All weights, where they are together, from so many floats on. */
  public @Nullable FloatPointer parameters(long from) {
    return parameters == null ? null : parameters.floats(Float.BYTES * from);
  }

  /** All buffers, where they are together. */
  public @Nullable FloatPointer buffers() {
    return buffers == null ? null : buffers.floats(0);
  }
}
