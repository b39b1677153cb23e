package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.eager.PReluPass;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.Map;

/** How the cases of torch-spatial run through the public native operators. */
final class GoldenSpatial {
  static final Map<String, GoldenRunners.Runner> TABLE =
      Map.of(
          "adaptive_max_pool2d", GoldenSpatial::adaptiveMaxPool2d,
          "circular_pad2d",
              (c, a, p) -> {
                int[] s = c.integers("pads");
                Resizing.of(new CircularPad2d(s[0], s[1], s[2], s[3])).check(c, a, p);
              },
          "prelu", GoldenSpatial::prelu,
          "replication_pad2d",
              (c, a, p) -> {
                int[] s = c.integers("pads");
                Resizing.of(new ReplicationPad2d(s[0], s[1], s[2], s[3])).check(c, a, p);
              },
          "upsample_bilinear2d",
              (c, a, p) ->
                  Resizing.of(
                          new UpsampleBilinear2d(
                              c.size("scale_factor", null), c.flag("align_corners", false)))
                      .check(c, a, p));

  private GoldenSpatial() {}

  private static void adaptiveMaxPool2d(GoldenCase c, Arena a, Passes p) {
    AdaptiveMaxPool2d layer = new AdaptiveMaxPool2d(c.size("output_size", null));
    Tensor x = c.tensor(a, "input");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("adaptive_max_pool2d", () -> Eager.of(layer).forward(x)));
    c.agrees("grad_input", p.run("adaptive_max_pool2d", () -> Eager.of(layer).backward(x, gy)));
  }

  private static void prelu(GoldenCase c, Arena a, Passes p) {
    PRelu layer = new PRelu(c.integer("num_parameters", 1));
    Tensor x = c.tensor(a, "input");
    Tensor w = c.tensor(a, "weight");
    Tensor gy = c.tensor(a, "grad_output");
    c.agrees("output", p.run("prelu", () -> Eager.of(layer).forward(x, w)));
    PReluPass.Backward g = p.run("prelu", () -> Eager.of(layer).backward(x, w, gy));
    c.agrees("grad_input", g.input());
    c.agrees("grad_weight", g.weight());
  }
}
