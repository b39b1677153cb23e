package dev.quern.io.json;

import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import java.util.List;

/** The activations' part of the table of layer types. */
final class ActivationCodecs {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

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
          in -> new Gelu(in.one(Gelu.Approximate.class, "approximate", Gelu.Approximate.NONE)),
          (layer, out) -> out.put("approximate", JsonFields.text(layer.approximate()), "none"));

  private static final LayerCodec<Softplus> SOFTPLUS =
      new LayerCodec<>(
          "softplus",
          Softplus.class,
          in -> new Softplus(in.number("beta", 1), in.number("threshold", 20)),
          (layer, out) ->
              out.put("beta", layer.beta(), 1f).put("threshold", layer.threshold(), 20f));

  private static final LayerCodec<Affine> AFFINE =
      new LayerCodec<>(
          "affine",
          Affine.class,
          in -> new Affine(in.number("scale", 1), in.number("shift", 0)),
          (layer, out) -> out.put("scale", layer.scale(), 1f).put("shift", layer.shift(), 0f));

  private static final LayerCodec<Celu> CELU =
      new LayerCodec<>(
          "celu",
          Celu.class,
          in -> new Celu(in.number("alpha", 1)),
          (layer, out) -> out.put("alpha", layer.alpha(), 1f));

  /** JSON has no infinity: a bound that is not there bounds nothing. */
  private static final LayerCodec<Clamp> CLAMP =
      new LayerCodec<>(
          "clamp",
          Clamp.class,
          in -> new Clamp(in.number("min", -INFINITY), in.number("max", INFINITY)),
          (layer, out) -> out.put("min", layer.min(), -INFINITY).put("max", layer.max(), INFINITY));

  private static final LayerCodec<FakeQuantize> FAKE_QUANTIZE =
      new LayerCodec<>(
          "fake_quantize",
          FakeQuantize.class,
          in ->
              new FakeQuantize(
                  in.number("scale"),
                  in.integer("zero_point"),
                  in.integer("quant_min"),
                  in.integer("quant_max")),
          (layer, out) ->
              out.put("scale", layer.scale(), Float.NaN)
                  .put("zero_point", layer.zeroPoint())
                  .put("quant_min", layer.quantMin())
                  .put("quant_max", layer.quantMax()));

  private static final LayerCodec<Power> POWER =
      new LayerCodec<>(
          "power",
          Power.class,
          in -> new Power(in.number("exponent")),
          (layer, out) -> out.put("exponent", layer.exponent(), Float.NaN));

  static final List<LayerCodec<?>> ALL =
      List.of(
          LayerCodecs.plain(new Abs()),
          AFFINE,
          LayerCodecs.plain(new Ceil()),
          CELU,
          CLAMP,
          LayerCodecs.plain(new Erf()),
          LayerCodecs.plain(new Exp()),
          FAKE_QUANTIZE,
          LayerCodecs.plain(new Floor()),
          LayerCodecs.plain(new Log()),
          POWER,
          LayerCodecs.plain(new Reciprocal()),
          LayerCodecs.plain(new Round()),
          LayerCodecs.plain(new Sign()),
          LayerCodecs.plain(new Softsign()),
          LayerCodecs.plain(new Sqrt()),
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
}
