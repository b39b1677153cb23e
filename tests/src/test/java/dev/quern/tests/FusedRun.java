package dev.quern.tests;

import dev.quern.data.Normalization;
import dev.quern.eager.Eager;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.BatchNorm2dReference;
import dev.quern.reference.layer.BatchNorm2dReference.Statistics;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network with drawn weights and running statistics, all far from what they start as, and how far
 * plans are from its twin in double precision. About half of all values in front of a ReLU are
 * below 0.
 */
final class FusedRun {
  private static final int MOST = 65;

  /**
   * Gradients are judged by this share of the network's largest at least: that of a bias ahead of
   * normalization is 0, and in single precision a sum of some hundred values that cancel.
   */
  private static final double SMALLEST_SCALE = 1e-2;

  private final Network network;
  private final Values values;
  private final Map<String, float[]> state = new LinkedHashMap<>();
  private final ModelData data;
  private final ReferenceNetwork twin;

  FusedRun(Network network, long seed) {
    this.network = network;
    values = Values.floats(seed);
    network
        .parameters()
        .forEach(
            (name, p) ->
                state.put(
                    name,
                    p.fanIn() > 0
                        ? drawn(p.shape(), 0, Math.sqrt(3.0 / p.fanIn()))
                        : drawn(p.shape(), p.constant(), 0.7)));
    network
        .buffers()
        .forEach((name, b) -> state.put(name, drawn(b.shape(), name.endsWith("var") ? 1 : 0, 0.7)));
    data =
        new ModelData(
            network, state, Normalization.unit((int) network.input().dim(0)), List.of(), Map.of());
    twin = ReferenceNetwork.of(data);
  }

  private float[] drawn(Shape shape, double middle, double spread) {
    float[] all = values.array(shape).toFloats();
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (middle + spread * all[i]);
    }
    return all;
  }

  /** Whether that implementation takes every convolution, and there is one. */
  boolean accepts(String implementation) {
    Map<String, Shape> shapes = network.shapes();
    List<Network.Node> convolutions =
        network.nodes().stream().filter(n -> n.layer() instanceof Conv2d).toList();
    return !convolutions.isEmpty()
        && convolutions.stream()
            .allMatch(
                n ->
                    Eager.of(((Conv2d) n.layer()))
                        .accepts(implementation, shapes.get(n.inputs().get(0)).batch(MOST)));
  }

  /** A batch of 65, which a model computes in two pieces, with the twin's output. */
  record Expected(NdArray images, NdArray outputs) {}

  Expected expected() {
    NdArray images = values.array(network.input().batch(MOST));
    return new Expected(images, twin.output(images));
  }

  /** The largest distance of predictions from the twin's evaluation, for batches of 3, 65 and 1. */
  double predictions(Expected expected) {
    double worst = 0;
    try (Model model = Model.of(data)) {
      for (int n : new int[] {3, MOST, 1}) {
        double[] wanted = first(expected.outputs(), n);
        try (Arena arena = new Arena()) {
          Tensor images =
              arena.tensor(network.input().batch(n), floats(first(expected.images(), n)));
          float[] got = model.predict(images).toArray();
          worst = Math.max(worst, Compare.distance(got, wanted, 1));
        }
      }
    }
    return worst;
  }

  private static double[] first(NdArray batch, int n) {
    return Arrays.copyOf(batch.values(), batch.size() / batch.dim(0) * n);
  }

  private static float[] floats(double[] from) {
    float[] to = new float[from.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) from[i];
    }
    return to;
  }

  /**
   * The largest distance of a training step's loss, gradients and running statistics from the
   * twin's.
   */
  double training(int batch) {
    NdArray images = values.array(network.input().batch(batch));
    int[] labels = values.labels(batch, (int) network.output().elements());
    twin.random(1, 0);
    ReferenceNetwork.LossAndGradients wanted =
        twin.lossAndGradients(images, labels, new CrossEntropy());
    try (Trainer trainer =
            Trainer.builder(network).batch(batch + 2).optimizer(new Sgd(0)).weights(state).build();
        Arena arena = new Arena()) {
      double loss = trainer.step(Values.tensor(arena, images), labels);
      double worst = Math.abs(loss - wanted.loss()) / Math.max(1, wanted.loss());
      Map<String, float[]> gradients = trainer.gradients();
      double scale = largest(wanted.gradients().parameters());
      for (Map.Entry<String, NdArray> e : wanted.gradients().parameters().entrySet()) {
        double[] twins = e.getValue().values();
        worst =
            Math.max(
                worst, Compare.distance(gradients.get(e.getKey()), twins, SMALLEST_SCALE * scale));
      }
      return Math.max(worst, statistics(images, trainer.modelData(List.of(), Map.of())));
    }
  }

  private static double largest(Map<String, NdArray> all) {
    return all.values().stream()
        .flatMapToDouble(a -> Arrays.stream(a.values()))
        .map(Math::abs)
        .max()
        .orElse(0);
  }

  private double statistics(NdArray images, ModelData trained) {
    Map<String, NdArray> activations = twin.forward(images, true);
    double worst = 0;
    for (Network.Node n : network.nodes()) {
      if (n.layer() instanceof BatchNorm2d layer) {
        String mean = n.name() + ".running_mean";
        String var = n.name() + ".running_var";
        Statistics moved =
            BatchNorm2dReference.moved(
                layer,
                new Statistics(twin.parameters().get(mean), twin.parameters().get(var)),
                activations.get(n.inputs().get(0)));
        worst =
            Math.max(
                worst,
                Math.max(
                    Compare.distance(trained.weights().get(mean), moved.mean().values(), 1),
                    Compare.distance(trained.weights().get(var), moved.var().values(), 1)));
      }
    }
    return worst;
  }
}
