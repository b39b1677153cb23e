package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.BatchNorm2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.eager.NormGradients;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.shape.Concat;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How a recorded case of each operator runs through the public native operator. */
final class GoldenRunners {
  /** Runs all passes of a case and compares every recorded result. */
  interface Runner {
    void run(GoldenCase c, Arena arena, Passes passes);
  }

  /** The operators that exist. */
  private static final Map<String, Runner> TABLE =
      Map.ofEntries(
          Map.entry("conv2d", GoldenRunners::conv2d),
          Map.entry("max_pool2d", GoldenRunners::maxPool2d),
          Map.entry("avg_pool2d", GoldenRunners::avgPool2d),
          Map.entry("relu", GoldenRunners::relu),
          Map.entry("linear", GoldenRunners::linear),
          Map.entry("grid_sample", GoldenArithmetic::gridSample),
          Map.entry("matmul", GoldenArithmetic::matmul),
          Map.entry("softmax", GoldenRunners::softmax),
          Map.entry("flatten", GoldenRunners::flatten),
          Map.entry("flatten_linear", GoldenRunners::flattenLinear),
          Map.entry("batch_norm2d", GoldenRunners::batchNorm2d),
          Map.entry("concat", GoldenRunners::concat),
          Map.entry("optimizer.sgd", GoldenRunners::sgd));

  /** Tables of families of operators that have a file of their own. */
  private static final List<Map<String, Runner>> TABLES =
      List.of(
          TABLE,
          GoldenActivations.TABLE,
          GoldenArithmetic.PAIRS,
          GoldenArithmetic.TABLE,
          GoldenAttention.TABLE,
          GoldenLosses.TABLE,
          GoldenNorms.TABLE,
          GoldenOptimizers.TABLE,
          GoldenRecurrent.TABLE,
          GoldenReductions.TABLE,
          GoldenShapes.TABLE,
          GoldenSignals.TABLE,
          GoldenSpatial.TABLE,
          GoldenVolumes.TABLE);

  private GoldenRunners() {}

  static void run(GoldenCase c, Passes passes) {
    Runner runner =
        TABLES.stream()
            .map(table -> table.get(c.operator()))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    if (runner == null) {
      throw missing(c.operator());
    }
    try (Arena arena = new Arena()) {
      runner.run(c, arena, passes);
    }
  }

  private static AssertionError missing(String operator) {
    return new AssertionError("no native operator for " + operator);
  }

  static Conv2d conv2dLayer(GoldenCase c) {
    Shape weight = c.shape("weight");
    int[] sides = c.integers("padding");
    Conv2d layer =
        new Conv2d(
            (int) weight.dim(0),
            new Size((int) weight.dim(2), (int) weight.dim(3)),
            c.size("stride", Size.of(1)),
            sides.length == 4 ? Size.of(0) : c.size("padding", Size.of(0)),
            c.size("dilation", Size.of(1)),
            c.integer("groups", 1),
            c.has("bias"));
    if (sides.length == 4) {
      return layer.padding(sides[0], sides[1], sides[2], sides[3]);
    }
    return c.params().path("padding").isTextual() ? layer.padding("same") : layer;
  }

  private static void conv2d(GoldenCase c, Arena a, Passes p) {
    Conv2d layer = conv2dLayer(c);
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees(
        "output", p.run("conv2d", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("conv2d", () -> Eager.of(layer).backwardData(gy, w, x.shape())));
    gradients(c, p.run("conv2d", () -> Eager.of(layer).backwardWeights(x, gy)));
  }

  static void gradients(GoldenCase c, Gradients g) {
    c.agrees("grad_weight", g.weight());
    if (c.has("grad_bias")) {
      c.agrees("grad_bias", g.bias());
    } else {
      assertThat(g.bias()).isNull();
    }
  }

  private static Sides sides(GoldenCase c) {
    int[] s = c.integers("padding");
    return s.length == 4
        ? new Sides(s[0], s[1], s[2], s[3])
        : Sides.of(c.size("padding", Size.of(0)));
  }

  private static void maxPool2d(GoldenCase c, Arena a, Passes p) {
    Size kernel = c.size("kernel", null);
    MaxPool2d layer =
        new MaxPool2d(
            kernel,
            c.size("stride", kernel),
            Size.of(0),
            c.size("dilation", Size.of(1)),
            c.flag("ceil_mode", false),
            sides(c));
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("max_pool2d", () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run("max_pool2d", () -> Eager.of(layer).backward(x, gy)));
  }

  private static void avgPool2d(GoldenCase c, Arena a, Passes p) {
    Size kernel = c.size("kernel", null);
    AvgPool2d layer =
        new AvgPool2d(
            kernel,
            c.size("stride", kernel),
            Size.of(0),
            c.size("dilation", Size.of(1)),
            c.flag("ceil_mode", false),
            c.flag("count_include_pad", true),
            sides(c));
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("avg_pool2d", () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run("avg_pool2d", () -> Eager.of(layer).backward(gy, x.shape())));
  }

  private static void relu(GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("relu", () -> Eager.of(new Relu()).forward(x)));
    c.agrees("grad_input", p.run("relu", () -> Eager.of(new Relu()).backward(x, gy)));
  }

  private static void linear(GoldenCase c, Arena a, Passes p) {
    Shape weight = c.shape("weight");
    int out = (int) weight.dim(0);
    long rows = c.shape("input").elements() / weight.dim(1);
    Tensor x = c.tensor(a, "input", Shape.of(rows, weight.dim(1)));
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output", Shape.of(rows, out));
    Linear layer = new Linear(out, c.has("bias"));
    c.agrees(
        "output", p.run("linear", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("linear", () -> Eager.of(layer).backwardData(gy, w)));
    gradients(c, p.run("linear", () -> Eager.of(layer).backwardWeights(x, gy)));
  }

  private static void softmax(GoldenCase c, Arena a, Passes p) {
    Tensor x = classesSecond(c, a, "input");
    Tensor gy = classesSecond(c, a, "grad_output");
    Tensor y = p.run("softmax", () -> Eager.of(new Softmax()).forward(x));
    c.agrees("output", y);
    c.agrees("grad_input", p.run("softmax", () -> Eager.of(new Softmax()).backward(y, gy)));
  }

  /**
   * A view with the classes of a softmax along any axis as the second one: what lies outside it are
   * images, what lies inside it are rows of pixels.
   */
  static Tensor classesSecond(GoldenCase c, Arena a, String tensor) {
    Shape shape = c.shape("input");
    int axis = Math.floorMod(c.integer("dim", -1), shape.rank());
    long inner = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      inner *= shape.dim(i);
    }
    long outer = shape.elements() / shape.dim(axis) / inner;
    Shape view =
        inner == 1 ? Shape.of(outer, shape.dim(axis)) : Shape.of(outer, shape.dim(axis), inner, 1);
    return c.tensor(a, tensor, view);
  }

  /** Moves values in Java and computes nothing, so that no native implementation has a name. */
  private static void flatten(GoldenCase c, Arena a, Passes p) {
    if (c.integer("start_dim", 0) != 1) {
      throw missing("flatten from axis " + c.integer("start_dim", 0));
    }
    Tensor x = c.tensor(a, "input");
    Tensor y = Eager.of(new Flatten()).forward(x);
    assertThat(y.shape()).isEqualTo(c.shape("output"));
    c.agrees("output", y);
    c.agrees("grad_input", Eager.of(new Flatten()).backward(c.tensor(a, "grad_output"), x.shape()));
  }

  private static void flattenLinear(GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    Linear layer = new Linear((int) w.shape().dim(0), c.has("bias"));
    Tensor flat = Eager.of(new Flatten()).forward(x);
    c.agrees(
        "output",
        p.run("linear", () -> Eager.of(layer).forward(flat, w, c.tensorOrNull(a, "bias"))));
    Tensor gflat = p.run("linear", () -> Eager.of(layer).backwardData(gy, w));
    c.agrees("grad_input", Eager.of(new Flatten()).backward(gflat, x.shape()));
    gradients(c, p.run("linear", () -> Eager.of(layer).backwardWeights(flat, gy)));
  }

  private static void batchNorm2d(GoldenCase c, Arena a, Passes p) {
    BatchNorm2d layer = new BatchNorm2d(c.number("momentum", 0.1), c.number("eps", 1e-5));
    batchNorm(c, a, p, layer, c.tensor(a, "input"), c.tensor(a, "grad_output"));
  }

  /** A batch normalization of images, or of what is laid out as images. */
  static void batchNorm(GoldenCase c, Arena a, Passes p, BatchNorm2d layer, Tensor x, Tensor gy) {
    boolean training = c.flag("training", true);
    Tensor w = c.tensor(a, "weight");
    Tensor b = c.tensor(a, "bias");
    Tensor mean = c.tensor(a, "running_mean");
    Tensor var = c.tensor(a, "running_var");
    if (training) {
      BatchNorm2dPass.Training t =
          p.run("batch_norm2d", () -> Eager.of(layer).forwardTraining(x, w, b, mean, var));
      c.agrees("output", t.output());
      c.agrees("running_mean_after", t.runningMean());
      c.agrees("running_var_after", t.runningVar());
    } else {
      c.agrees("output", p.run("batch_norm2d", () -> Eager.of(layer).forward(x, w, b, mean, var)));
    }
    NormGradients back =
        p.run("batch_norm2d", () -> Eager.of(layer).backward(x, w, mean, var, gy, training));
    c.agrees("grad_input", back.input());
    c.agrees("grad_weight", back.weight());
    c.agrees("grad_bias", back.bias());
  }

  /** Both gradients are the output's, so that only the forward pass has something to run. */
  private static void concat(GoldenCase c, Arena a, Passes p) {
    Tensor x = c.tensor(a, "input");
    Tensor y = c.tensor(a, "other");
    Tensor gy = c.tensor(a, "grad_output");
    Concat layer = new Concat(c.integer("axis", 0));
    int axis = Math.floorMod(layer.axis(), x.shape().rank() - 1) + 1;
    c.agrees("output", p.run("concat", () -> Eager.of(layer).forward(x, y)));
    c.agrees("grad_input", p.run("concat", () -> Eager.of(layer).backward(gy, x.shape(), 0)));
    c.agrees(
        "grad_other",
        p.run("concat", () -> Eager.of(layer).backward(gy, y.shape(), x.shape().dim(axis))));
  }

  private static void sgd(GoldenCase c, Arena a, Passes p) {
    Sgd sgd =
        new Sgd(
            c.number("lr", 1e-3),
            c.number("momentum", 0),
            c.number("weight_decay", 0),
            c.flag("nesterov", false));
    Tensor w = c.tensor(a, "weight");
    Tensor velocity = a.tensor(w.shape());
    int steps = 0;
    for (; c.has("grad_" + steps); steps++) {
      int step = steps;
      Tensor g = c.tensor(a, "grad_" + step);
      p.run("sgd", () -> sgd.step(w, g, velocity, step == 0));
      c.agrees("weight_" + step, w);
    }
    assertThat(steps).as("recorded steps").isPositive();
  }
}
