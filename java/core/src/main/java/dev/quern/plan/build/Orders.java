package dev.quern.plan.build;

import dev.quern.layer.Layer;
import dev.quern.layer.volume.Layer3d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory order of each value in a plan. An order is the number of pixels P in {@code
 * [batch][P][channels]}: H * W for an image or flattened image, L for the output of a
 * one-dimensional layer, D * H * W for that of a three-dimensional layer, 1 for C, H, W order.
 * Plans and packed weights both use this class, so their orders agree.
 */
public final class Orders {
  private Orders() {}

  static Map<String, Long> of(Network network) {
    Map<String, Shape> shapes = network.shapes();
    Map<String, Long> pixels = new HashMap<>();
    network.inputs().forEach((name, shape) -> pixels.put(name, ofImage(shape)));
    for (Network.Node n : network.nodes()) {
      List<Long> in = n.inputs().stream().map(pixels::get).toList();
      Shape out = LayerPlans.image(n.layer(), shapes.get(n.name()));
      boolean volume = n.layer() instanceof Layer3d;
      pixels.put(n.name(), volume ? positions(out) : after(LayerPlans.as2d(n.layer()), in, out));
    }
    return pixels;
  }

  private static <L extends Layer> long after(L layer, List<Long> in, Shape out) {
    if (out.rank() == 3) {
      return ofImage(out);
    }
    boolean callers = LayerPlans.of(layer).callersOrder(layer, out);
    return callers || in.stream().distinct().count() > 1 ? 1 : in.get(0);
  }

  /** Returns the number of positions of a sample {@code [C, ...]}: its elements divided by C. */
  public static long positions(Shape sample) {
    return sample.elements() / sample.dim(0);
  }

  public static long ofImage(Shape sample) {
    return sample.rank() == 3 ? sample.dim(1) * sample.dim(2) : 1;
  }
}
