package dev.quern.plan.build;

import dev.quern.layer.Layer;
import dev.quern.layer.Layer1d;
import dev.quern.layer.Quantized;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.volume.Layer3d;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Determines which values of an inference plan are stored as int8: outputs of {@link FakeQuantize}
 * that a quantized layer reads, and copies of these values. Plans and packed weights both use this
 * class, so their types agree.
 */
public final class ByteValues {
  private ByteValues() {}

  /** Returns how a layer processes int8 values; {@link ByteUse#NONE} for 1D and 3D layers. */
  public static ByteUse use(Layer layer) {
    boolean images = !(layer instanceof Layer1d) && !(layer instanceof Layer3d);
    return images ? LayerPlans.of(layer).bytes() : ByteUse.NONE;
  }

  /** Returns the int8 element types by node name. Nodes that are not in the map are floats. */
  static Map<String, ElementType> of(Network network) {
    if (network.nodes().stream().noneMatch(n -> n.layer() instanceof Quantized)) {
      return Map.of();
    }
    Set<String> wanted = wanted(network);
    Map<String, ElementType> bytes = new HashMap<>();
    for (Network.Node n : network.nodes()) {
      Shape shape = network.shapes().get(n.name());
      ElementType type = after(LayerPlans.as2d(n.layer()), n, shape, wanted, bytes);
      if (type != null) {
        bytes.put(n.name(), type);
      }
    }
    return bytes;
  }

  private static ElementType after(
      Layer layer,
      Network.Node n,
      Shape shape,
      Set<String> wanted,
      Map<String, ElementType> bytes) {
    if (layer instanceof FakeQuantize q) {
      return wanted.contains(n.name()) && ElementType.fits(q) ? ElementType.of(q) : null;
    }
    List<ElementType> in = n.inputs().stream().map(bytes::get).toList();
    // concatenated vectors may change their memory order, which int8 copies do not support
    ByteUse use = use(layer);
    boolean passes = use == ByteUse.PASSES || use == ByteUse.CONCATENATES && shape.rank() == 3;
    return passes && in.stream().distinct().count() == 1 ? in.get(0) : null;
  }

  /**
   * Returns the names of values that a quantized layer or average pooling reads, directly or
   * through layers that support int8.
   */
  private static Set<String> wanted(Network network) {
    Set<String> wanted = new HashSet<>();
    for (int i = network.nodes().size() - 1; i >= 0; i--) {
      Network.Node n = network.nodes().get(i);
      Layer layer = LayerPlans.as2d(n.layer());
      ByteUse use = use(layer);
      if (layer instanceof Quantized
          || use == ByteUse.AVERAGES
          || use.isBetween() && wanted.contains(n.name())) {
        wanted.addAll(n.inputs());
      }
    }
    return wanted;
  }
}
