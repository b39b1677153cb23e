package dev.quern.report.measure;

import dev.quern.data.MultiDataset;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.report.data.ActivationData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Measures the activations of a network's layers for a few samples. */
public final class Activity {
  /** Maximum number of measured samples. */
  public static final int SAMPLES = 32;

  private static final int MOST_LAYERS = 64;

  /** Maximum number of measured values of all layers together. */
  private static final long MOST_VALUES = 8L << 20;

  /**
   * Types of layers with dead channels: if all values of a channel are 0, its gradient is 0, too.
   */
  private static final Set<String> RECTIFIERS = Set.of("relu", "relu6");

  private Activity() {}

  /**
   * Returns the statistics of each layer with a weight matrix or filters, and of each ReLU; empty
   * without samples.
   */
  public static List<ActivationData> of(int epoch, ModelData data, MultiDataset samples) {
    List<String> layers = new ArrayList<>();
    long each = 0;
    for (Network.Node n : data.network().nodes()) {
      Network.Facts facts = data.network().facts(n.name());
      boolean weights = facts.parameters().stream().anyMatch(p -> p.shape().rank() > 1);
      if ((weights || RECTIFIERS.contains(facts.type())) && layers.size() < MOST_LAYERS) {
        layers.add(n.name());
        each += facts.output().elements();
      }
    }
    int count = (int) Math.min(Math.min(SAMPLES, samples.size()), MOST_VALUES / Math.max(1, each));
    if (layers.isEmpty() || count < 1) {
      return List.of();
    }
    ModelData part = data.part(List.of(), layers);
    List<ActivationData> all = new ArrayList<>();
    try (Model model = Model.of(part);
        Arena arena = new Arena()) {
      Map<String, Tensor> inputs = Samples.batch(arena, part, samples, 0, count);
      model.predict(inputs).forEach((layer, values) -> all.add(of(epoch, data, layer, values)));
    }
    return all;
  }

  private static ActivationData of(int epoch, ModelData data, String layer, Tensor values) {
    String type = data.network().facts(layer).type();
    float[] all = values.toArray();
    double squares = 0;
    for (float v : all) {
      squares += (double) v * v;
    }
    double dead = RECTIFIERS.contains(type) ? dead(values, all) : Double.NaN;
    return new ActivationData(epoch, layer, type, Math.sqrt(squares / all.length), dead);
  }

  /**
   * Returns the fraction of channels of [N, C, H, W], or of features of [N, F], that are 0 for all
   * samples (dead units).
   */
  private static double dead(Tensor values, float... all) {
    int samples = (int) values.shape().dim(0);
    int units = (int) values.shape().dim(1);
    int plane = all.length / (samples * units);
    int dead = 0;
    for (int u = 0; u < units; u++) {
      boolean silent = true;
      for (int n = 0; n < samples && silent; n++) {
        int from = (n * units + u) * plane;
        for (int i = from; i < from + plane && silent; i++) {
          silent = all[i] == 0;
        }
      }
      dead += silent ? 1 : 0;
    }
    return (double) dead / units;
  }
}
