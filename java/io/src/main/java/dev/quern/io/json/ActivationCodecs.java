package dev.quern.io.json;

import dev.quern.layer.Elu;
import dev.quern.layer.Gelu;
import dev.quern.layer.Hardsigmoid;
import dev.quern.layer.Hardswish;
import dev.quern.layer.LeakyRelu;
import dev.quern.layer.Mish;
import dev.quern.layer.Relu6;
import dev.quern.layer.Selu;
import dev.quern.layer.Sigmoid;
import dev.quern.layer.Silu;
import dev.quern.layer.Softplus;
import dev.quern.layer.Tanh;
import java.util.List;
import java.util.Locale;

/** The activations' part of the table of layer types. */
final class ActivationCodecs {
  private static final LayerCodec<LeakyRelu> LEAKY_RELU =
      new LayerCodec<>(
          "leaky_relu",
          LeakyRelu.class,
          in -> new LeakyRelu(in.number("negative_slope", 0.01f)),
          (layer, out) -> out.put("negative_slope", layer.negativeSlope(), 0.01f));

  private static final LayerCodec<Elu> ELU =
      new LayerCodec<>(
          "elu",
          Elu.class,
          in -> new Elu(in.number("alpha", 1)),
          (layer, out) -> out.put("alpha", layer.alpha(), 1f));

  private static final LayerCodec<Gelu> GELU =
      new LayerCodec<>(
          "gelu",
          Gelu.class,
          in -> new Gelu(approximate(in)),
          (layer, out) -> out.put("approximate", name(layer.approximate()), "none"));

  private static final LayerCodec<Softplus> SOFTPLUS =
      new LayerCodec<>(
          "softplus",
          Softplus.class,
          in -> new Softplus(in.number("beta", 1), in.number("threshold", 20)),
          (layer, out) ->
              out.put("beta", layer.beta(), 1f).put("threshold", layer.threshold(), 20f));

  static final List<LayerCodec<?>> ALL =
      List.of(
          LayerCodecs.plain(new Relu6()),
          LEAKY_RELU,
          ELU,
          LayerCodecs.plain(new Selu()),
          GELU,
          LayerCodecs.plain(new Silu()),
          LayerCodecs.plain(new Mish()),
          LayerCodecs.plain(new Hardswish()),
          LayerCodecs.plain(new Hardsigmoid()),
          LayerCodecs.plain(new Sigmoid()),
          LayerCodecs.plain(new Tanh()),
          SOFTPLUS);

  private ActivationCodecs() {}

  private static String name(Gelu.Approximate approximate) {
    return approximate.name().toLowerCase(Locale.ROOT);
  }

  private static Gelu.Approximate approximate(JsonFields in) {
    String text = in.text("approximate", "none");
    for (Gelu.Approximate a : Gelu.Approximate.values()) {
      if (name(a).equals(text)) {
        return a;
      }
    }
    throw in.wrong("approximate", "\"" + text + "\" is neither none nor tanh");
  }
}
