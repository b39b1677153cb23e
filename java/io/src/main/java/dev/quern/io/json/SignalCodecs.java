package dev.quern.io.json;

import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AvgPool1d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.ConvTranspose1d;
import dev.quern.layer.MaxPool1d;
import java.util.List;

/**
 * Layers of signals in network descriptions: the keys of the two-dimensional ones, one integer
 * each.
 */
final class SignalCodecs {
  private static final LayerCodec<Conv1d> CONV1D =
      new LayerCodec<>(
          "conv1d",
          Conv1d.class,
          in ->
              new Conv1d(
                  in.integer("out_channels"),
                  in.integer("kernel"),
                  in.integer("stride", 1),
                  in.integer("padding", 0),
                  in.integer("dilation", 1),
                  in.integer("groups", 1),
                  in.flag("bias", true)),
          (layer, out) ->
              out.put("out_channels", layer.outChannels())
                  .put("kernel", layer.kernel())
                  .put("stride", layer.stride(), 1)
                  .put("padding", layer.padding(), 0)
                  .put("dilation", layer.dilation(), 1)
                  .put("groups", layer.groups(), 1)
                  .put("bias", layer.bias(), true));

  private static final LayerCodec<ConvTranspose1d> CONV_TRANSPOSE1D =
      new LayerCodec<>(
          "conv_transpose1d",
          ConvTranspose1d.class,
          in ->
              new ConvTranspose1d(
                  in.integer("out_channels"),
                  in.integer("kernel"),
                  in.integer("stride", 1),
                  in.integer("padding", 0),
                  in.integer("output_padding", 0),
                  in.integer("groups", 1),
                  in.flag("bias", true),
                  in.integer("dilation", 1)),
          (layer, out) ->
              out.put("out_channels", layer.outChannels())
                  .put("kernel", layer.kernel())
                  .put("stride", layer.stride(), 1)
                  .put("padding", layer.padding(), 0)
                  .put("output_padding", layer.outputPadding(), 0)
                  .put("groups", layer.groups(), 1)
                  .put("bias", layer.bias(), true)
                  .put("dilation", layer.dilation(), 1));

  private static final LayerCodec<MaxPool1d> MAX_POOL1D =
      new LayerCodec<>(
          "max_pool1d",
          MaxPool1d.class,
          in -> {
            int kernel = in.integer("kernel");
            return new MaxPool1d(
                kernel,
                in.integer("stride", kernel),
                in.integer("padding", 0),
                in.integer("dilation", 1),
                in.flag("ceil_mode", false));
          },
          (layer, out) ->
              out.put("kernel", layer.kernel())
                  .put("stride", layer.stride(), layer.kernel())
                  .put("padding", layer.padding(), 0)
                  .put("dilation", layer.dilation(), 1)
                  .put("ceil_mode", layer.ceilMode(), false));

  private static final LayerCodec<AvgPool1d> AVG_POOL1D =
      new LayerCodec<>(
          "avg_pool1d",
          AvgPool1d.class,
          in -> {
            int kernel = in.integer("kernel");
            return new AvgPool1d(
                kernel,
                in.integer("stride", kernel),
                in.integer("padding", 0),
                in.flag("ceil_mode", false),
                in.flag("count_include_pad", true));
          },
          (layer, out) ->
              out.put("kernel", layer.kernel())
                  .put("stride", layer.stride(), layer.kernel())
                  .put("padding", layer.padding(), 0)
                  .put("ceil_mode", layer.ceilMode(), false)
                  .put("count_include_pad", layer.countIncludePad(), true));

  private static final LayerCodec<AdaptiveAvgPool1d> ADAPTIVE_AVG_POOL1D =
      new LayerCodec<>(
          "adaptive_avg_pool1d",
          AdaptiveAvgPool1d.class,
          in -> new AdaptiveAvgPool1d(in.integer("output_size")),
          (layer, out) -> out.put("output_size", layer.outputSize()));

  private static final LayerCodec<BatchNorm1d> BATCH_NORM1D =
      new LayerCodec<>(
          "batch_norm1d",
          BatchNorm1d.class,
          in -> new BatchNorm1d(in.number("momentum", 0.1f), in.number("eps", 1e-5f)),
          (layer, out) ->
              out.put("momentum", layer.momentum(), 0.1f).put("eps", layer.eps(), 1e-5f));

  static final List<LayerCodec<?>> ALL =
      List.of(CONV1D, CONV_TRANSPOSE1D, MAX_POOL1D, AVG_POOL1D, ADAPTIVE_AVG_POOL1D, BATCH_NORM1D);

  private SignalCodecs() {}
}
