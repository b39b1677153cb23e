package dev.quern.io.json;

import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Extremum;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import java.util.List;
import java.util.function.BiFunction;

/** Layers that rearrange, cut and combine values, in network descriptions. */
final class ShapeCodecs {
  private static final LayerCodec<Reshape> RESHAPE =
      new LayerCodec<>(
          "reshape",
          Reshape.class,
          in -> new Reshape(in.integers("shape")),
          (layer, out) -> out.put("shape", layer.shape()));

  private static final LayerCodec<Permute> PERMUTE =
      new LayerCodec<>(
          "permute",
          Permute.class,
          in -> new Permute(in.integers("dims")),
          (layer, out) -> out.put("dims", layer.dims()));

  private static final LayerCodec<Slice> SLICE =
      new LayerCodec<>(
          "slice",
          Slice.class,
          in ->
              new Slice(
                  in.integer("axis"),
                  in.integer("start", 0),
                  in.integer("end", Integer.MAX_VALUE),
                  in.integer("step", 1)),
          (layer, out) ->
              out.put("axis", layer.axis())
                  .put("start", layer.start(), 0)
                  .put("end", layer.end(), Integer.MAX_VALUE)
                  .put("step", layer.step(), 1));

  private static final LayerCodec<Chunk> CHUNK =
      new LayerCodec<>(
          "chunk",
          Chunk.class,
          in -> new Chunk(in.integer("axis"), in.integer("chunks"), in.integer("index")),
          (layer, out) ->
              out.put("axis", layer.axis())
                  .put("chunks", layer.chunks())
                  .put("index", layer.index()));

  private static final LayerCodec<ChannelShuffle> CHANNEL_SHUFFLE =
      new LayerCodec<>(
          "channel_shuffle",
          ChannelShuffle.class,
          in -> new ChannelShuffle(in.integer("groups")),
          (layer, out) -> out.put("groups", layer.groups()));

  private static final LayerCodec<Gather> GATHER =
      new LayerCodec<>(
          "gather",
          Gather.class,
          in -> new Gather(in.integer("axis"), in.integers("indices")),
          (layer, out) -> out.put("axis", layer.axis()).put("indices", layer.indices()));

  private static final LayerCodec<Constant> CONSTANT =
      new LayerCodec<>(
          "constant",
          Constant.class,
          in -> new Constant(in.shape("shape"), in.floats("values")),
          (layer, out) -> out.put("shape", layer.shape()).put("values", layer.values()));

  private static final LayerCodec<Compare> COMPARE =
      new LayerCodec<>(
          "compare",
          Compare.class,
          in -> new Compare(in.one(Compare.Kind.class, "kind")),
          (layer, out) -> out.put("kind", JsonFields.text(layer.kind()), ""));

  static final List<LayerCodec<?>> ALL =
      List.of(
          RESHAPE,
          PERMUTE,
          SLICE,
          CHUNK,
          CHANNEL_SHUFFLE,
          GATHER,
          CONSTANT,
          LayerCodecs.plain(new Matmul()),
          extremum("argmax", Argmax.class, Argmax::new),
          extremum("argmin", Argmin.class, Argmin::new),
          reduction("amax", Amax.class, Amax::new),
          reduction("amin", Amin.class, Amin::new),
          reduction("mean", Mean.class, Mean::new),
          reduction("prod", Prod.class, Prod::new),
          reduction("sum", Sum.class, Sum::new),
          LayerCodecs.plain(new Subtract()),
          LayerCodecs.plain(new Divide()),
          LayerCodecs.plain(new Maximum()),
          LayerCodecs.plain(new Minimum()),
          LayerCodecs.plain(new Pow()),
          COMPARE,
          LayerCodecs.plain(new Where()));

  private ShapeCodecs() {}

  /** Makes a layer of axis, keep_dim and select_last. */
  private interface OfAxis<L> {
    L of(int axis, boolean keepDim, boolean selectLast);
  }

  private static <L extends Extremum> LayerCodec<L> extremum(
      String type, Class<L> layer, OfAxis<L> maker) {
    return new LayerCodec<>(
        type,
        layer,
        in ->
            maker.of(in.integer("axis"), in.flag("keep_dim", false), in.flag("select_last", false)),
        (l, out) ->
            out.put("axis", l.axis())
                .put("keep_dim", l.keepDim(), false)
                .put("select_last", l.selectLast(), false));
  }

  private static <L extends Reduction> LayerCodec<L> reduction(
      String type, Class<L> layer, BiFunction<List<Integer>, Boolean, L> of) {
    return new LayerCodec<>(
        type,
        layer,
        in -> of.apply(in.integers("axes"), in.flag("keep_dims", false)),
        (l, out) -> out.put("axes", l.axes()).put("keep_dims", l.keepDims(), false));
  }
}
