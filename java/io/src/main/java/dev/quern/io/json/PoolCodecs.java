package dev.quern.io.json;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.function.ToIntFunction;

/** Pools of pictures, and layers that pad them. */
final class PoolCodecs {
  private static final Size ZERO = Size.of(0);
  private static final Size ONE = Size.of(1);

  private static final LayerCodec<MaxPool2d> MAX_POOL2D =
      new LayerCodec<>(
          "max_pool2d",
          MaxPool2d.class,
          in -> {
            Size kernel = in.size("kernel");
            Sides by = in.paddings("padding", false);
            return new MaxPool2d(
                kernel,
                in.size("stride", kernel),
                ZERO,
                in.size("dilation", ONE),
                in.flag("ceil_mode", false),
                by);
          },
          (layer, out) ->
              out.put("kernel", layer.kernel())
                  .put("stride", layer.stride(), layer.kernel())
                  .padding("padding", layer.paddings(), false)
                  .put("dilation", layer.dilation(), ONE)
                  .put("ceil_mode", layer.ceilMode(), false));

  private static final LayerCodec<AvgPool2d> AVG_POOL2D =
      new LayerCodec<>(
          "avg_pool2d",
          AvgPool2d.class,
          in -> {
            Size kernel = in.size("kernel");
            Sides by = in.paddings("padding", false);
            return new AvgPool2d(
                kernel,
                in.size("stride", kernel),
                ZERO,
                in.size("dilation", ONE),
                in.flag("ceil_mode", false),
                in.flag("count_include_pad", true),
                by);
          },
          (layer, out) ->
              out.put("kernel", layer.kernel())
                  .put("stride", layer.stride(), layer.kernel())
                  .padding("padding", layer.paddings(), false)
                  .put("dilation", layer.dilation(), ONE)
                  .put("ceil_mode", layer.ceilMode(), false)
                  .put("count_include_pad", layer.countIncludePad(), true));

  private static final LayerCodec<AdaptiveAvgPool2d> ADAPTIVE_AVG_POOL2D =
      new LayerCodec<>(
          "adaptive_avg_pool2d",
          AdaptiveAvgPool2d.class,
          in -> new AdaptiveAvgPool2d(in.size("output_size")),
          (layer, out) -> out.put("output_size", layer.outputSize()));

  private static final LayerCodec<AdaptiveMaxPool2d> ADAPTIVE_MAX_POOL2D =
      new LayerCodec<>(
          "adaptive_max_pool2d",
          AdaptiveMaxPool2d.class,
          in -> new AdaptiveMaxPool2d(in.size("output_size")),
          (layer, out) -> out.put("output_size", layer.outputSize()));

  static final List<LayerCodec<?>> ALL =
      List.of(
          MAX_POOL2D,
          AVG_POOL2D,
          ADAPTIVE_AVG_POOL2D,
          ADAPTIVE_MAX_POOL2D,
          pad(
              "zero_pad2d",
              ZeroPad2d.class,
              ZeroPad2d::new,
              ZeroPad2d::left,
              ZeroPad2d::right,
              ZeroPad2d::top,
              ZeroPad2d::bottom),
          pad(
              "reflection_pad2d",
              ReflectionPad2d.class,
              ReflectionPad2d::new,
              ReflectionPad2d::left,
              ReflectionPad2d::right,
              ReflectionPad2d::top,
              ReflectionPad2d::bottom),
          pad(
              "replication_pad2d",
              ReplicationPad2d.class,
              ReplicationPad2d::new,
              ReplicationPad2d::left,
              ReplicationPad2d::right,
              ReplicationPad2d::top,
              ReplicationPad2d::bottom),
          pad(
              "circular_pad2d",
              CircularPad2d.class,
              CircularPad2d::new,
              CircularPad2d::left,
              CircularPad2d::right,
              CircularPad2d::top,
              CircularPad2d::bottom));

  private PoolCodecs() {}

  private interface Pad<L> {
    L of(int left, int right, int top, int bottom);
  }

  private static <L extends Layer> LayerCodec<L> pad(
      String type,
      Class<L> of,
      Pad<L> made,
      ToIntFunction<L> left,
      ToIntFunction<L> right,
      ToIntFunction<L> top,
      ToIntFunction<L> bottom) {
    return new LayerCodec<>(
        type,
        of,
        in -> {
          int[] p = in.sides("padding");
          return made.of(p[0], p[1], p[2], p[3]);
        },
        (layer, out) ->
            out.sides(
                "padding",
                left.applyAsInt(layer),
                right.applyAsInt(layer),
                top.applyAsInt(layer),
                bottom.applyAsInt(layer)));
  }
}
