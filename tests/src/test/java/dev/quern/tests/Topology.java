package dev.quern.tests;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Tanh;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Small networks from a line of text, so that a table of them fits a screen and a failing one can
 * be read: {@code "x conv; n bn; s add n x; r relu"} is a name, a layer, and the names that feed it
 * where that is not the layer before.
 */
final class Topology {
  private static final Conv2d CONV = new Conv2d(8, 3).padding(1);

  static final Map<String, Layer> LAYERS =
      Map.ofEntries(
          Map.entry("conv", CONV),
          Map.entry("nobias", CONV.bias(false)),
          Map.entry("few", new Conv2d(3, 3).padding(1)),
          Map.entry("point", new Conv2d(8, 1)),
          Map.entry("expand", new Conv2d(24, 1).bias(false)),
          Map.entry("wide", new Conv2d(32, 3).padding(1)),
          Map.entry("widest", new Conv2d(40, 1).bias(false)),
          Map.entry("depth8", CONV.groups(8)),
          Map.entry("depth24", new Conv2d(24, 3).padding(1).groups(24).bias(false)),
          Map.entry("groups", CONV.groups(2)),
          Map.entry("stride", CONV.stride(2)),
          Map.entry("bn", new BatchNorm2d()),
          Map.entry("add", new Add()),
          Map.entry("relu", new Relu()),
          Map.entry("relu6", new Relu6()),
          Map.entry("silu", new Silu()),
          Map.entry("leaky", new LeakyRelu(0.1f)),
          Map.entry("drop", new Dropout(0.3f)),
          Map.entry("own", new Swish(1)),
          Map.entry("tanh", new Tanh()),
          Map.entry("sigmoid", new Sigmoid()),
          Map.entry("mul", new Multiply()),
          Map.entry("cat", new Concat()),
          Map.entry("pool", new MaxPool2d(2)),
          Map.entry("flat", new Flatten()),
          Map.entry("fc", new Linear(3)));

  private Topology() {}

  /**
   * On images of 8 channels, or of 3 or 32 where the text says so: {@code "rgb: x conv; ..."},
   * {@code "wide: x wide; ..."}.
   */
  static Network network(String text) {
    int channels = text.startsWith("rgb:") ? 3 : text.startsWith("wide:") ? 32 : 8;
    NetworkBuilder b = Network.builder(text, Shape.of(channels, 7, 6));
    for (String line : text.replaceFirst("^(rgb|wide):", "").split(";")) {
      List<String> words = List.of(line.trim().split(" +"));
      b.add(
          words.get(0),
          LAYERS.get(words.get(1)),
          words.subList(2, words.size()).toArray(String[]::new));
    }
    return b.build();
  }

  /** The network with logits of three classes at its end. */
  static Network classifier(Network network) {
    List<Network.Node> nodes = new ArrayList<>(network.nodes());
    String last = nodes.get(nodes.size() - 1).name();
    if (network.output().rank() > 1) {
      nodes.add(new Network.Node("flattened", new Flatten(), List.of(last)));
      last = "flattened";
    }
    nodes.add(new Network.Node("logits", new Linear(3), List.of(last)));
    return new Network(network.name(), network.input(), nodes);
  }

  /** Chains that fuse, and neighbors of theirs that must not. */
  static List<String> all() {
    return List.of(
        "c conv",
        "c conv; r relu",
        "c conv; e relu6",
        "c nobias; n bn",
        "rgb: c conv; n bn; r relu",
        "rgb: c nobias; n bn; e relu6; d stride; m bn; r relu",
        "rgb: c few; n bn; s add n input; r relu; d few; e relu6",
        "rgb: c few; r relu; d few; n bn; s add n c; q relu",
        "wide: c wide; n bn; s add n input; r relu; d widest; m bn; e relu6",
        "x conv; c conv; s add c x",
        "x conv; c nobias; s add x c; e relu6",
        "x conv; c conv; n bn; s add n x; r relu",
        "c conv; n bn; s add input n; r relu; d conv; m bn; t add m r; q relu",
        "n bn; r relu; c conv",
        "n bn; s add n input; r relu; c conv; m bn; t add r m; q relu",
        "n bn; m bn; r relu; q relu",
        "c conv; n bn; r relu n; s add n r; q relu",
        "c conv; n bn; s add n n; r relu",
        "c conv; s add c c; r relu; n bn; t add r n",
        "x conv; c conv; n bn; s add n x input; r relu",
        "c conv; n bn; d point input; m bn; s add m n; r relu; f conv",
        "x conv; c conv; n bn; m bn x; q relu; s add n q; r relu",
        "x stride; c conv; n bn; r relu; d conv; m bn; y point x; o bn; s add m o; q relu",
        "x expand; n bn; e relu6; d depth24; m bn; f relu6; p point; o bn; s add o input; c conv",
        "x depth8; n bn; r relu; p point; m bn; q relu; g groups; o bn; s add o q; e relu6",
        "c conv; n bn; r relu; d conv input",
        "c conv; d drop; n bn; r relu; f conv; o own; m bn; q relu; u drop; v relu",
        "n bn; r relu; d drop; c conv; m bn; s add m d; q relu; e drop",
        "c conv; n bn; p pool; r relu; f flat; q relu; l fc",
        "c conv; r relu; n bn; e relu6; m bn; s add m e; q relu",
        "x depth8; c depth8; n bn; s add n x; e relu6",
        "x point; c expand; n bn; e relu6; d point; m bn; s add m x; r relu",
        "c nobias; n bn; e silu; d conv; m bn; f silu; p point; o bn",
        "n bn; e silu; c conv; m bn; f leaky",
        "rgb: c few; n bn; e silu; d few; m bn; s add m e; f silu",
        "x conv; c depth8 x; n bn; e leaky; m bn x; f silu; s mul e f",
        "a conv; b point input; c cat a b; d conv",
        "rgb: a few; n bn; r relu; b widest input; e relu6; c cat e input r; d few",
        "x conv; a depth8; b groups x; m bn; c cat x a m; d expand; e cat d c",
        "x conv; a point; b conv a; c cat b a; s add b x; d cat s c",
        "a conv; b conv input; s add b a; c cat s a; d cat c c; f point",
        "c groups; n bn; s add n input; r relu",
        "c stride; n bn; e relu6; d stride; m bn; r relu");
  }
}
