package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Metrics;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What losses, the optimizer, metrics and tensors themselves refuse, and how. */
class LossErrorsTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private static Stream<DynamicTest> tests(Refusal... refusals) {
    return Stream.of(refusals).map(Refusal::test);
  }

  private static CrossEntropy weighted(float... weights) {
    return new CrossEntropy(0, weights, Reduction.MEAN);
  }

  @TestFactory
  Stream<DynamicTest> crossEntropy() {
    CrossEntropy loss = new CrossEntropy();
    Tensor x = tensor(2, 3);
    String op = "cross_entropy";
    return tests(
        argument(op, () -> new CrossEntropy(-0.1f), "label_smoothing", "-0.1"),
        argument(op, () -> new CrossEntropy(1.5f), "label_smoothing", "1.5"),
        argument(op, () -> new CrossEntropy(NAN), "label_smoothing", "NaN"),
        argument(op, () -> weighted(1, -1), "weight", "-1"),
        argument(op, () -> weighted(1, NAN), "weight", "NaN"),
        argument(op, () -> weighted(INF), "weight", "Infinity"),
        argument(op, () -> new CrossEntropy(0, null, null), "reduction", "null"),
        argument(op, () -> loss.forward(null, 0, 1), "logits", "null"),
        argument(op, () -> loss.forward(x, (int[]) null), "targets", "null"),
        argument(op, () -> loss.backward(null, 0, 1), "logits", "null"),
        argument(op, () -> loss.backward(x, (int[]) null), "targets", "null"),
        argument(op, () -> loss.forward(x, 0, 3), "target 3", "row 1", "[0, 3)"),
        argument(op, () -> loss.forward(x, -1, 0), "target -1", "row 0"),
        argument(op, () -> loss.ignoreIndex(255).forward(x, -100, 0), "target -100", "row 0"),
        argument(op, () -> loss.backward(x, 0, Integer.MAX_VALUE), "target 2147483647"),
        argument(op, () -> loss.backward(x, Integer.MIN_VALUE, 0), "target -2147483648"),
        shape(op, () -> loss.forward(x, 0), "2x3", "1 targets"),
        shape(op, () -> loss.backward(x, 0, 1, 2), "2x3", "3 targets"),
        shape(op, () -> loss.forward(tensor(2), 0, 1), "logits 2"),
        shape(op, () -> loss.forward(tensor(2, 3, 1, 1, 1), 0, 1), "2x3x1x1x1"),
        shape(op, () -> loss.forward(tensor(2, 3, 2, 1), 0, 1), "2x3x2x1", "2 targets"),
        argument(op, () -> loss.forward(x, (Tensor) null), "targets", "null"),
        argument(op, () -> loss.backward(null, x), "logits", "null"),
        shape(op, () -> loss.forward(x, tensor(3, 2)), "2x3", "3x2"),
        shape(op, () -> loss.backward(x, tensor(2)), "2x3", "targets 2"),
        argument(op, () -> loss.forward(tensor(2, 0), 0, 0), "0"),
        shape(op, () -> weighted(1, 1).forward(x, 0, 1), "2 class weights", "3 classes"));
  }

  @TestFactory
  Stream<DynamicTest> elementwise() {
    Tensor x = tensor(2, 3);
    return Stream.of(new Mse(), new Huber(), new BceWithLogits(), new SigmoidFocal())
        .flatMap(
            loss ->
                tests(
                    argument(loss.type(), () -> loss.forward(null, x), "outputs", "null"),
                    argument(loss.type(), () -> loss.forward(x, null), "targets", "null"),
                    argument(loss.type(), () -> loss.backward(null, x), "outputs", "null"),
                    argument(loss.type(), () -> loss.backward(x, null), "targets", "null"),
                    shape(loss.type(), () -> loss.forward(x, tensor(6)), "2x3", "targets 6"),
                    shape(loss.type(), () -> loss.backward(x, tensor(3, 2)), "2x3", "3x2")));
  }

  @TestFactory
  Stream<DynamicTest> settings() {
    Tensor x = tensor(2, 3);
    BceWithLogits two = new BceWithLogits(new float[2], null, Reduction.MEAN);
    return tests(
        argument("mse", () -> new Mse(null), "reduction", "null"),
        argument("sigmoid_focal", () -> new SigmoidFocal(-0.5, 2), "alpha -0.5"),
        argument("sigmoid_focal", () -> new SigmoidFocal(Double.NaN, 2), "alpha NaN"),
        argument("sigmoid_focal", () -> new SigmoidFocal(0, -1), "gamma -1"),
        argument("sigmoid_focal", () -> new SigmoidFocal(0, 1, null), "reduction", "null"),
        argument("softmax_focal", () -> new SoftmaxFocal(INF), "gamma Infinity"),
        argument("softmax_focal", () -> new SoftmaxFocal(2, null, null, 0), "reduction"),
        argument("softmax_focal", () -> new SoftmaxFocal().forward(x, 0, 3), "target 3", "row 1"),
        shape("softmax_focal", () -> new SoftmaxFocal().forward(x, 0), "2x3", "1 targets"),
        argument("dice", () -> new Dice(-1), "smooth -1"),
        argument("dice", () -> new Dice(Double.NaN), "smooth NaN"),
        argument("dice", () -> new Dice(1, null, 0), "reduction", "null"),
        argument("dice", () -> new Dice().forward(null, x), "logits", "null"),
        argument(
            "dice", () -> new Dice().backward(tensor(2, 3, 2), (int[]) null), "targets", "null"),
        shape("dice", () -> new Dice().forward(x, x), "2x3"),
        shape("dice", () -> new Dice().forward(tensor(2, 3, 2), 0), "2x3x2", "1 targets"),
        shape("dice", () -> new Dice().backward(tensor(2, 3, 2), x), "2x3x2", "targets 2x3"),
        argument("dice", () -> new Dice().forward(tensor(1, 3, 2), 0, 3), "target 3", "row 1"),
        argument("huber", () -> new Huber(0), "delta 0"),
        argument("huber", () -> new Huber(-1), "delta -1"),
        argument("huber", () -> new Huber(Double.NaN), "delta NaN"),
        argument("huber", () -> new Huber(Double.POSITIVE_INFINITY), "delta Infinity"),
        argument("huber", () -> new Huber(1, null), "reduction", "null"),
        argument("bce_with_logits", () -> new BceWithLogits(null, null, null), "reduction"),
        argument("bce_with_logits", () -> new BceWithLogits(1, -1), "pos weight -1"),
        argument(
            "bce_with_logits",
            () -> new BceWithLogits(new float[] {NAN}, null, Reduction.SUM),
            "class weight NaN"),
        shape("bce_with_logits", () -> two.forward(x, x), "2 class weights", "3 classes"),
        shape(
            "bce_with_logits",
            () -> new BceWithLogits(1, 2, 3, 4).backward(x, x),
            "4 pos weights",
            "3 classes"));
  }

  @TestFactory
  Stream<DynamicTest> sgd() {
    Tensor w = tensor(2, 3);
    Tensor g = tensor(2, 3);
    Sgd momentum = new Sgd(0.1f, 0.9f);
    return tests(
        argument("sgd", () -> new Sgd(-1), "lr", "-1"),
        argument("sgd", () -> new Sgd(NAN), "lr", "NaN"),
        argument("sgd", () -> new Sgd(INF), "lr", "Infinity"),
        argument("sgd", () -> new Sgd(1, -0.5f), "momentum", "-0.5"),
        argument("sgd", () -> new Sgd(1, NAN), "momentum", "NaN"),
        argument("sgd", () -> new Sgd(1, 0, -1, false), "weight_decay", "-1"),
        argument("sgd", () -> new Sgd(1, 0, 0, true), "nesterov", "momentum"),
        argument("sgd", () -> momentum.step(null, g, w, true), "weight", "null"),
        argument("sgd", () -> momentum.step(w, null, g, true), "grad", "null"),
        argument("sgd", () -> momentum.step(w, g, null, true), "momentum 0.9", "velocity"),
        shape("sgd", () -> momentum.step(w, tensor(6), g, true), "2x3", "6"),
        shape("sgd", () -> momentum.step(w, g, tensor(3, 2), true), "2x3", "3x2"));
  }

  @TestFactory
  Stream<DynamicTest> metrics() {
    Tensor x = tensor(2, 3);
    int[] labels = {0, 1};
    return tests(
        argument("accuracy", () -> Metrics.accuracy(null, 0, 1), "scores", "null"),
        argument("accuracy", () -> Metrics.accuracy(x, (int[]) null), "labels", "null"),
        shape("accuracy", () -> Metrics.accuracy(x, 0), "2x3", "1 labels"),
        shape("accuracy", () -> Metrics.accuracy(tensor(0, 3)), "0x3", "0 labels"),
        shape("accuracy", () -> Metrics.accuracy(tensor(2), 0, 1), "scores 2"),
        argument("accuracy", () -> Metrics.accuracy(x, 0, 3), "3", "[0, 3)"),
        argument("accuracy", () -> Metrics.accuracy(x, -1, 0), "-1"),
        argument("log_loss", () -> Metrics.logLoss(null, 0, 0), "null"),
        argument("log_loss", () -> Metrics.logLoss(x, 0, (int[]) null), "labels", "null"),
        shape("log_loss", () -> Metrics.logLoss(x, 0, 0), "2x3", "1 labels"),
        argument("log_loss", () -> Metrics.logLoss(x, 0, 0, 3), "3", "[0, 3)"),
        argument("one_hot", () -> Metrics.oneHot(null, labels, 3), "arena", "null"),
        argument("one_hot", () -> Metrics.oneHot(arena, null, 3), "labels", "null"),
        argument("one_hot", () -> Metrics.oneHot(arena, labels, 1), "label 1", "[0, 1)"),
        argument("one_hot", () -> Metrics.oneHot(arena, labels, -5), "-5"),
        argument("one_hot", () -> Metrics.oneHot(arena, new int[] {-1}, 5), "label -1"));
  }

  @TestFactory
  Stream<DynamicTest> tensors() {
    Tensor x = tensor(2, 3);
    return tests(
        argument("shape", () -> Shape.of(2, -3), "-3"),
        argument("shape", () -> Shape.of((long[]) null), "null"),
        argument("shape", () -> Shape.of(1L << 40, 1L << 20), "2^53"),
        argument("shape", () -> Shape.of(Long.MAX_VALUE, Long.MAX_VALUE), "2^53"),
        argument("shape", () -> x.shape().dim(2), "axis 2", "2x3"),
        argument("shape", () -> x.shape().dim(-1), "axis -1"),
        argument("shape", () -> Shape.of().sample(), "scalar"),
        argument("tensor", () -> arena.tensor(null), "null"),
        argument("tensor", () -> arena.tensor(Shape.of(2), (float[]) null), "null"),
        shape("tensor", () -> arena.tensor(Shape.of(2, 3), 1, 2), "2 values", "2x3", "6"),
        argument("tensor", () -> x.copyFrom(null), "null"),
        shape("tensor", () -> x.copyFrom(new float[7]), "7 values", "2x3"),
        argument("tensor", () -> x.get(1), "1 indices", "2x3"),
        argument("tensor", () -> x.get(2, 0), "axis 0", "index 2", "[0, 2)"),
        argument("tensor", () -> x.get(0, -1), "axis 1", "index -1", "[0, 3)"));
  }
}
