package dev.quern.notebook;

import static dev.quern.notebook.Traits.everyTie;
import static dev.quern.notebook.Traits.firstChannelForAll;
import static dev.quern.notebook.Traits.firstElementTwice;
import static dev.quern.notebook.Traits.reluDerivative;
import static dev.quern.notebook.Traits.timesOneMinusSquare;
import static dev.quern.notebook.Traits.toInt64;
import static dev.quern.notebook.Traits.transposed;

import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.metric.Metrics;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A recorded step of the notebook once more, in float32 through the native operators, with the
 * notebook's {@link Traits} added around them. Images, labels and the parameters before the step
 * are read from the record; every other tensor is computed from those, none from a recorded one.
 *
 * <p>Float32 is enough for this step: up to the flattened input all values are whole numbers below
 * 2^24, hence exact and with the same ties, and gradients stay below 1e32.
 */
final class Replay {
  private static final Conv2d CONV1 = new Conv2d(1, 5).bias(false);
  private static final Conv2d CONV2 = new Conv2d(1, 3).bias(false);
  private static final MaxPool2d POOL1 = new MaxPool2d(2);
  private static final MaxPool2d POOL2 = new MaxPool2d(2).stride(1);
  private static final Linear FC1 = new Linear(64);
  private static final Linear FC2 = new Linear(RecordedStep.CLASSES);
  private static final Relu RELU = new Relu();
  private static final Flatten FLATTEN = new Flatten();

  private static final double EPSILON = 1e-4;
  private static final CrossEntropy SUM = new CrossEntropy(0, null, CrossEntropy.Reduction.SUM);
  private static final Sgd SGD = new Sgd(0.001f);

  private static final String TWICE = "first window twice";
  private static final String NO_RELU = "no ReLU derivative";

  private final RecordedStep step;
  private final Arena arena;
  private final int[] labels;
  private final Ledger ledger = new Ledger();
  private final Map<String, Update> updates = new HashMap<>();

  private final Tensor k1;
  private final Tensor k2;
  private final Tensor w3;
  private final Tensor b3;
  private final Tensor w4;
  private final Tensor b4;

  private record Update(Tensor parameter, Tensor gradient) {}

  private Replay(RecordedStep step, Arena arena) {
    this.step = step;
    this.arena = arena;
    labels = step.labels();
    k1 = before("K1", CONV1.weightShape(3));
    k2 = before("K2", CONV2.weightShape(1));
    w3 = transposed(before("W3", RecordedStep.PARAMETERS.get("W3")));
    b3 = before("b3", RecordedStep.PARAMETERS.get("b3"));
    w4 = transposed(before("W4", RecordedStep.PARAMETERS.get("W4")));
    b4 = before("b4", RecordedStep.PARAMETERS.get("b4"));
  }

  private Tensor before(String name, Shape shape) {
    return arena.tensor(shape, step.floats("before." + name));
  }

  /** Everything that the step computes, under the record's names. */
  static List<Ledger.Entry> of(RecordedStep step) {
    try (Arena arena = new Arena()) {
      Replay replay = new Replay(step, arena);
      Forward forward = replay.forward();
      replay.backwardConvolutions(forward, replay.backwardLinear(forward));
      replay.descend();
      return replay.ledger.entries();
    }
  }

  /** The forward pass's tensors that the backward pass needs; shapes as in the record. */
  private record Forward(
      Tensor x,
      Tensor conv1,
      Tensor pool1,
      Tensor conv2,
      Tensor pool2,
      Tensor flat,
      Tensor fc,
      Tensor logits) {}

  private Forward forward() {
    Tensor x = arena.tensor(Shape.of(step.images(), 3, 32, 32), step.floats("x"));
    Tensor conv1 = keep("conv1_activated", relu(ran(Eager.of(CONV1).forward(x, k1, null))));
    Tensor pool1 = keep("pool1", ran(Eager.of(POOL1).forward(conv1)));
    Tensor conv2 = keep("conv2_activated", relu(ran(Eager.of(CONV2).forward(pool1, k2, null))));
    Tensor pool2 = ran(Eager.of(POOL2).forward(conv2));
    Tensor flat = keep("flat", Eager.of(FLATTEN).forward(pool2));
    Tensor fc = keep("fc_activated", relu(ran(Eager.of(FC1).forward(flat, w3, b3))));
    Tensor logits = keep("logits", ran(Eager.of(FC2).forward(fc, w4, b4)));
    Tensor probs = keep("probs", ran(Eager.of(new Softmax()).forward(logits)));
    ledger.trait("-log(p + 1e-4)");
    ledger.keep("loss", Metrics.logLoss(probs, EPSILON, labels));
    return new Forward(x, conv1, pool1, conv2, pool2, flat, fc, logits);
  }

  /** Both fully connected layers; returns the gradient of the second pooling's output. */
  private Tensor backwardLinear(Forward f) {
    ledger.trait("a sum, not a mean");
    Tensor delta4 = ran(SUM.backward(f.logits, labels));
    ledger.trait("ReLU's derivative for its value");
    Tensor derivative = ran(reluDerivative(RELU, f.fc));
    Gradients fc2 = ran(Eager.of(FC2).backwardWeights(derivative, delta4));
    keepGradient("W4", w4, fc2.weight());
    keepBiasGradient("b4", b4, fc2.bias());

    Tensor delta3 = timesTanhDerivative(ran(Eager.of(FC2).backwardData(delta4, w4)), f.fc);
    Gradients fc1 = ran(Eager.of(FC1).backwardWeights(f.flat, delta3));
    keepGradient("W3", w3, fc1.weight());
    keepBiasGradient("b3", b3, fc1.bias());

    Tensor delta2 = timesTanhDerivative(ran(Eager.of(FC1).backwardData(delta3, w3)), f.flat);
    return Eager.of(FLATTEN).backward(delta2, f.pool2.shape());
  }

  private void backwardConvolutions(Forward f, Tensor delta2) {
    Tensor conv2 = keep("dconv2_activated", pooling(POOL2, f.conv2, delta2));
    Tensor twice2 = twice(conv2);
    ledger.trait(NO_RELU);
    Tensor pool1 = keep("dpool1", ran(Eager.of(CONV2).backwardData(twice2, k2, f.pool1.shape())));
    ledger.trait(TWICE);
    ledger.trait(NO_RELU);
    keepGradient("K2", k2, ran(Eager.of(CONV2).backwardWeights(f.pool1, twice2)).weight());

    Tensor conv1 = keep("dconv1_activated", pooling(POOL1, f.conv1, pool1));
    Tensor twice1 = twice(conv1);
    ledger.trait(NO_RELU);
    ledger.trait("channel 0's kernel for all");
    Tensor kernel = firstChannelForAll(k1);
    keep("dx", ran(Eager.of(CONV1).backwardData(twice1, kernel, f.x.shape())));
    ledger.trait(TWICE);
    ledger.trait(NO_RELU);
    keepGradient("K1", k1, ran(Eager.of(CONV1).backwardWeights(f.x, twice1)).weight());
  }

  private Tensor pooling(MaxPool2d pool, Tensor input, Tensor gradOutput) {
    Tensor gradient = twice(gradOutput);
    ledger.trait("every tie gets all");
    return everyTie(pool, input, gradient, ran(Eager.of(pool).backward(input, gradient)));
  }

  private Tensor twice(Tensor gradOutput) {
    ledger.trait(TWICE);
    return firstElementTwice(gradOutput);
  }

  private Tensor timesTanhDerivative(Tensor gradient, Tensor x) {
    ledger.trait("1 - x^2");
    return timesOneMinusSquare(gradient, x);
  }

  private Tensor relu(Tensor input) {
    return ran(Eager.of(RELU).forward(input));
  }

  private void keepGradient(String name, Tensor parameter, Tensor gradient) {
    keep("d" + name, recorded(gradient));
    updates.put(name, new Update(parameter, gradient));
  }

  private void keepBiasGradient(String name, Tensor parameter, Tensor gradient) {
    ledger.keepAlso("d" + name, gradient);
    updates.put(name, new Update(parameter, gradient));
  }

  /** In the end, as in the notebook: the backward pass has used the parameters from before. */
  private void descend() {
    for (String name : RecordedStep.PARAMETERS.keySet()) {
      Update update = updates.get(name);
      SGD.step(update.parameter, update.gradient, null, true);
      Tensor after = ran(update.parameter);
      if (RecordedStep.KERNELS.contains(name)) {
        ledger.trait("converted to int64");
        ledger.keep("after." + name, toInt64(after));
      } else {
        keep("after." + name, recorded(after));
      }
    }
  }

  /** In the record's layout: matrices inputs first. */
  private static Tensor recorded(Tensor parameter) {
    return parameter.shape().rank() == 2 ? transposed(parameter) : parameter;
  }

  private Tensor keep(String name, Tensor tensor) {
    return ledger.keep(name, tensor);
  }

  private <T> T ran(T result) {
    return ledger.ran(result);
  }
}
