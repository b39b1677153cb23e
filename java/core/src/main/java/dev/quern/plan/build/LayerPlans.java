package dev.quern.plan.build;

import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.Layer1d;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The {@link LayerPlan} of each layer, by the one {@link LayerTable}. */
public final class LayerPlans {
  private static final Map<Class<?>, LayerPlan<?>> TABLE =
      ServiceLoader.load(LayerTable.class, LayerTable.class.getClassLoader())
          .findFirst()
          .orElseThrow()
          .plans();

  private LayerPlans() {}

  /**
   * A layer as plans run it: one of signals as its two-dimensional layer, on images of height 1.
   * Nothing else in plans but {@link #lower} and {@link #image} knows of signals.
   */
  public static Layer as2d(Layer layer) {
    return layer instanceof Layer1d signals ? signals.as2d() : layer;
  }

  /** The shape in which {@link #as2d} of a layer sees what the layer reads or makes. */
  static Shape image(Layer layer, Shape shape) {
    return layer instanceof Layer1d signals ? signals.image(shape) : shape;
  }

  /** The plan of a layer's type. */
  @SuppressWarnings("unchecked") // the table's keys are the layers' own classes
  static <L extends Layer> LayerPlan<L> of(L layer) {
    Class<?> type = layer instanceof CustomLayer ? CustomLayer.class : layer.getClass();
    LayerPlan<L> plan = (LayerPlan<L>) TABLE.get(type);
    if (plan == null) {
      throw new IllegalStateException("layer " + layer.type() + " lacks an operation");
    }
    return plan;
  }

  /** Lets a layer define the packing of its weights for kernels. */
  static <L extends Layer> void pack(L layer, Packer packer) {
    of(layer).pack(packer, layer);
  }

  /** Whether the head of a chain can read the network's input as the callers' planes. */
  static boolean readsPlanes(Builder b, Chain chain, Shape in) {
    return readsPlanes(b, chain.headName(), chain.head(), in);
  }

  private static <L extends Layer> boolean readsPlanes(Builder b, String node, L head, Shape in) {
    return of(head).readsPlanes(b, node, head, in);
  }

  /** Adds a chain's operation to the builder and returns the value that it makes. */
  static Value lower(Builder b, Chain chain, List<Value> in, Shape out) {
    if (chain.nodes().get(0).layer() instanceof Layer1d signals) {
      List<Value> images =
          in.stream()
              .map(v -> b.reorder.ordered(QuantizeOp.floats(b, v), signals.image(v.shape())))
              .toList();
      return lower(b, chain, chain.head(), images, signals.image(out)).reshaped(out);
    }
    return lower(b, chain, chain.head(), in, out);
  }

  private static <L extends Layer> Value lower(
      Builder b, Chain chain, L head, List<Value> in, Shape out) {
    LayerPlan<L> plan = of(head);
    boolean bytes = plan.readsBytes(b);
    List<Value> read = in.stream().map(v -> bytes ? v : QuantizeOp.floats(b, v)).toList();
    return QuantizeOp.converted(b, plan.lower(b, chain, head, read, out), b.element());
  }
}
