package dev.quern.tests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.detect.BoxIou;
import dev.quern.detect.PointLoss;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** How a recorded case of each loss runs through the public native operators. */
final class GoldenLosses {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "cross_entropy", GoldenLosses::crossEntropy,
          "cross_entropy_soft", GoldenLosses::crossEntropy,
          "bce_with_logits", GoldenLosses::elementwise,
          "mse", GoldenLosses::elementwise,
          "huber", GoldenLosses::elementwise,
          "sigmoid_focal", GoldenLosses::elementwise,
          "softmax_focal", GoldenLosses::softmaxFocal,
          "dice", GoldenLosses::dice,
          "box_iou", GoldenLosses::boxIou,
          "point_loss", GoldenLosses::pointLoss);

  private GoldenLosses() {}

  private static boolean none(GoldenCase c) {
    return c.params().path("reduction").asText("mean").equals("none");
  }

  private static Reduction reduction(GoldenCase c) {
    String name = c.params().path("reduction").asText("mean");
    return name.equals("mean") ? Reduction.MEAN : Reduction.SUM;
  }

  private static void crossEntropy(GoldenCase c, Arena a, Passes p) {
    CrossEntropy loss =
        new CrossEntropy(
            c.number("label_smoothing", 0), c.numbers("class_weights"), reduction(c), ignored(c));
    Tensor x = c.tensor(a, "input");
    if (none(c)) {
      rows(c, a, p, loss);
    } else if (soft(c)) {
      whole(c, a, p, loss);
    } else {
      int[] labels = labels(c);
      double value = p.run("cross_entropy", () -> loss.forward(x, labels));
      agrees(c, a, value, p.run("cross_entropy", () -> loss.backward(x, labels)));
    }
  }

  private static int ignored(GoldenCase c) {
    return c.params().path("ignore_index").asInt(CrossEntropy.IGNORE_INDEX);
  }

  private static void softmaxFocal(GoldenCase c, Arena a, Passes p) {
    SoftmaxFocal loss =
        new SoftmaxFocal(
            c.number("gamma", 2), c.numbers("class_weights"), reduction(c), ignored(c));
    Tensor x = c.tensor(a, "input");
    int[] labels = labels(c);
    double value = p.run(loss.type(), () -> loss.forward(x, labels));
    agrees(c, a, value, p.run(loss.type(), () -> loss.backward(x, labels)));
  }

  private static void boxIou(GoldenCase c, Arena a, Passes p) {
    inJava(c, a, new BoxIou(c.params().path("generalized").asBoolean(), reduction(c)));
  }

  private static void pointLoss(GoldenCase c, Arena a, Passes p) {
    inJava(
        c,
        a,
        new PointLoss(
            c.params().path("alpha").asDouble(),
            c.params().path("gamma").asDouble(),
            c.params().path("box_weight").asDouble()));
  }

  private static void dice(GoldenCase c, Arena a, Passes p) {
    Dice loss = new Dice(c.number("smooth", 1), reduction(c), ignored(c));
    Tensor x = c.tensor(a, "input");
    if (soft(c)) {
      whole(c, a, p, loss);
    } else {
      int[] labels = labels(c);
      double value = p.run(loss.type(), () -> loss.forward(x, labels));
      agrees(c, a, value, p.run(loss.type(), () -> loss.backward(x, labels)));
    }
  }

  /** Class probabilities are a tensor of the input's shape, labels a parameter or another. */
  private static boolean soft(GoldenCase c) {
    return c.has("target") && c.shape("target").equals(c.shape("input"));
  }

  private static int[] labels(GoldenCase c) {
    if (c.has("target")) {
      float[] values = c.file().floats(c.name() + ".target");
      return IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
    }
    return flat(c.params().path("target")).toArray();
  }

  private static IntStream flat(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false).flatMapToInt(GoldenLosses::flat)
        : IntStream.of(node.asInt());
  }

  private static void elementwise(GoldenCase c, Arena a, Passes p) {
    if (none(c)) {
      elements(c, a, p);
    } else {
      whole(c, a, p, loss(c, c.numbers("weight"), c.numbers("pos_weight")));
    }
  }

  private static Loss loss(GoldenCase c, float[] weights, float[] posWeights) {
    return switch (c.operator()) {
      case "mse" -> new Mse(reduction(c));
      case "sigmoid_focal" ->
          new SigmoidFocal(
              c.params().path("alpha").asDouble(),
              c.params().path("gamma").asDouble(),
              reduction(c));
      case "huber" -> new Huber(c.params().path("delta").asDouble(1), reduction(c));
      default -> new BceWithLogits(weights, posWeights, reduction(c));
    };
  }

  private static void whole(GoldenCase c, Arena a, Passes p, Loss loss) {
    Tensor x = c.tensor(a, "input");
    Tensor y = c.tensor(a, "target");
    double value = p.run(loss.type(), () -> loss.forward(x, y));
    agrees(c, a, value, p.run(loss.type(), () -> loss.backward(x, y)));
  }

  /** No native operator runs. */
  private static void inJava(GoldenCase c, Arena a, Loss loss) {
    Tensor x = c.tensor(a, "input");
    Tensor y = c.tensor(a, "target");
    agrees(c, a, loss.forward(x, y), loss.backward(x, y));
  }

  private static void agrees(GoldenCase c, Arena a, double value, Tensor gradient) {
    c.agrees("output", (float) value);
    float gy = c.tensor(a, "grad_output").toArray()[0];
    float[] gx = gradient.toArray();
    for (int i = 0; i < gx.length; i++) {
      gx[i] *= gy;
    }
    c.agrees("grad_input", gx);
  }

  /** Without a reduction each row has a loss, which is the sum of a batch of that row alone. */
  private static void rows(GoldenCase c, Arena a, Passes p, CrossEntropy loss) {
    Shape shape = c.shape("input");
    int classes = (int) shape.dim(1);
    int pixels = (int) (shape.elements() / shape.dim(0) / classes);
    int[] labels = soft(c) ? null : labels(c);
    Pieces pieces = new Pieces(c, a, p);
    for (int r = 0; r < shape.elements() / classes; r++) {
      int first = r / pixels * classes * pixels + r % pixels;
      int[] at = IntStream.range(0, classes).map(k -> first + k * pixels).toArray();
      float[] oneHot = new float[classes];
      if (labels != null) {
        oneHot[labels[r]] = 1;
      }
      pieces.run(r, at, loss, labels == null ? null : oneHot);
    }
    pieces.agree();
  }

  /** Without a reduction each element has a loss of its own. */
  private static void elements(GoldenCase c, Arena a, Passes p) {
    float[] weights = c.numbers("weight");
    float[] positives = c.numbers("pos_weight");
    Pieces pieces = new Pieces(c, a, p);
    for (int i = 0; i < c.shape("input").elements(); i++) {
      pieces.run(i, new int[] {i}, loss(c, one(weights, i), one(positives, i)), null);
    }
    pieces.agree();
  }

  private static float[] one(float[] weights, int element) {
    return weights == null ? null : new float[] {weights[element % weights.length]};
  }

  /** A case piece by piece. */
  private static final class Pieces {
    private final GoldenCase c;
    private final Arena arena;
    private final Passes passes;
    private final float[] input;
    private final float[] gradOutput;
    private final float[] output;
    private final float[] gradInput;

    Pieces(GoldenCase c, Arena arena, Passes passes) {
      this.c = c;
      this.arena = arena;
      this.passes = passes;
      input = c.tensor(arena, "input").toArray();
      gradOutput = c.tensor(arena, "grad_output").toArray();
      output = new float[gradOutput.length];
      gradInput = new float[input.length];
    }

    /**
     * @param at where the piece's elements lie
     * @param targetsOrNull null for the recorded ones at the same places
     */
    void run(int piece, int[] at, Loss loss, float[] targetsOrNull) {
      Tensor x = arena.tensor(Shape.of(1, at.length), picked(input, at));
      float[] targets =
          targetsOrNull != null ? targetsOrNull : picked(c.file().floats(c.name() + ".target"), at);
      Tensor y = arena.tensor(x.shape(), targets);
      output[piece] = (float) (double) passes.run(loss.type(), () -> loss.forward(x, y));
      float[] gx = passes.run(loss.type(), () -> loss.backward(x, y)).toArray();
      for (int k = 0; k < at.length; k++) {
        gradInput[at[k]] = gx[k] * gradOutput[piece];
      }
    }

    private static float[] picked(float[] values, int[] at) {
      float[] picked = new float[at.length];
      for (int k = 0; k < at.length; k++) {
        picked[k] = values[at[k]];
      }
      return picked;
    }

    void agree() {
      c.agrees("output", output);
      c.agrees("grad_input", gradInput);
    }
  }
}
