package dev.quern.predict;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.CheckedDataset;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.plan.HeadLayer;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Inserts batch normalization after convolutions, for networks that were exported with folded batch
 * normalization. A convolution that is the network's head or an output remains without.
 */
final class AddedNorms {
  private static final String SUFFIX = ".bn";
  private static final int BATCH = 32;

  private final ModelData model;
  private final Network network;
  private final List<String> convolutions = new ArrayList<>();

  AddedNorms(ModelData model) {
    this.model = model;
    network = model.network();
    Set<String> normalised = new HashSet<>();
    for (Network.Node n : network.nodes()) {
      if (n.layer() instanceof BatchNorm2d) {
        normalised.addAll(n.inputs());
      }
    }
    String head = HeadLayer.find(network).map(Network.Node::name).orElse("");
    for (Network.Node n : network.nodes()) {
      boolean last = network.outputs().contains(n.name()) || n.name().equals(head);
      if (n.layer() instanceof Conv2d && !normalised.contains(n.name()) && !last) {
        convolutions.add(n.name());
      }
    }
  }

  ModelData by(Dataset given) {
    CheckedDataset images = new CheckedDataset("model: batch norms", given);
    if (network.inputs().size() > 1 || images.areFloats() || images.size() == 0) {
      throw new InvalidArgumentException(
          "model: adding batch norms requires a network with one input and at least one byte"
              + " image; network "
              + network.name()
              + " has "
              + network.inputs().size()
              + " inputs, "
              + images.name()
              + " has "
              + images.size()
              + " samples of "
              + (images.areFloats() ? Dataset.Kind.FLOATS : Dataset.Kind.BYTES));
    }
    network.requireSizes("model: adding batch norms");
    if (convolutions.isEmpty()) {
      return model;
    }
    Map<String, float[]> weights = new LinkedHashMap<>(model.weights());
    statistics(images).forEach((name, channels) -> channels.putInto(weights, name + SUFFIX));
    return new ModelData(grown(), weights, model.preprocessing(), model.provenance());
  }

  private Network grown() {
    Map<String, String> renamed = new HashMap<>();
    List<Network.Node> nodes = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      List<String> from = n.inputs().stream().map(i -> renamed.getOrDefault(i, i)).toList();
      nodes.add(new Network.Node(n.name(), n.layer(), from));
      if (convolutions.contains(n.name())) {
        nodes.add(new Network.Node(n.name() + SUFFIX, new BatchNorm2d(), List.of(n.name())));
        renamed.put(n.name(), n.name() + SUFFIX);
      }
    }
    return new Network(network.name(), network.inputs(), nodes, network.outputs(), network.tasks())
        .withDetection(network.detection());
  }

  /**
   * Sums over a convolution's output, by channel.
   *
   * @param sums the sum of the values of each channel
   * @param squares the sum of the squares of each channel
   * @param count the number of values per channel, in an array of length 1
   */
  private record Channels(double[] sums, double[] squares, long[] count) {
    Channels(int channels) {
      this(new double[channels], new double[channels], new long[1]);
    }

    void add(Shape shape, float[] values) {
      int plane = (int) (shape.dim(1) * shape.dim(2));
      for (int i = 0; i < values.length; i++) {
        int c = i / plane % sums.length;
        sums[c] += values[i];
        squares[c] += (double) values[i] * values[i];
      }
      count[0] += values.length / sums.length;
    }

    /**
     * Stores running statistics, and a scale and shift that undo the normalization.
     *
     * @param norm the name of the batch normalization
     */
    void putInto(Map<String, float[]> weights, String norm) {
      float[] mean = new float[sums.length];
      float[] variance = new float[sums.length];
      float[] scale = new float[sums.length];
      float eps = new BatchNorm2d().eps();
      for (int c = 0; c < sums.length; c++) {
        double m = sums[c] / count[0];
        mean[c] = (float) m;
        variance[c] = (float) Math.max(squares[c] / count[0] - m * m, 0);
        scale[c] = (float) Math.sqrt((double) variance[c] + eps);
      }
      weights.put(norm + ".weight", scale);
      weights.put(norm + ".bias", mean);
      weights.put(norm + ".running_mean", mean);
      weights.put(norm + ".running_var", variance);
    }
  }

  private Map<String, Channels> statistics(CheckedDataset images) {
    Map<String, Channels> all = new LinkedHashMap<>();
    for (String name : convolutions) {
      all.put(name, new Channels((int) network.shapes().get(name).dim(0)));
    }
    String input = network.inputs().keySet().iterator().next();
    Normalization normalization = model.normalization();
    ModelData part = model.part(List.of(), convolutions);
    try (Model features = Model.of(part)) {
      for (int from = 0; from < images.size(); from += BATCH) {
        byte[][] batch = new byte[Math.min(BATCH, images.size() - from)][];
        for (int i = 0; i < batch.length; i++) {
          batch[i] = images.bytes(from + i);
        }
        try (Arena arena = new Arena()) {
          Tensor x = normalization.batch(arena, images.shape(), batch);
          features
              .predict(Map.of(input, x))
              .forEach((name, y) -> all.get(name).add(network.shapes().get(name), y.toArray()));
        }
      }
    }
    return all;
  }
}
