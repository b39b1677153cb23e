package dev.quern.quantize;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.messages.NearNames;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.Quantized;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.quantize.QuantizationReport.LayerError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The quantization of one model: chooses layers, calibrates ranges, corrects biases and measures
 * errors.
 */
final class Calibrator {
  /** Maximum number of images for measuring the errors of layers in the whole quantized network. */
  private static final int FEW = 64;

  private final Quantization asked;
  private final Images images;
  private final Network original;

  /** The model at a fixed size, after equalization if it is enabled. */
  private final ModelData data;

  private final Graph graph;
  private final Set<String> layers = new LinkedHashSet<>();
  private Map<String, ErrorSums> errors = Map.of();

  Calibrator(Quantization asked, Images images) {
    this.asked = asked;
    this.images = images;
    original = asked.data.network();
    requireFloats();
    Accuracy.requireHeldOut(asked);
    ModelData sized =
        original.isFree() ? asked.data.withNetwork(original.at(images.shape())) : asked.data;
    graph = new Graph(sized.network());
    choose();
    data = asked.equalization ? new Equalization(sized).by(images) : sized;
  }

  private void requireFloats() {
    if (original.inputs().size() != 1) {
      throw refused("has inputs " + original.inputs().keySet() + ", expected one");
    }
    for (Network.Node n : original.nodes()) {
      if (n.layer() instanceof Quantized || n.layer() instanceof FakeQuantize) {
        throw refused("is quantized already: layer " + n.name() + " is " + n.layer().type());
      }
    }
  }

  private InvalidArgumentException refused(String why) {
    return new InvalidArgumentException("quantize: network " + original.name() + " " + why);
  }

  /**
   * Returns whether a layer can be quantized: a convolution, or a fully connected layer of vectors
   * or of sequences of tokens.
   */
  private boolean canBe(Network.Node n) {
    return n.layer() instanceof Conv2d
        || n.layer() instanceof Linear && original.facts(n.name()).input().rank() <= 2;
  }

  private void choose() {
    List<Network.Node> all = original.nodes().stream().filter(this::canBe).toList();
    if (all.isEmpty()) {
      throw refused("has no convolution or fully connected layer to quantize");
    }
    List<String> names = original.nodes().stream().map(Network.Node::name).toList();
    for (String kept : asked.kept) {
      if (!names.contains(kept)) {
        throw refused("has no layer " + Names.shown(kept) + NearNames.text(kept, names));
      }
    }
    all.forEach(n -> layers.add(n.name()));
    if (!asked.firstLayer) {
      layers.removeIf(l -> original.inputs().containsKey(graph.source(input(l))));
    }
    if (!asked.lastLayer) {
      layers.removeAll(last(all));
    }
    layers.removeAll(asked.kept);
  }

  private String input(String layer) {
    return graph.node(layer).inputs().get(0);
  }

  /** Returns the given layers on which no other given layer depends. */
  private Set<String> last(List<Network.Node> all) {
    Set<String> ends = new HashSet<>();
    Set<String> read = new HashSet<>();
    for (int i = original.nodes().size() - 1; i >= 0; i--) {
      Network.Node n = original.nodes().get(i);
      if (all.contains(n) && !read.contains(n.name())) {
        ends.add(n.name());
      }
      if (all.contains(n) || read.contains(n.name())) {
        read.addAll(n.inputs());
      }
    }
    return ends;
  }

  QuantizedModel run() {
    Placement places = new Placement(graph, layers);
    Map<String, FakeQuantize> ranges = ranges(places);
    Map<String, FakeQuantize> inputs = new HashMap<>();
    layers.forEach(l -> inputs.put(l, ranges.get(places.range(input(l)))));
    if (!layers.isEmpty()) {
      errors = new Twins(data, graph, layers, inputs).errors(images);
    }
    Map<String, double[]> means = new HashMap<>();
    if (asked.biasCorrection) {
      errors.forEach((layer, sums) -> means.put(layer, sums.means()));
    }
    Rounded rounded = new Rounded(data, graph, ranges, means);
    Accuracy accuracy = new Accuracy(asked, rounded, original.inputs());
    Set<String> left = accuracy.within(layers, this::ownSnr);
    ModelData made = rounded.of(original.inputs(), left);
    List<LayerError> lost = lost(rounded, left, accuracy);
    return new QuantizedModel(
        made,
        new QuantizationReport(
            lost,
            images.count(),
            bytes(asked.data),
            bytes(made),
            accuracy.before(),
            accuracy.of(made)));
  }

  private double ownSnr(String layer) {
    return errors.get(layer).snr(asked.biasCorrection);
  }

  /**
   * Chooses the range of each quantized value, in two passes over the images: minimum and maximum
   * first, then histograms.
   */
  private Map<String, FakeQuantize> ranges(Placement places) {
    Map<String, FakeQuantize> ranges = new LinkedHashMap<>();
    if (places.ranges().isEmpty()) {
      return ranges;
    }
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    places.ranges().values().forEach(v -> histograms.put(v, new Histogram(v)));
    Function<String, Histogram> histogram = v -> histograms.get(places.ranges().get(v));
    List<String> values = List.copyOf(places.ranges().keySet());
    images.run(
        data,
        values,
        made -> made.forEach((v, x) -> histogram.apply(v).bound(places.crops(v).of(x))));
    if (asked.method != CalibrationMethod.MIN_MAX) {
      images.run(
          data,
          values,
          made -> made.forEach((v, x) -> histogram.apply(v).count(places.crops(v).of(x))));
    }
    Map<String, FakeQuantize> chosen = new HashMap<>();
    histograms.forEach((v, h) -> chosen.put(v, Ranges.of(h, asked.method)));
    places.ranges().forEach((v, first) -> ranges.put(v, chosen.get(first)));
    return ranges;
  }

  private List<LayerError> lost(Rounded rounded, Set<String> left, Accuracy accuracy) {
    Map<String, ErrorSums> whole = new HashMap<>();
    if (!left.isEmpty()) {
      whole = whole(rounded.of(data.network().inputs(), left), left);
    }
    List<LayerError> all = new ArrayList<>();
    for (Network.Node n : original.nodes()) {
      if (canBe(n)) {
        boolean is = left.contains(n.name());
        all.add(
            new LayerError(
                n.name(),
                n.layer().type(),
                is,
                is ? ownSnr(n.name()) : Double.NaN,
                is ? whole.get(n.name()).snr(false) : Double.NaN,
                is ? accuracy.alone(n.name()) : Double.NaN));
      }
    }
    return all;
  }

  /**
   * Returns the layer whose bias is corrected: the batch normalization after this layer or, without
   * one, this layer.
   */
  private String end(String layer) {
    String norm = Rounded.norm(graph, layer);
    return norm == null ? layer : norm;
  }

  private Map<String, ErrorSums> whole(ModelData made, Set<String> left) {
    Map<String, ErrorSums> sums = new LinkedHashMap<>();
    left.forEach(l -> sums.put(l, new ErrorSums(graph.channels(end(l)))));
    List<String> ends = left.stream().map(this::end).toList();
    images
        .few(FEW)
        .compare(
            data,
            made,
            ends,
            (f, q) -> sums.forEach((l, s) -> s.add(f.get(end(l)), q.get(end(l)))));
    return sums;
  }

  /** Returns the size of all weights in the model's file, in bytes. */
  private static long bytes(ModelData model) {
    long bytes = 0;
    for (Map.Entry<String, float[]> w : model.weights().entrySet()) {
      bytes += (long) w.getValue().length * Float.BYTES;
    }
    for (Network.Node n : model.network().nodes()) {
      if (n.layer() instanceof Quantized) {
        bytes -= (long) model.weights().get(n.name() + ".weight").length * (Float.BYTES - 1);
      }
    }
    return bytes;
  }
}
