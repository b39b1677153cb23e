package dev.quern.plan.memory;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.layer.Buffer;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The memory layout of a network's parameters in one block, and of its buffers in another, in the
 * network's order. Each tensor is aligned to 64 bytes. Layers whose parameters are all frozen come
 * last.
 */
public final class WeightPlaces {
  private static final long LINE = 64;

  private final Map<String, Long> parameters = new LinkedHashMap<>();
  private final Map<String, Long> buffers = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final long trainedBytes;
  private final long parameterBytes;
  private final long bufferBytes;

  /**
   * Creates the layout.
   *
   * @param elsewhere whether the parameter of a given name is stored in another type, and so is not
   *     part of the layout
   */
  public WeightPlaces(Network network, Frozen frozen, Predicate<String> elsewhere) {
    trainedBytes = place(network, frozen, elsewhere, false, 0);
    parameterBytes = place(network, frozen, elsewhere, true, trainedBytes);
    long at = 0;
    for (Map.Entry<String, Buffer> e : network.buffers().entrySet()) {
      at = place(buffers, e.getKey(), e.getValue().shape(), at);
    }
    bufferBytes = at;
  }

  /**
   * Assigns offsets to the parameters of either all frozen layers or all other layers.
   *
   * @param ofFrozen whether to select frozen layers
   * @param from the first offset in bytes
   * @return the offset after the last parameter
   */
  private long place(
      Network network, Frozen frozen, Predicate<String> elsewhere, boolean ofFrozen, long from) {
    long at = from;
    for (Network.Node n : network.nodes()) {
      for (Parameter p : network.facts(n.name()).parameters()) {
        String name = n.name() + "." + p.name();
        if (frozen.layer(n.name()) == ofFrozen && !elsewhere.test(name)) {
          at = place(parameters, name, p.shape(), at);
        }
      }
    }
    return at;
  }

  private long place(Map<String, Long> kind, String name, Shape shape, long at) {
    kind.put(name, at);
    shapes.put(name, shape);
    return Math.addExact(at, bytes(name));
  }

  /** Returns the size of a parameter or buffer in bytes, rounded up to a multiple of 64. */
  private long bytes(String name) {
    long bytes = Math.multiplyExact(shapes.get(name).elements(), (long) Float.BYTES);
    return Math.multiplyExact(Math.addExact(bytes, LINE - 1) / LINE, LINE);
  }

  /** Calls a function with the name and size in bytes of each parameter and buffer. */
  void forEach(ObjLongConsumer<String> taker) {
    shapes.keySet().forEach(name -> taker.accept(name, bytes(name)));
  }

  /** Returns the size in bytes of the parameters of trained layers, which come first. */
  public long trainedBytes() {
    return trainedBytes;
  }

  public long parameterBytes() {
    return parameterBytes;
  }

  public long bufferBytes() {
    return bufferBytes;
  }

  public boolean hasParameter(String name) {
    return parameters.containsKey(name);
  }

  /** Returns the offset of a parameter in its block, in bytes. */
  public long offset(String parameter) {
    return parameters.get(parameter);
  }

  /**
   * Returns a parameter's part of a block; null if {@code block} is null or does not contain the
   * parameter.
   */
  public @Nullable FloatPointer parameter(@Nullable OffHeap block, String name) {
    Long at = parameters.get(name);
    return block == null || at == null || at >= block.bytes() ? null : block.floats(at);
  }

  /**
   * Returns a buffer's part of a block; null if {@code block} is null or the buffer does not exist.
   */
  @Nullable FloatPointer buffer(@Nullable OffHeap block, String name) {
    Long at = buffers.get(name);
    return block == null || at == null ? null : block.floats(at);
  }

  /** Returns a copy of a parameter's part of a block. */
  public float[] copyParameter(OffHeap block, String name) {
    return copy(name, block.floats(parameters.get(name)));
  }

  /** Returns a copy of the parameter or buffer whose values begin at {@code from}. */
  public float[] copy(String name, FloatPointer from) {
    float[] values = Heap.floats("copy of weights", shapes.get(name).elements());
    from.get(values, 0, values.length);
    return values;
  }
}
