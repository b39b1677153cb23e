package dev.quern.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A graph of images of free batch, height and width by chance: the parts of encoders and decoders,
 * shape arithmetic as exporters write it, and now and then what mixes samples or fixes sizes.
 */
final class FreeGraph {
  private static final int CHANNELS = 3;

  /** A value, and a number that those of one height and width have in common. */
  private record Image(String name, int channels, int size) {}

  private final Random random;
  private final List<String> lines = new ArrayList<>();
  private final List<Image> images = new ArrayList<>();
  private int made;
  private int sizes;

  private FreeGraph(Random random) {
    this.random = random;
  }

  /** Lines of {@link Graphs}; the last node's output is the graph's. */
  static List<String> lines(Random random, int steps) {
    FreeGraph g = new FreeGraph(random);
    g.add(
        "Conv x[0,3,0,0] w0(4,3,3,3) -> v0 pads=1,1,1,1 strides=%d,%d",
        1 + g.below(2), 1 + g.below(2));
    g.images.add(new Image("v0", 4, 0));
    for (int i = 0; i < steps; i++) {
      g.step();
    }
    g.end();
    return g.lines;
  }

  private int below(int n) {
    return random.nextInt(n);
  }

  private void add(String line, Object... with) {
    lines.add(String.format(line, with));
  }

  private String name() {
    return "v" + ++made;
  }

  private Image any() {
    return images.get(below(images.size()));
  }

  private Image last() {
    return images.get(images.size() - 1);
  }

  private void step() {
    Image x = below(3) == 0 ? any() : last();
    String y = name();
    int other = ++sizes;
    switch (below(22)) {
      case 0, 1, 2 -> conv(x, y, other);
      case 3 -> pool(x, y, other);
      case 4, 5, 6, 7, 8 -> like(x, y);
      case 9, 10 -> joined(y);
      case 11 -> {
        add("Relu %s -> %s", x.name, y);
        images.add(new Image(y, x.channels, x.size));
      }
      case 12 -> {
        add("GlobalAveragePool %s -> %sg", x.name, y);
        add("Mul %s %sg -> %s", x.name, y, y);
        images.add(new Image(y, x.channels, x.size));
      }
      case 13 -> scaled(x, y, other);
      case 14 -> {
        add(
            "ConvTranspose %s %sw(%d,4,3,3) -> %s strides=2,2 pads=1,0,%d,1 output_padding=%d,0",
            x.name, y, x.channels, y, below(2), below(2));
        images.add(new Image(y, 4, other));
      }
      case 15 -> {
        add("Pad %s %sp{0,0,1,2,0,0,0,1} -> %s mode=%s", x.name, y, y, pick("reflect", "edge"));
        images.add(new Image(y, x.channels, other));
      }
      case 16 -> {
        int start = below(2);
        int end = below(2) == 0 ? 100000 : -1;
        add(
            "Slice %s %ss{%d} %se{%d} %sa{%d} %st{%d} -> %s",
            x.name, y, start, y, end, y, 2 + below(2), y, 1 + below(2), y);
        images.add(new Image(y, x.channels, other));
      }
      case 17 -> {
        add(
            "Conv %s %sw(4,%d,3,3) -> %s auto_pad=SAME_%s strides=%d,%d",
            x.name, y, x.channels, y, pick("UPPER", "LOWER"), 1 + below(2), 1 + below(2));
        images.add(new Image(y, 4, other));
      }
      default -> mixed(x, y);
    }
  }

  private String pick(String... of) {
    return of[below(of.length)];
  }

  private void conv(Image x, String y, int other) {
    boolean same = below(3) == 0;
    int k = 1 + below(4);
    String pads = same ? "1,1,1,1" : below(2) + "," + below(3) + "," + below(2) + "," + below(2);
    add(
        "Conv %s %sw(4,%d,%d,%d) -> %s pads=%s strides=%d,%d",
        x.name,
        y,
        x.channels,
        same ? 3 : k,
        same ? 3 : k,
        y,
        pads,
        same ? 1 : 1 + below(3),
        same ? 1 : 1 + below(3));
    images.add(new Image(y, 4, same ? x.size : other));
  }

  private void pool(Image x, String y, int other) {
    String op = pick("MaxPool", "AveragePool");
    add(
        "%s %s -> %s kernel_shape=%d,3 strides=%d,2 pads=%d,1,0,1 ceil_mode=%d",
        op, x.name, y, 2 + below(2), 1 + below(2), below(2), below(2));
    images.add(new Image(y, x.channels, other));
  }

  /** The height and width of an image, as exporters write them. */
  private String sides(Image of, String y) {
    add("Shape %s -> %sq", of.name, y);
    if (below(2) == 0) {
      add("Slice %sq %sb{2} %se{4} %sa{0} -> %shw", y, y, y, y, y);
    } else {
      add("Gather %sq %si{2} -> %sh axis=0", y, y, y);
      add("Gather %sq %sj{3} -> %swd axis=0", y, y, y);
      add("Concat %sh %swd -> %sc axis=0", y, y, y);
      add("Cast %sc -> %shw to=7", y, y);
    }
    return y + "hw";
  }

  private void resize(Image x, String hw, String y) {
    add("Shape %s -> %sown", x.name, y);
    add("Slice %sown %sfrom{0} %sto{2} %sof{0} -> %snc", y, y, y, y, y);
    add("Concat %snc %s -> %sz axis=0", y, hw, y);
    String how =
        pick(
            "mode=linear coordinate_transformation_mode=half_pixel",
            "mode=linear coordinate_transformation_mode=pytorch_half_pixel",
            "mode=linear coordinate_transformation_mode=align_corners",
            "mode=cubic");
    add("Resize %s _ _ %sz -> %s %s", x.name, y, y, how);
  }

  private void like(Image x, String y) {
    Image of = any();
    resize(x, sides(of, y), y);
    images.add(new Image(y, x.channels, of.size));
  }

  /** Two images of one size side by side, or their sum. */
  private void joined(String y) {
    Image a = last();
    List<Image> fitting = images.stream().filter(i -> i.size == a.size).toList();
    Image b = fitting.get(below(fitting.size()));
    if (a.channels == b.channels && below(2) == 0) {
      add("Add %s %s -> %s", a.name, b.name, y);
      images.add(new Image(y, a.channels, a.size));
    } else {
      add("Concat %s %s -> %s axis=1", a.name, b.name, y);
      images.add(new Image(y, a.channels + b.channels, a.size));
    }
  }

  /** To a size that is computed of another. */
  private void scaled(Image x, String y, int other) {
    if (below(3) == 0) {
      add(
          "Resize %s _ %ss{1.0,1.0,2.0,3.0} -> %s mode=nearest nearest_mode=floor"
              + " coordinate_transformation_mode=asymmetric",
          x.name, y, y);
    } else {
      String hw = sides(x, y);
      switch (below(3)) {
        case 0 -> add("Mul %s %sk{2,2} -> %sm", hw, y, y);
        case 1 -> {
          add("Div %s %sk{2,2} -> %sd", hw, y, y);
          add("Mul %sd %sl{2,2} -> %sm", y, y, y);
        }
        default -> {
          add("Cast %s -> %sf to=1", hw, y);
          add("Mul %sf %sk{2.0,2.0} -> %sg", y, y, y);
          add("Floor %sg -> %so", y, y);
          add("Cast %so -> %sm to=7", y, y);
        }
      }
      resize(x, y + "m", y);
    }
    images.add(new Image(y, x.channels, other));
  }

  /** What is of more than one sample, or looks as if. */
  private void mixed(Image x, String y) {
    switch (below(14)) {
      case 0 -> add("Softmax %s -> %s axis=0", x.name, y);
      case 1 -> {
        add("ReduceMean %s -> %sm axes=0, keepdims=1", x.name, y);
        add("Sub %s %sm -> %s", x.name, y, y);
      }
      case 2 -> add("Slice %s %ss{-1} %se{-1000} %sa{0} %st{-1} -> %s", x.name, y, y, y, y, y);
      case 3 -> add("Add %s %sw(2,1,1,1) -> %s", x.name, y, y);
      case 4 -> {
        add("Reshape %s %sr{-1} -> %sf", x.name, y, y);
        add("Softmax %sf -> %sg axis=0", y, y);
        add("Shape %s -> %sq", x.name, y);
        add("Reshape %sg %sq -> %s", y, y, y);
      }
      case 5 -> {
        add("ReduceMax %s -> %sm axes=0, keepdims=1", x.name, y);
        add("Add %s %sm -> %s", x.name, y, y);
      }
      case 6 -> add("Softmax %s -> %s axis=1", x.name, y);
      case 7 -> add("Transpose %s -> %s perm=1,0,2,3", x.name, y);
      case 8 -> {
        add("Transpose %s -> %st perm=0,2,3,1", x.name, y);
        add("Transpose %st -> %s perm=0,3,1,2", y, y);
      }
      case 9 -> {
        add("Concat %s %s -> %sc axis=0", x.name, x.name, y);
        add("Softmax %sc -> %sd axis=0", y, y);
        add("Shape %s -> %sq", x.name, y);
        add("Gather %sq %si{0} -> %sn axis=0", y, y, y);
        add("Slice %sd %ss{0} %sn %sa{0} -> %s", y, y, y, y, y);
      }
      case 10 ->
          add(
              "BatchNormalization %s %ss(%d) %sb(%d) %sm(%d) %sv(%d) -> %s",
              x.name, y, x.channels, y, x.channels, y, x.channels, y, x.channels, y);
      case 11 ->
          add(
              "BatchNormalization %s %ss(%d) %sb(%d) %sm(%d) %sv(%d) -> %s %so %sp training_mode=1",
              x.name, y, x.channels, y, x.channels, y, x.channels, y, x.channels, y, y, y);
      case 12 -> {
        add("Shape %s -> %sq", x.name, y);
        add("Gather %sq %si{2} -> %sh axis=0", y, y, y);
        add("Cast %sh -> %sf to=1", y, y);
        add("Div %s %sf -> %s", x.name, y, y);
      }
      default ->
          add(
              "InstanceNormalization %s %ss(%d) %sb(%d) -> %s",
              x.name, y, x.channels, y, x.channels, y);
    }
    images.add(new Image(y, x.channels, x.size));
  }

  /** A head of classes, or the last image. */
  private void end() {
    if (below(4) == 0) {
      Image x = last();
      add("GlobalAveragePool %s -> pooled", x.name);
      if (below(2) == 0) {
        add("Flatten pooled -> flat axis=1");
      } else {
        add("Shape pooled -> pq");
        add("Gather pq pi{0} -> pn axis=0");
        add("Concat pn pm{-1} -> pr axis=0");
        add("Reshape pooled pr -> flat");
      }
      add("Gemm flat hw(%d,%d) -> classes", x.channels, CHANNELS);
    }
  }
}
