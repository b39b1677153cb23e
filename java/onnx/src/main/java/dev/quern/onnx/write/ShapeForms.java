package dev.quern.onnx.write;

import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.PixelUnshuffle;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Locale;

/**
 * The ONNX forms of layers that rearrange elements, and of layers that have an effect only in
 * training.
 */
final class ShapeForms {
  /** The first opset with GridSample. */
  private static final int SAMPLED = 16;

  /** The first opset in which GridSample's modes are called linear and cubic. */
  private static final int SAMPLED_AS_LINEAR = 20;

  private ShapeForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(ChannelShuffle.class, ShapeForms::channelShuffle)
        .add(Chunk.class, ShapeForms::chunk)
        .add(Dropout.class, ShapeForms::dropout)
        .add(Dropout2d.class, (l, n) -> n.op("Identity", n.in()))
        .add(StochasticDepth.class, (l, n) -> n.op("Identity", n.in()))
        .add(Flatten.class, (l, n) -> n.op("Flatten", n.in()).with("axis", 1L))
        .add(Gather.class, ShapeForms::gather)
        .add(GridSample.class, ShapeForms::gridSample)
        .add(Permute.class, (l, n) -> transpose(n.in(), l.dims(), n))
        .add(PixelUnshuffle.class, ShapeForms::pixelUnshuffle)
        .add(Reshape.class, (l, n) -> n.reshape(n.in(), n.output().toArray()))
        .add(ResizeLike.class, ShapeForms::resizeLike)
        .add(Slice.class, ShapeForms::slice)
        .add(UpsampleBilinear2d.class, ShapeForms::bilinear)
        .add(UpsampleNearest2d.class, ShapeForms::nearest);
  }

  private static Value transpose(Value x, List<Integer> dims, NodeWriter n) {
    long[] perm = new long[dims.size() + 1]; // the batch remains the first axis
    for (int i = 0; i < dims.size(); i++) {
      perm[i + 1] = dims.get(i) + 1;
    }
    return n.op("Transpose", x).with("perm", perm);
  }

  /**
   * Writes a channel shuffle as a reshape, a transpose and a reshape; if sizes are dynamic, as a
   * Gather.
   */
  private static Value channelShuffle(ChannelShuffle l, NodeWriter n) {
    Shape in = n.shape();
    int channels = Math.toIntExact(in.dim(0));
    int each = channels / l.groups();
    if (in.isFree()) {
      long[] from = new long[channels];
      for (int c = 0; c < channels; c++) {
        from[c] = c % l.groups() * each + c / l.groups();
      }
      return n.op("Gather", n.in(), n.longs("channels", from)).with("axis", 1L);
    }
    Value split = n.reshape(n.in(), l.groups(), each, in.elements() / channels);
    return n.reshape(transpose(split, List.of(1, 0, 2), n), in.toArray());
  }

  /**
   * Writes pixel unshuffle in the same way as PyTorch's exporter, since ONNX's SpaceToDepth orders
   * channels differently.
   */
  private static Value pixelUnshuffle(PixelUnshuffle l, NodeWriter n) {
    long r = l.downscaleFactor();
    Shape out = n.output();
    long c = n.shape().dim(0);
    Value split = n.reshape(n.in(), c, out.dim(1), r, out.dim(2), r);
    return n.reshape(transpose(split, List.of(0, 2, 4, 1, 3), n), out.toArray());
  }

  /**
   * Converts an axis of a sample, which may be negative, to an axis of a batch, whose axis 0 is the
   * batch.
   */
  static int axis(int axis, Shape in) {
    return axis < 0 ? axis + in.rank() + 1 : axis + 1;
  }

  private static Value chunk(Chunk l, NodeWriter n) {
    int axis = axis(l.axis(), n.shape());
    long size = n.shape().dim(axis - 1) / l.chunks();
    return n.slice(n.in(), axis, l.index() * size, (l.index() + 1) * size, 1);
  }

  private static Value slice(Slice l, NodeWriter n) {
    return n.slice(n.in(), axis(l.axis(), n.shape()), l.start(), l.end(), l.step());
  }

  private static Value gather(Gather l, NodeWriter n) {
    long[] indices = l.indices().stream().mapToLong(Integer::longValue).toArray();
    return n.op("Gather", n.in(), n.longs("indices", indices))
        .with("axis", (long) axis(l.axis(), n.shape()));
  }

  private static Value gridSample(GridSample l, NodeWriter n) {
    if (n.opset() < SAMPLED) {
      throw new Refusal("GridSample exists since opset " + SAMPLED);
    }
    boolean renamed = n.opset() >= SAMPLED_AS_LINEAR;
    return n.op("GridSample", n.inputs())
        .with(
            "mode",
            switch (l.mode()) {
              case BILINEAR -> renamed ? "linear" : "bilinear";
              case NEAREST -> "nearest";
              case BICUBIC -> renamed ? "cubic" : "bicubic";
            })
        .with("padding_mode", l.paddingMode().name().toLowerCase(Locale.ROOT))
        .with("align_corners", l.alignCorners() ? 1L : 0L);
  }

  /**
   * Writes Dropout, whose ratio must be less than 1 in ONNX. It is an identity, since training_mode
   * is not set.
   */
  private static Value dropout(Dropout l, NodeWriter n) {
    return l.p() < 1 ? n.op("Dropout", n.in(), n.number("ratio", l.p())) : n.op("Identity", n.in());
  }

  private static Value bilinear(UpsampleBilinear2d l, NodeWriter n) {
    return resize(l.scaleFactor(), n)
        .with("mode", "linear")
        .with("coordinate_transformation_mode", l.alignCorners() ? "align_corners" : "half_pixel");
  }

  private static Value nearest(UpsampleNearest2d l, NodeWriter n) {
    return resize(l.scaleFactor(), n)
        .with("mode", "nearest")
        .with("coordinate_transformation_mode", "asymmetric")
        .with("nearest_mode", "floor");
  }

  /** Writes a Resize of the first input to the height and width of the second. */
  private static Value resizeLike(ResizeLike l, NodeWriter n) {
    Value own = n.slice(n.op("Shape", n.in()), 0, 0, 2, 1);
    Value other = n.slice(n.op("Shape", n.inputs().get(1)), 0, 2, 4, 1);
    Value sizes = n.concat(0, List.of(own, other));
    ResizeLike.Mode mode = l.mode();
    Value made =
        n.op("Resize", n.in(), Value.NONE, Value.NONE, sizes)
            .with("mode", mode.isNearest() ? "nearest" : "linear")
            .with(
                "coordinate_transformation_mode",
                switch (mode) {
                  case NEAREST -> "asymmetric";
                  case BILINEAR_ALIGNED -> "align_corners";
                  case NEAREST_EXACT, BILINEAR -> "half_pixel";
                });
    return mode.isNearest()
        ? made.with("nearest_mode", mode == ResizeLike.Mode.NEAREST ? "floor" : "round_prefer_ceil")
        : made;
  }

  private static Value resize(Size by, NodeWriter n) {
    Value scales = n.floats("scales", Shape.of(4), 1, 1, by.height(), by.width());
    return n.op("Resize", n.in(), Value.NONE, scales);
  }
}
