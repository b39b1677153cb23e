package dev.quern.io.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table of layer types in network descriptions: one codec a type, keys and defaults as in
 * PyTorch.
 */
public final class LayerCodecs {
  /** Those of the application's own. */
  public static final CustomCodecs<CustomLayer> CUSTOM = new CustomCodecs<>("layer");

  private static final Size ZERO = Size.of(0);
  private static final Size ONE = Size.of(1);

  private static final LayerCodec<Conv2d> CONV2D =
      new LayerCodec<>(
          "conv2d",
          Conv2d.class,
          in -> {
            boolean same = in.is("padding", "same");
            Sides by = same ? Sides.of(ZERO) : in.paddings("padding", true);
            return new Conv2d(
                in.integer("out_channels"),
                in.size("kernel"),
                in.size("stride", ONE),
                by.isEven() ? by.begin() : ZERO,
                in.size("dilation", ONE),
                in.integer("groups", 1),
                in.flag("bias", true),
                by.isEven() ? null : by,
                same);
          },
          (layer, out) ->
              out.put("out_channels", layer.outChannels())
                  .put("kernel", layer.kernel())
                  .put("stride", layer.stride(), ONE)
                  .padding("padding", layer.paddings(), layer.same())
                  .put("dilation", layer.dilation(), ONE)
                  .put("groups", layer.groups(), 1)
                  .put("bias", layer.bias(), true));

  private static final LayerCodec<Concat> CONCAT =
      new LayerCodec<>(
          "concat",
          Concat.class,
          in -> new Concat(in.integer("axis", 0)),
          (layer, out) -> out.put("axis", layer.axis(), 0));

  private static final LayerCodec<ConvTranspose2d> CONV_TRANSPOSE2D =
      new LayerCodec<>(
          "conv_transpose2d",
          ConvTranspose2d.class,
          in ->
              new ConvTranspose2d(
                  in.integer("out_channels"),
                  in.size("kernel"),
                  in.size("stride", ONE),
                  in.size("padding", ZERO),
                  in.size("output_padding", ZERO),
                  in.integer("groups", 1),
                  in.flag("bias", true),
                  in.size("dilation", ONE)),
          (layer, out) ->
              out.put("out_channels", layer.outChannels())
                  .put("kernel", layer.kernel())
                  .put("stride", layer.stride(), ONE)
                  .put("padding", layer.padding(), ZERO)
                  .put("output_padding", layer.outputPadding(), ZERO)
                  .put("groups", layer.groups(), 1)
                  .put("bias", layer.bias(), true)
                  .put("dilation", layer.dilation(), ONE));

  private static final LayerCodec<UpsampleNearest2d> UPSAMPLE_NEAREST2D =
      new LayerCodec<>(
          "upsample_nearest2d",
          UpsampleNearest2d.class,
          in -> new UpsampleNearest2d(in.size("scale_factor")),
          (layer, out) -> out.put("scale_factor", layer.scaleFactor()));

  private static final LayerCodec<UpsampleBilinear2d> UPSAMPLE_BILINEAR2D =
      new LayerCodec<>(
          "upsample_bilinear2d",
          UpsampleBilinear2d.class,
          in -> new UpsampleBilinear2d(in.size("scale_factor"), in.flag("align_corners", false)),
          (layer, out) ->
              out.put("scale_factor", layer.scaleFactor())
                  .put("align_corners", layer.alignCorners(), false));

  private static final LayerCodec<ResizeLike> RESIZE_LIKE =
      new LayerCodec<>(
          "resize_like",
          ResizeLike.class,
          in -> new ResizeLike(in.one(ResizeLike.Mode.class, "mode", ResizeLike.Mode.BILINEAR)),
          (layer, out) -> out.put("mode", JsonFields.text(layer.mode()), "bilinear"));

  private static final LayerCodec<PRelu> PRELU =
      new LayerCodec<>(
          "prelu",
          PRelu.class,
          in -> new PRelu(in.integer("num_parameters", 1), in.number("init", 0.25f)),
          (layer, out) ->
              out.put("num_parameters", layer.numParameters(), 1).put("init", layer.init(), 0.25f));

  private static final LayerCodec<Linear> LINEAR =
      new LayerCodec<>(
          "linear",
          Linear.class,
          in -> new Linear(in.integer("out_features"), in.flag("bias", true)),
          (layer, out) ->
              out.put("out_features", layer.outFeatures()).put("bias", layer.bias(), true));

  private static final LayerCodec<QuantizedConv2d> QUANTIZED_CONV2D =
      new LayerCodec<>(
          "quantized_conv2d",
          QuantizedConv2d.class,
          in ->
              new QuantizedConv2d(
                  CONV2D.reader().apply(in), in.integer("quant_max", Quantized.LARGEST)),
          (layer, out) -> {
            CONV2D.write(layer.plain(), out);
            out.put("quant_max", layer.quantMax(), Quantized.LARGEST);
          });

  private static final LayerCodec<QuantizedLinear> QUANTIZED_LINEAR =
      new LayerCodec<>(
          "quantized_linear",
          QuantizedLinear.class,
          in ->
              new QuantizedLinear(
                  LINEAR.reader().apply(in), in.integer("quant_max", Quantized.LARGEST)),
          (layer, out) -> {
            LINEAR.write(layer.plain(), out);
            out.put("quant_max", layer.quantMax(), Quantized.LARGEST);
          });

  private static final LayerCodec<BatchNorm2d> BATCH_NORM2D =
      new LayerCodec<>(
          "batch_norm2d",
          BatchNorm2d.class,
          in -> new BatchNorm2d(in.number("momentum", 0.1f), in.number("eps", 1e-5f)),
          (layer, out) ->
              out.put("momentum", layer.momentum(), 0.1f).put("eps", layer.eps(), 1e-5f));

  private static final LayerCodec<Dropout> DROPOUT =
      new LayerCodec<>(
          "dropout",
          Dropout.class,
          in -> new Dropout(in.number("p", 0.5f)),
          (layer, out) -> out.put("p", layer.p(), 0.5f));

  private static final LayerCodec<Dropout2d> DROPOUT2D =
      new LayerCodec<>(
          "dropout2d",
          Dropout2d.class,
          in -> new Dropout2d(in.number("p", 0.5f)),
          (layer, out) -> out.put("p", layer.p(), 0.5f));

  private static final LayerCodec<GroupNorm> GROUP_NORM =
      new LayerCodec<>(
          "group_norm",
          GroupNorm.class,
          in ->
              new GroupNorm(
                  in.integer("num_groups"), in.number("eps", 1e-5f), in.flag("affine", true)),
          (layer, out) ->
              out.put("num_groups", layer.numGroups())
                  .put("eps", layer.eps(), 1e-5f)
                  .put("affine", layer.affine(), true));

  private static final LayerCodec<LayerNorm> LAYER_NORM =
      new LayerCodec<>(
          "layer_norm",
          LayerNorm.class,
          in ->
              new LayerNorm(
                  in.shape("normalized_shape"),
                  in.number("eps", 1e-5f),
                  in.flag("elementwise_affine", true),
                  in.flag("bias", true)),
          (layer, out) ->
              out.put("normalized_shape", layer.normalizedShape())
                  .put("eps", layer.eps(), 1e-5f)
                  .put("elementwise_affine", layer.elementwiseAffine(), true)
                  .put("bias", layer.bias(), layer.elementwiseAffine()));

  private static final LayerCodec<LocalResponseNorm> LOCAL_RESPONSE_NORM =
      new LayerCodec<>(
          "local_response_norm",
          LocalResponseNorm.class,
          in ->
              new LocalResponseNorm(
                  in.integer("size"),
                  in.number("alpha", 1e-4f),
                  in.number("beta", 0.75f),
                  in.number("k", 1)),
          (layer, out) ->
              out.put("size", layer.size())
                  .put("alpha", layer.alpha(), 1e-4f)
                  .put("beta", layer.beta(), 0.75f)
                  .put("k", layer.k(), 1f));

  private static final List<LayerCodec<?>> BASIC =
      List.of(
          CONV2D,
          CONV_TRANSPOSE2D,
          UPSAMPLE_NEAREST2D,
          UPSAMPLE_BILINEAR2D,
          RESIZE_LIKE,
          plain(new Relu()),
          PRELU,
          plain(new Flatten()),
          LINEAR,
          QUANTIZED_CONV2D,
          QUANTIZED_LINEAR,
          BATCH_NORM2D,
          DROPOUT,
          DROPOUT2D,
          GROUP_NORM,
          LAYER_NORM,
          LOCAL_RESPONSE_NORM,
          plain(new Add()),
          CONCAT,
          plain(new Multiply()),
          plain(new Softmax()),
          plain(new LogSoftmax()));

  private static final List<LayerCodec<?>> ALL =
      Stream.of(BASIC, PoolCodecs.ALL, SignalCodecs.ALL, ShapeCodecs.ALL, ActivationCodecs.ALL)
          .<LayerCodec<?>>flatMap(List::stream)
          .toList();

  private LayerCodecs() {}

  /**
   * The layer that {@code in} describes, its type and all of its keys; the caller ends {@code in}.
   */
  public static Layer read(JsonFields in) {
    String type = in.text("type");
    for (LayerCodec<?> codec : ALL) {
      if (codec.type().equals(type)) {
        try {
          return codec.reader().apply(in);
        } catch (InvalidArgumentException e) {
          throw in.wrong(e.getMessage());
        }
      }
    }
    CustomLayer own = CUSTOM.read(type, in);
    if (own == null) {
      throw in.wrong("type", CustomCodecs.unknown(type, types(), "Codecs.layer"));
    }
    return own;
  }

  /** The names of the built-in layers. */
  public static List<String> types() {
    return ALL.stream().<String>map(LayerCodec::type).toList();
  }

  /**
   * Adds the layer's type and the keys that it needs to {@code out}.
   *
   * @param where the layer's place, for the message
   * @throws InvalidArgumentException for a layer of the user's own that is not registered
   */
  public static void write(String where, Layer layer, ObjectNode out) {
    for (LayerCodec<?> codec : ALL) {
      if (codec.layer().isInstance(layer)) {
        out.put("type", codec.type());
        codec.write(layer, new LayerWriter(out));
        return;
      }
    }
    if (!CUSTOM.write(where, layer, out)) {
      throw new InvalidArgumentException(
          where
              + ": "
              + layer.getClass().getName()
              + " is a custom layer, which has no JSON form: register a codec for it with"
              + " Codecs.layer");
    }
  }

  /** A layer without parameters. */
  static <L extends Layer> LayerCodec<L> plain(L layer) {
    @SuppressWarnings("unchecked")
    Class<L> type = (Class<L>) layer.getClass();
    return new LayerCodec<>(layer.type(), type, in -> layer, (l, out) -> {});
  }
}
