package dev.quern.quantize;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cross-layer equalization: scales the channels between two layers to similar ranges, because all
 * channels of a value share one quantization scale. Because {@code s relu(x) = relu(s x)} for s
 * above 0, a channel of the first layer can be divided by a factor if the second layer's weights
 * for that channel are multiplied by the same factor. ReLU6 does not have this property, so its
 * channels are not scaled. Factors are powers of two, which do not change rounding: results of the
 * float network remain bit-identical.
 *
 * <p>Nagel et al., "Data-Free Quantization through Weight Equalization and Bias Correction", 2019,
 * use the factor {@code s = sqrt(r1 / r2)}, where r1 and r2 are the ranges of the channel's weights
 * in the first and second layer. Here, each output channel's weights have a separate scale, so r1
 * is the range of the channel's values instead.
 */
final class Equalization {
  /** Layers that may be between the two layers, because f(s x) = s f(x) for s above 0. */
  private static final Set<Class<? extends Layer>> SCALING =
      Set.of(
          Relu.class,
          MaxPool2d.class,
          AvgPool2d.class,
          AdaptiveAvgPool2d.class,
          Flatten.class,
          Dropout.class,
          Dropout2d.class,
          StochasticDepth.class);

  /** Maximum exponent of a factor, because channels with even smaller ranges are practically 0. */
  private static final int MOST_BITS = 8;

  private final ModelData data;
  private final Graph graph;
  private final List<Pair> pairs = new ArrayList<>();

  /**
   * Two layers whose intermediate value is equalized.
   *
   * @param divided the layer whose weight and bias are divided: the first layer, or the batch
   *     normalization after it
   * @param value the intermediate value, which has the first layer's channels
   * @param second the second layer, whose weights are multiplied
   */
  private record Pair(String divided, String value, Network.Node second) {}

  Equalization(ModelData data) {
    this.data = data;
    graph = new Graph(data.network());
    for (Network.Node n : data.network().nodes()) {
      if (isLayer(n)) {
        find(n);
      }
    }
  }

  private boolean isLayer(Network.Node n) {
    return n.layer() instanceof Conv2d
        || n.layer() instanceof Linear && graph.network.facts(n.name()).input().rank() == 1;
  }

  private void find(Network.Node first) {
    String norm = Rounded.norm(graph, first.name());
    String divided = norm == null ? first.name() : norm;
    String at = divided;
    String value = at;
    Network.Node next = graph.onlyReader(at);
    while (next != null && SCALING.contains(next.layer().getClass())) {
      at = next.name();
      value = next.layer() instanceof Relu ? at : value;
      next = graph.onlyReader(at);
    }
    if (next != null && isLayer(next)) {
      pairs.add(new Pair(divided, value, next));
    }
  }

  ModelData by(Images images) {
    if (pairs.isEmpty()) {
      return data;
    }
    Map<String, float[]> largest = largest(images);
    Map<String, float[]> weights = new LinkedHashMap<>(data.weights());
    for (Pair p : pairs) {
      float[] scales = scales(largest.get(p.value), shares(p, weights), depthwise(p));
      scaleRows(weights, p.divided + ".weight", scales);
      scaleRows(weights, p.divided + ".bias", scales);
      scaleColumns(weights, p.second.name() + ".weight", scales, p.second.layer());
    }
    return new ModelData(data.network(), weights, data.preprocessing(), data.provenance());
  }

  /** Returns the largest magnitude of each channel on the images, by intermediate value. */
  private Map<String, float[]> largest(Images images) {
    Map<String, float[]> largest = new LinkedHashMap<>();
    for (Pair p : pairs) {
      Shape shape = graph.network.shapes().get(p.value);
      largest.put(p.value, new float[Math.toIntExact(shape.dim(0))]);
    }
    images.run(
        data,
        List.copyOf(largest.keySet()),
        made ->
            made.forEach(
                (value, x) -> {
                  float[] most = largest.get(value);
                  int plane = (int) (graph.network.shapes().get(value).elements() / most.length);
                  for (int from = 0; from < x.length; from += plane) {
                    int c = from / plane % most.length;
                    for (int i = from; i < from + plane; i++) {
                      most[c] = Math.max(most[c], Math.abs(x[i]));
                    }
                  }
                }));
    return largest;
  }

  private boolean depthwise(Pair p) {
    return p.second.layer() instanceof Conv2d conv && conv.groups() == channels(p);
  }

  /**
   * Returns, for each channel of the intermediate value, the largest of the second layer's weights
   * for that channel. Each weight is relative to the largest weight of its output channel.
   */
  private float[] shares(Pair p, Map<String, float[]> weights) {
    float[] values = weights.get(p.second.name() + ".weight");
    Columns columns = columns(p.second.layer(), values.length, channels(p));
    float[] rows = new float[columns.rows];
    for (int i = 0; i < values.length; i++) {
      rows[i / columns.each] = Math.max(rows[i / columns.each], Math.abs(values[i]));
    }
    float[] shares = new float[channels(p)];
    for (int i = 0; i < values.length; i++) {
      int c = columns.channel(i);
      float row = rows[i / columns.each];
      shares[c] = Math.max(shares[c], row == 0 ? 0 : Math.abs(values[i]) / row);
    }
    return shares;
  }

  private int channels(Pair p) {
    return Math.toIntExact(graph.network.shapes().get(p.value).dim(0));
  }

  /**
   * Maps an index in a weight tensor to the input channel that the weight multiplies.
   *
   * @param rows number of output channels
   * @param each number of weights per output channel
   * @param plane number of weights per output and input channel
   * @param groups number of groups
   */
  private record Columns(int rows, int each, int plane, int groups) {
    int channel(int index) {
      int row = index / each;
      int group = row / (rows / groups);
      return group * (each / plane) + index % each / plane;
    }
  }

  private static Columns columns(Layer layer, int count, int channels) {
    if (layer instanceof Conv2d conv) {
      int plane = Math.toIntExact(conv.kernel().height() * (long) conv.kernel().width());
      return new Columns(conv.outChannels(), count / conv.outChannels(), plane, conv.groups());
    }
    int rows = ((Linear) layer).outFeatures();
    // the input is a flattened image
    return new Columns(rows, count / rows, count / rows / channels, 1);
  }

  /**
   * Returns the factors by which channels are divided.
   *
   * @param ranges the range of each channel
   * @param shares the result of {@link #shares}
   * @param free whether each channel has separate weights with separate scales (depthwise
   *     convolution); ranges are then equalized completely, since the weights do not lose precision
   */
  private static float[] scales(float[] ranges, float[] shares, boolean free) {
    double[] bits = new double[ranges.length];
    double sum = 0;
    int live = 0;
    for (int c = 0; c < bits.length; c++) {
      bits[c] = log2(free ? ranges[c] : ranges[c] / shares[c]) * (free ? 1 : 0.5);
      if (Double.isFinite(bits[c])) {
        sum += bits[c];
        live++;
      }
    }
    float[] scales = new float[bits.length];
    for (int c = 0; c < scales.length; c++) {
      double relative = Double.isFinite(bits[c]) ? bits[c] - sum / live : 0;
      int power = (int) Math.rint(Math.max(-MOST_BITS, Math.min(MOST_BITS, relative)));
      scales[c] = Math.scalb(1f, power);
    }
    return scales;
  }

  private static double log2(double v) {
    return Math.log(v) / Math.log(2);
  }

  private static void scaleRows(Map<String, float[]> weights, String name, float[] scales) {
    if (weights.containsKey(name)) {
      float[] scaled = weights.get(name).clone();
      int each = scaled.length / scales.length;
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] /= scales[i / each];
      }
      weights.put(name, scaled);
    }
  }

  private static void scaleColumns(
      Map<String, float[]> weights, String name, float[] scales, Layer layer) {
    float[] scaled = weights.get(name).clone();
    Columns columns = columns(layer, scaled.length, scales.length);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= scales[columns.channel(i)];
    }
    weights.put(name, scaled);
  }
}
