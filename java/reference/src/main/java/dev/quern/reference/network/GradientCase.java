package dev.quern.reference.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Parameter;
import dev.quern.layer.Quantized;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.network.Network.Node;
import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.LossReference;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * One gradient check: a network with random weights, input and labels or targets, all exact in
 * single precision, and the loss whose gradients are checked. Thread-safe.
 */
final class GradientCase {
  private static final long SEED = 1;

  private final Network network;
  private final ReferenceNetwork reference;
  private final NdArray input;
  private final Wanted wanted;
  private final Map<String, NdArray> activations;

  /** A loss with its labels, or with its targets if {@code labels} is null. */
  record Wanted(Loss loss, int[] labels, NdArray targets) {
    double loss(NdArray output) {
      return labels == null
          ? LossReference.forward(loss, output, targets)
          : LossReference.forward(loss, output, labels);
    }

    NdArray gradient(NdArray output) {
      return labels == null
          ? LossReference.backward(loss, output, targets)
          : LossReference.backward(loss, output, labels);
    }
  }

  /** Draws the random labels or targets of a loss. */
  interface Kind {
    Wanted draw(Network network, int batch, SplittableRandom random);
  }

  private GradientCase(Network network, ReferenceNetwork reference, NdArray input, Wanted wanted) {
    this.network = network;
    this.reference = reference;
    this.input = input;
    this.wanted = wanted;
    reference.random(SEED, 0); // dropout as in the trainer's first step
    activations = reference.forward(input, true);
  }

  /**
   * Draws a case with random weights and input.
   *
   * @param network a network with one input and output; for {@link #labels}, an output with several
   *     axes is flattened
   * @throws InvalidArgumentException if the network has several inputs or outputs
   */
  static GradientCase draw(Network network, Kind kind, int batch, SplittableRandom random) {
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          "gradient check: network " + network.name() + " has several inputs or outputs");
    }
    network.requireSizes("gradient check");
    Map<String, NdArray> state = new LinkedHashMap<>();
    network.parameters().forEach((name, p) -> state.put(name, draw(p, random)));
    network.buffers().forEach((name, b) -> state.put(name, filled(b.shape(), b::initial)));
    network.nodes().forEach(n -> round(n, state));
    NdArray input = filled(network.input().batch(batch), random::nextGaussian);
    Wanted wanted = kind.draw(network, batch, random);
    Network whole = wanted.labels == null || network.output().rank() == 1 ? network : flat(network);
    return new GradientCase(whole, new ReferenceNetwork(whole, state), input, wanted);
  }

  /**
   * Returns cross-entropy with random labels.
   *
   * @throws InvalidArgumentException if the output is a single number, whose cross-entropy is
   *     always 0
   */
  static Kind labels() {
    return (network, batch, random) -> {
      int outputs = Checks.length("gradient check", network.output());
      if (outputs < 2) {
        throw new InvalidArgumentException(
            "gradient check: output "
                + network.output()
                + " of network "
                + network.name()
                + " must have 2 classes or more for cross-entropy");
      }
      return new Wanted(new CrossEntropy(), random.ints(batch, 0, outputs).toArray(), null);
    };
  }

  /** Returns a loss with random targets in [0, 1). */
  static Kind targets(Loss loss) {
    return (network, batch, random) -> {
      Shape output = network.output();
      Shape target =
          loss instanceof CustomLoss own ? CustomLoss.Pass.targetShape(own, output) : output;
      return new Wanted(loss, null, filled(target.batch(batch), random::nextDouble));
    };
  }

  /**
   * Returns a copy of this case with the input changed at random by slightly more than the rounding
   * of single precision.
   */
  GradientCase moved(SplittableRandom random) {
    NdArray near = input.copy();
    for (int i = 0; i < near.size(); i++) {
      near.add(i, 1e-5 * random.nextGaussian());
    }
    return new GradientCase(network, reference, near, wanted);
  }

  private static Network flat(Network network) {
    List<Node> nodes = new ArrayList<>(network.nodes());
    String last = network.outputs().get(0);
    String name = "flattened";
    while (network.shapes().containsKey(name)) {
      name += "_";
    }
    nodes.add(new Node(name, new Flatten(), List.of(last)));
    return new Network(network.name(), network.inputs(), nodes, List.of(name));
  }

  /**
   * Draws a parameter. Weights are uniform with variance {@code 1 / fanIn}, so that activations
   * neither grow nor vanish. Parameters initialized to a constant other than 0 are within 1/4 of
   * the constant. Parameters initialized to 0 (biases) are between 2 and 3, so that after a
   * normalization few values are near the kink of a ReLU.
   */
  private static NdArray draw(Parameter p, SplittableRandom random) {
    if (p.fanIn() > 0) {
      double bound = Math.sqrt(3.0 / p.fanIn());
      return filled(p.shape(), () -> random.nextDouble(-bound, bound));
    }
    return p.constant() == 0
        ? filled(p.shape(), () -> random.nextDouble(2, 3))
        : filled(p.shape(), () -> p.constant() + random.nextDouble(-0.25, 0.25));
  }

  /** Rounds integer weights, because their gradient is defined at integers. */
  private static void round(Node n, Map<String, NdArray> state) {
    if (n.layer() instanceof Quantized q) {
      NdArray weight = state.get(n.name() + ".weight");
      float[] values = weight.toFloats();
      float[] scales = Quantized.round(values, q.channels());
      state.put(n.name() + ".weight", NdArray.of(weight.shape(), values));
      state.put(n.name() + "." + Quantized.SCALE, NdArray.of(Shape.of(scales.length), scales));
    }
  }

  private static NdArray filled(Shape shape, DoubleSupplier values) {
    NdArray array = new NdArray(shape);
    for (int i = 0; i < array.size(); i++) {
      array.set(i, (float) values.getAsDouble());
    }
    return array;
  }

  /** Returns the parameter with this name, or the input. */
  NdArray tensor(String name) {
    return network.inputs().containsKey(name) ? input : reference.parameters().get(name);
  }

  /** Returns the loss. */
  double loss() {
    return loss(activations.get(outputName()));
  }

  /** Returns the loss with one tensor replaced. */
  double lossWith(String name, NdArray value) {
    return loss(reference.outputWith(activations, name, value, true));
  }

  private double loss(NdArray logits) {
    return wanted.loss(logits);
  }

  private String outputName() {
    return network.outputs().get(0);
  }

  /**
   * Returns the reference gradients of the parameters in the network's order, followed by the
   * input's.
   */
  Map<String, NdArray> twinGradients() {
    NdArray gradLogits = wanted.gradient(activations.get(outputName()));
    ReferenceNetwork.Gradients gradients = reference.backward(activations, gradLogits, true);
    Map<String, NdArray> all = new LinkedHashMap<>(gradients.parameters());
    all.putAll(gradients.inputs());
    return all;
  }

  /**
   * Returns the native gradients of the parameters; the native network does not compute the input's
   * gradient.
   */
  Map<String, NdArray> nativeGradients() {
    Map<String, float[]> state = new LinkedHashMap<>();
    reference.parameters().forEach((name, array) -> state.put(name, array.toFloats()));
    Map<String, NdArray> gradients = new LinkedHashMap<>();
    try (Trainer trainer =
            Trainer.builder(network)
                .batch(input.dim(0))
                .seed(SEED)
                .optimizer(new Sgd(0))
                .loss(wanted.loss)
                .weights(state)
                .build();
        Arena arena = new Arena()) {
      Tensor images = arena.tensor(input.shape(), input.toFloats());
      if (wanted.labels == null) {
        trainer.step(images, arena.tensor(wanted.targets.shape(), wanted.targets.toFloats()));
      } else {
        trainer.step(images, wanted.labels);
      }
      trainer
          .gradients()
          .forEach((name, g) -> gradients.put(name, NdArray.of(tensor(name).shape(), g)));
    }
    return gradients;
  }
}
