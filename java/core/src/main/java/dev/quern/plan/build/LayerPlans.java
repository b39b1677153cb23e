package dev.quern.plan.build;

import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.Layer1d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Layer3d;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** Looks up the {@link LayerPlan} of a layer in the {@link LayerTable}. */
public final class LayerPlans {
  private static final Map<Class<?>, LayerPlan<?>> TABLE =
      ServiceLoader.load(LayerTable.class, LayerTable.class.getClassLoader())
          .findFirst()
          .orElseThrow()
          .plans();

  private LayerPlans() {}

  /**
   * Returns the two-dimensional equivalent of a one-dimensional layer, for images of height 1, or
   * of a batch normalization of volumes, for the image of all slices; returns any other layer
   * unchanged. Only this method, {@link #lower} and {@link #image} handle one-dimensional layers.
   */
  public static Layer as2d(Layer layer) {
    if (layer instanceof BatchNorm3d norm) {
      return norm.as2d();
    }
    return layer instanceof Layer1d signals ? signals.as2d() : layer;
  }

  /**
   * Returns the shape of a layer's input or output for the layer's two-dimensional equivalent,
   * {@link #as2d}.
   */
  static Shape image(Layer layer, Shape shape) {
    return layer instanceof Layer1d signals ? signals.image(shape) : shape;
  }

  /** Returns the plan of a layer's type. */
  @SuppressWarnings("unchecked") // each plan is stored under its layer's class
  static <L extends Layer> LayerPlan<L> of(L layer) {
    Class<?> type = layer instanceof CustomLayer ? CustomLayer.class : layer.getClass();
    LayerPlan<L> plan = (LayerPlan<L>) TABLE.get(type);
    if (plan == null) {
      throw new IllegalStateException("layer " + layer.type() + " has no operation");
    }
    return plan;
  }

  /** Packs a layer's weights for the kernels. */
  static <L extends Layer> void pack(L layer, Packer packer) {
    of(layer).pack(packer, layer);
  }

  /** Returns whether the first layer of a chain can read the network's input in C, H, W order. */
  static boolean readsPlanes(Builder b, Chain chain, Shape in) {
    return readsPlanes(b, chain.headName(), chain.head(), in);
  }

  private static <L extends Layer> boolean readsPlanes(Builder b, String node, L head, Shape in) {
    return of(head).readsPlanes(b, node, head, in);
  }

  /** Adds a chain's operations to the builder and returns the chain's output. */
  static Value lower(Builder b, Chain chain, List<Value> in, Shape out) {
    if (chain.nodes().get(0).layer() instanceof Layer1d signals) {
      List<Value> images =
          in.stream()
              .map(v -> b.reorder.ordered(QuantizeOp.floats(b, v), signals.image(v.shape())))
              .toList();
      return lower(b, chain, chain.head(), images, signals.image(out)).reshaped(out);
    }
    if (chain.nodes().get(0).layer() instanceof Layer3d volumes) {
      List<Value> last =
          in.stream().map(v -> b.reorder.channelsLast(QuantizeOp.floats(b, v))).toList();
      if (volumes instanceof BatchNorm3d) {
        List<Value> images = last.stream().map(v -> v.reshaped(volumes.image(v.shape()))).toList();
        return lower(b, chain, chain.head(), images, volumes.image(out)).reshaped(out);
      }
      return lower(b, chain, chain.head(), last, out);
    }
    return lower(b, chain, chain.head(), in, out);
  }

  private static <L extends Layer> Value lower(
      Builder b, Chain chain, L head, List<Value> in, Shape out) {
    LayerPlan<L> plan = of(head);
    List<Value> read =
        in.stream().map(v -> b.reads(plan, v) ? v : QuantizeOp.floats(b, v)).toList();
    return QuantizeOp.converted(b, plan.lower(b, chain, head, read, out), b.element());
  }
}
