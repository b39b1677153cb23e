package dev.quern.tests;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.layer.Linear;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.Locale;
import java.util.Map;

/** How recorded cases of layers that rearrange, cut and combine values run natively. */
final class GoldenArithmetic {
  static final Map<String, GoldenRunners.Runner> PAIRS =
      Map.of(
          "add",
              (c, a, p) ->
                  pair("add", c, a, p, Eager.of(new Add())::forward, Eager.of(new Add())::backward),
          "minimum",
              (c, a, p) ->
                  pair(
                      "minimum",
                      c,
                      a,
                      p,
                      Eager.of(new Minimum())::forward,
                      Eager.of(new Minimum())::backward),
          "pow",
              (c, a, p) ->
                  pair("pow", c, a, p, Eager.of(new Pow())::forward, Eager.of(new Pow())::backward),
          "compare", GoldenArithmetic::compare,
          "where", GoldenArithmetic::where);

  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "linear_rows", GoldenArithmetic::linear,
          "slice",
              (c, a, p) ->
                  Moving.of(
                          new Slice(
                              c.integer("axis", 0),
                              c.integer("start", 0),
                              c.integer("end", 0),
                              c.integer("step", 1)))
                      .check(c, a, p),
          "chunk",
              (c, a, p) ->
                  Moving.of(
                          new Chunk(
                              c.integer("axis", 0), c.integer("chunks", 1), c.integer("index", 0)))
                      .check(c, a, p),
          "permute", (c, a, p) -> Moving.of(new Permute(c.integers("dims"))).check(c, a, p),
          "reshape", (c, a, p) -> Moving.of(new Reshape(c.integers("to"))).check(c, a, p),
          "channel_shuffle",
              (c, a, p) -> Moving.of(new ChannelShuffle(c.integer("groups", 1))).check(c, a, p),
          "subtract",
              (c, a, p) ->
                  pair(
                      "subtract",
                      c,
                      a,
                      p,
                      Eager.of(new Subtract())::forward,
                      Eager.of(new Subtract())::backward),
          "divide",
              (c, a, p) ->
                  pair(
                      "divide",
                      c,
                      a,
                      p,
                      Eager.of(new Divide())::forward,
                      Eager.of(new Divide())::backward),
          "maximum",
              (c, a, p) ->
                  pair(
                      "maximum",
                      c,
                      a,
                      p,
                      Eager.of(new Maximum())::forward,
                      Eager.of(new Maximum())::backward));

  private GoldenArithmetic() {}

  private static void compare(GoldenCase c, Arena a, Passes p) {
    dev.quern.layer.math.Compare layer =
        new dev.quern.layer.math.Compare(
            dev.quern.layer.math.Compare.Kind.valueOf(
                c.params().path("kind").asText().toUpperCase(Locale.ROOT)));
    Tensor x = c.tensor(a, "input");
    Tensor other = c.tensor(a, "other");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("compare", () -> Eager.of(layer).forward(x, other)));
    BinaryGradients back = p.run("compare", () -> Eager.of(layer).backward(x, other, gy));
    c.agrees("grad_input", back.input());
    c.agrees("grad_other", back.other());
  }

  private static void where(GoldenCase c, Arena a, Passes p) {
    Tensor when = c.tensor(a, "condition");
    Tensor x = c.tensor(a, "input");
    Tensor other = c.tensor(a, "other");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("where", () -> Eager.of(new Where()).forward(when, x, other)));
    BinaryGradients back = p.run("where", () -> Eager.of(new Where()).backward(when, x, other, gy));
    c.agrees("grad_input", back.input());
    c.agrees("grad_other", back.other());
  }

  private static void linear(GoldenCase c, Arena a, Passes p) {
    Linear layer = new Linear((int) c.shape("weight").dim(0), c.has("bias"));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees(
        "output", p.run("linear", () -> Eager.of(layer).forward(x, w, c.tensorOrNull(a, "bias"))));
    c.agrees("grad_input", p.run("linear", () -> Eager.of(layer).backwardData(gy, w)));
    GoldenRunners.gradients(c, p.run("linear", () -> Eager.of(layer).backwardWeights(x, gy)));
  }

  static void gridSample(GoldenCase c, Arena a, Passes p) {
    GridSample layer =
        new GridSample(
            GridSample.Mode.valueOf(c.params().path("mode").asText().toUpperCase(Locale.ROOT)),
            GridSample.PaddingMode.valueOf(
                c.params().path("padding_mode").asText().toUpperCase(Locale.ROOT)),
            c.flag("align_corners", false));
    pair("grid_sample", c, a, p, Eager.of(layer)::forward, Eager.of(layer)::backward);
  }

  static void matmul(GoldenCase c, Arena a, Passes p) {
    pair("matmul", c, a, p, Eager.of(new Matmul())::forward, Eager.of(new Matmul())::backward);
  }

  /** The passes of a layer of two inputs. */
  interface PairForward {
    Tensor of(Tensor input, Tensor other);
  }

  interface PairBackward {
    BinaryGradients of(Tensor input, Tensor other, Tensor gradOutput);
  }

  private static void pair(
      String operator,
      GoldenCase c,
      Arena a,
      Passes p,
      PairForward forward,
      PairBackward backward) {
    Tensor x = c.tensor(a, "input");
    Tensor other = c.tensor(a, "other");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run(operator, () -> forward.of(x, other)));
    BinaryGradients back = p.run(operator, () -> backward.of(x, other, gy));
    c.agrees("grad_input", back.input());
    c.agrees("grad_other", back.other());
  }
}
