package dev.quern.plan.build;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which values of an inference plan lie in memory as bytes: what {@link FakeQuantize} makes for a
 * quantized layer, and what passes it on. Plans and packed weights both go by it.
 */
public final class ByteValues {
  /** They leave bytes as they are, or take some of them, or repeat them. */
  private static final Set<Class<? extends Layer>> PASSING =
      Set.of(
          Flatten.class, Dropout.class, Dropout2d.class, MaxPool2d.class, UpsampleNearest2d.class);

  /** What may stand between a value and the quantized layer, or the bytes, that it goes into. */
  private static final Set<Class<? extends Layer>> BETWEEN =
      Set.of(
          Add.class,
          BatchNorm2d.class,
          Concat.class,
          Relu.class,
          Flatten.class,
          Dropout.class,
          Dropout2d.class,
          MaxPool2d.class,
          Multiply.class,
          UpsampleNearest2d.class);

  /** They make of bytes, whose sums are exact, what is wanted: more bytes, or floats. */
  private static final Set<Class<? extends Layer>> AVERAGING =
      Set.of(AvgPool2d.class, AdaptiveAvgPool2d.class);

  private ByteValues() {}

  /** Whether a layer leaves bytes as they are, or takes some of them. */
  public static boolean passes(Layer layer) {
    return PASSING.contains(layer.getClass());
  }

  /** By node; those that are not there are floats. */
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
    // features that were joined may change their order, for which there is no copy of bytes
    boolean joins = layer instanceof Concat && shape.rank() == 3;
    return (passes(layer) || joins) && in.stream().distinct().count() == 1 ? in.get(0) : null;
  }

  /** Those that a quantized layer, or an average, reads sooner or later. */
  private static Set<String> wanted(Network network) {
    Set<String> wanted = new HashSet<>();
    for (int i = network.nodes().size() - 1; i >= 0; i--) {
      Network.Node n = network.nodes().get(i);
      Layer layer = LayerPlans.as2d(n.layer());
      boolean between = BETWEEN.contains(layer.getClass()) || layer instanceof Activation;
      if (layer instanceof Quantized
          || AVERAGING.contains(layer.getClass())
          || between && wanted.contains(n.name())) {
        wanted.addAll(n.inputs());
      }
    }
    return wanted;
  }
}
