package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.network.Network;
import dev.quern.plan.memory.SharedBlocks;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * Weights of convolutions and linear layers that are stored in half precision, in their file
 * layouts. To pack a layer for its kernels, its weight is converted to floats temporarily.
 */
public final class HalfWeights {
  private static final String WEIGHT = ".weight";

  /** Number of weights that are converted at a time. */
  private static final int CHUNK = 8192;

  private final DType type;
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, OffHeap> blocks = new HashMap<>();

  HalfWeights(Network network, DType type) {
    this.type = type;
    if (type != DType.F32) {
      names(network).forEach(name -> shapes.put(name, network.parameters().get(name).shape()));
    }
  }

  /**
   * Allocates memory for the half-precision weights.
   *
   * @param keep a function that registers a block of memory to be freed with the weights, and
   *     returns the block
   */
  void allocate(UnaryOperator<OffHeap> keep) {
    shapes.forEach(
        (name, shape) -> {
          long bytes = Math.multiplyExact(shape.elements(), (long) Short.BYTES);
          blocks.put(name, keep.apply(new OffHeap(bytes, "half-precision weights")));
        });
  }

  /** Replaces memory by shared blocks. */
  void move(SharedBlocks to) {
    blocks.replaceAll((name, block) -> to.moved(block));
  }

  /** Returns the dotted names of all weights that can be stored in half precision. */
  public static Set<String> names(Network network) {
    Set<String> all = new LinkedHashSet<>();
    for (Network.Node n : network.nodes()) {
      if (LayerPlans.of(LayerPlans.as2d(n.layer())).takesHalfWeights()) {
        all.add(n.name() + WEIGHT);
      }
    }
    return all;
  }

  DType type() {
    return type;
  }

  boolean has(String name) {
    return shapes.containsKey(name);
  }

  Iterable<String> names() {
    return shapes.keySet();
  }

  long elements(String name) {
    return shapes.get(name).elements();
  }

  void set(String name, float[] values) {
    ShortPointer to = blocks.get(name).shorts(0);
    short[] some = new short[CHUNK];
    for (int at = 0; at < values.length; at += CHUNK) {
      int n = Math.min(CHUNK, values.length - at);
      for (int i = 0; i < n; i++) {
        some[i] = type.bits16(values[at + i]);
      }
      to.position(at).put(some, 0, n);
    }
  }

  float[] get(String name) {
    float[] values = Heap.floats("copy of weights", elements(name));
    read(name, (at, some, n) -> System.arraycopy(some, 0, values, (int) at, n));
    return values;
  }

  /** Converts a weight to floats. */
  void get(String name, FloatPointer to) {
    read(name, (at, some, n) -> to.position(at).put(some, 0, n));
    to.position(0);
  }

  /** Receives {@code n} consecutive elements of a weight, starting at index {@code at}. */
  private interface Taker {
    void take(long at, float[] some, int n);
  }

  private void read(String name, Taker taker) {
    ShortPointer from = blocks.get(name).shorts(0);
    short[] bits = new short[CHUNK];
    float[] some = new float[CHUNK];
    long elements = elements(name);
    for (long at = 0; at < elements; at += CHUNK) {
      int n = (int) Math.min(CHUNK, elements - at);
      from.position(at).get(bits, 0, n);
      for (int i = 0; i < n; i++) {
        some[i] = type.ofBits16(bits[i]);
      }
      taker.take(at, some, n);
    }
  }
}
