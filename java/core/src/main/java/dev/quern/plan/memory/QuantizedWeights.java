package dev.quern.plan.memory;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** Integer weights of quantized layers that run in int8, in their file layouts. */
public final class QuantizedWeights {
  private static final String WEIGHT = ".weight";

  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, Integer> largest = new HashMap<>();
  private final Map<String, OffHeap> blocks = new HashMap<>();

  /**
   * Creates the weights without allocating memory.
   *
   * @param elements the element types of int8 values, by node name
   */
  public QuantizedWeights(Network network, Map<String, ElementType> elements) {
    for (Network.Node n : network.nodes()) {
      if (inBytes(network, n, elements)) {
        Shape shape = network.parameters().get(n.name() + WEIGHT).shape();
        shapes.put(n.name() + WEIGHT, shape);
        largest.put(n.name() + WEIGHT, ((Quantized) n.layer()).quantMax());
      }
    }
  }

  /**
   * Allocates memory for all integer weights.
   *
   * @param keep a function that registers a block of memory to be freed with the weights, and
   *     returns the block
   */
  public void allocate(UnaryOperator<OffHeap> keep) {
    shapes.forEach(
        (name, shape) -> {
          long bytes = Math.multiplyExact(shape.elements(), width(largest.get(name)));
          blocks.put(name, keep.apply(new OffHeap(bytes, "quantized weights")));
        });
  }

  /** Replaces memory by shared blocks. */
  public void move(SharedBlocks to) {
    blocks.replaceAll((name, block) -> to.moved(block));
  }

  /** Returns the size in bytes of an integer with values up to {@code quantMax}: 1 or 2. */
  private static long width(int quantMax) {
    return quantMax > Quantized.LARGEST ? Short.BYTES : 1;
  }

  /** Returns whether the layer's weight has two bytes per element. */
  public boolean wide(String layer) {
    return largest.getOrDefault(layer + WEIGHT, 0) > Quantized.LARGEST;
  }

  /**
   * Returns whether a layer runs in int8: the layer is quantized, and its input is int8 and, for a
   * fully connected layer, a vector or a sequence of tokens.
   *
   * @param elements the element types of int8 values, by node name
   */
  public static boolean inBytes(
      Network network, Network.Node n, Map<String, ElementType> elements) {
    boolean reads =
        n.layer() instanceof QuantizedConv2d
            || n.layer() instanceof QuantizedLinear && network.facts(n.name()).input().rank() <= 2;
    return reads && elements.containsKey(n.inputs().get(0));
  }

  public boolean has(String name) {
    return shapes.containsKey(name);
  }

  public Iterable<String> names() {
    return shapes.keySet();
  }

  /** Returns the layer's integer weight; null if it does not run in int8. */
  public Pointer of(String layer) {
    OffHeap block = blocks.get(layer + WEIGHT);
    return block == null ? null : block.pointer(0);
  }

  /**
   * Returns the name of the buffer with the scales of a quantized weight.
   *
   * @param name the dotted name of the weight
   */
  public static String scale(String name) {
    return name.substring(0, name.length() - WEIGHT.length()) + "." + Quantized.SCALE;
  }

  public void set(String name, float[] values, float[] scales) {
    short[] whole = Quantized.toIntegers(name, values, scales, largest.get(name));
    put(whole, blocks.get(name).chars(0), largest.get(name));
  }

  /** Stores integers with one or two bytes each, depending on {@code quantMax}. */
  static void put(short[] whole, BytePointer to, int quantMax) {
    if (quantMax > Quantized.LARGEST) {
      new ShortPointer(to).put(whole, 0, whole.length);
    } else {
      byte[] bytes = Quantized.bytes(whole);
      to.put(bytes, 0, bytes.length);
    }
  }

  public float[] get(String name, float[] scales) {
    int count = Math.toIntExact(shapes.get(name).elements());
    if (largest.get(name) == Quantized.LARGEST) {
      byte[] bytes = Heap.bytes("copy of weights", count);
      blocks.get(name).chars(0).get(bytes, 0, count);
      return Quantized.floats(Quantized.shorts(bytes), scales);
    }
    short[] whole = Heap.shorts("copy of weights", count);
    new ShortPointer(blocks.get(name).pointer(0)).get(whole, 0, count);
    return Quantized.floats(whole, scales);
  }
}
