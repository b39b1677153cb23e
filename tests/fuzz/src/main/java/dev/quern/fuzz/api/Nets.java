package dev.quern.fuzz.api;

import dev.quern.error.QuernException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Tiny networks of every layer, most of them sound. */
final class Nets {
  /** A sample's values in any place of a network. */
  private static final long MOST = 1500;

  private static final int LAYERS = 7;

  private Nets() {}

  static Shape input(Draw draw) {
    return draw.once(5)
        ? Shape.of(draw.between(1, 12))
        : Shape.of(draw.of(1, 2, 3, 4, 6), draw.between(1, 9), draw.between(1, 9));
  }

  private static Shape sequenceOrVolume(Draw draw) {
    return draw.once(2)
        ? Shape.of(draw.between(1, 7), draw.between(1, 9))
        : Shape.of(draw.of(1, 2, 4), draw.between(1, 5), draw.between(1, 6), draw.between(1, 6));
  }

  /**
   * @param row whether it ends in one row of outputs, as a classifier does
   * @param own layers of the user's
   * @throws dev.quern.error.QuernException if it is not sound, which a few are not
   */
  static Network any(Draw draw, boolean row, Supplier<CustomLayer> own) {
    Shape input = draw.once(6) ? sequenceOrVolume(draw) : input(draw);
    NetworkBuilder b = Network.builder("net", input);
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put(Network.INPUT, input);
    int layers = draw.between(1, LAYERS);
    for (int i = 0; i < layers; i++) {
      if (draw.once(25)) {
        deform(b, "l" + i, shapes, draw);
      } else {
        add(b, "l" + i, shapes, draw, own);
      }
    }
    if (row) {
      b.add("flat", new Flatten()).add("row", new Linear(draw.between(1, 6)));
    }
    return b.build();
  }

  private static void add(
      NetworkBuilder b,
      String name,
      Map<String, Shape> shapes,
      Draw draw,
      Supplier<CustomLayer> own) {
    List<String> from = sources(shapes, draw, b.last());
    List<Shape> inputs = from.stream().map(shapes::get).toList();
    Layer layer =
        own != null && from.size() == 1 && draw.once(6) ? own.get() : Layers.fitting(draw, inputs);
    if (layer.merges() != from.size() > 1) {
      return;
    }
    Shape out;
    try {
      out = layer.outputShape(inputs);
    } catch (RuntimeException | Error e) { // a few stay, to be refused
      if (draw.once(12)) {
        b.add(name, layer, from.toArray(String[]::new));
        shapes.put(name, inputs.get(0));
      }
      return;
    }
    if (out != null && out.elements() <= MOST) {
      b.add(name, layer, from.toArray(String[]::new));
      shapes.put(name, out);
    }
  }

  /**
   * Adds a deformable convolution of an image, whose offsets and sometimes mask convolutions
   * compute: no other inputs that are drawn fit together.
   */
  private static void deform(NetworkBuilder b, String name, Map<String, Shape> shapes, Draw draw) {
    String from = b.last();
    Shape image = shapes.get(from);
    if (image.rank() != 3 || image.isFree()) {
      return;
    }
    int groups = draw.once(2) && image.dim(0) % 2 == 0 ? 2 : 1;
    Size kernel = new Size(draw.between(1, 3), draw.between(1, 3));
    DeformConv2d layer =
        new DeformConv2d(groups * draw.between(1, 4), kernel)
            .stride(draw.between(1, 2))
            .padding(draw.between(0, 2))
            .groups(groups)
            .offsetGroups(draw.once(2) ? groups : 1)
            .bias(draw.once(2));
    Shape out;
    try {
      out = layer.imageOutputShape(image);
    } catch (QuernException e) {
      return;
    }
    if (layer.offsetChannels() * out.dim(1) * out.dim(2) > MOST) {
      return;
    }
    Conv2d like = new Conv2d(1, kernel).stride(layer.stride()).padding(layer.padding());
    List<String> inputs = new ArrayList<>(List.of(from, name + "offset"));
    b.add(name + "offset", outputs(like, layer.offsetChannels()), from);
    if (draw.once(2)) {
      inputs.add(name + "mask");
      b.add(name + "mask", outputs(like, layer.maskChannels()), from);
    }
    b.add(name, layer, inputs.toArray(String[]::new));
    shapes.put(name, out);
  }

  private static Conv2d outputs(Conv2d like, int channels) {
    return new Conv2d(channels, like.kernel()).stride(like.stride()).padding(like.padding());
  }

  /** Mostly the last layer; sometimes another one, or several that may go together. */
  private static List<String> sources(Map<String, Shape> shapes, Draw draw, String last) {
    List<String> names = new ArrayList<>(shapes.keySet());
    String first = draw.once(6) ? draw.of(names) : last;
    if (!draw.once(4)) {
      return List.of(first);
    }
    List<String> like =
        names.stream().filter(n -> goWith(shapes.get(first), shapes.get(n))).toList();
    List<String> all = new ArrayList<>(List.of(first, draw.of(like)));
    if (draw.once(4)) {
      all.add(draw.of(like));
    }
    return all;
  }

  private static boolean goWith(Shape a, Shape b) {
    return a.equals(b) || (a.rank() == 3 && b.rank() == 3 && a.dim(1) == b.dim(1));
  }
}
