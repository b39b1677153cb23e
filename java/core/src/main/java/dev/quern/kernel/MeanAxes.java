package dev.quern.kernel;

import dev.quern.error.ShapeException;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.bytedeco.javacpp.Pointer;

/**
 * A mean over axes of a sample: these axes come first, as the pixels of an image whose channels are
 * what is kept, and the image is pooled to one pixel.
 */
public final class MeanAxes {
  private final Rearrangement order;
  private final Shape out;
  private final Shape image;

  private MeanAxes(Rearrangement order, Shape out, Shape image) {
    this.order = order;
    this.out = out;
    this.image = image;
  }

  /**
   * @param axes without the batch, from 0; negative from the last
   * @param keepDims whether they stay, of size 1
   */
  public static MeanAxes of(Shape in, List<Integer> axes, boolean keepDims) {
    TreeSet<Integer> reduced = new TreeSet<>();
    for (int axis : axes) {
      int of = Rearrangement.axis("mean", in, axis);
      if (!reduced.add(of)) {
        throw new ShapeException("mean: axes " + axes + " name one of input " + in + " twice");
      }
    }
    if (in.isFree() || in.elements() == 0) {
      throw new ShapeException("mean: input " + in + " is empty, or a size of it is free");
    }
    List<Integer> dims = new ArrayList<>(reduced);
    List<Long> kept = new ArrayList<>();
    long channels = 1;
    for (int axis = 0; axis < in.rank(); axis++) {
      if (!reduced.contains(axis)) {
        dims.add(axis);
        kept.add(in.dim(axis));
        channels *= in.dim(axis);
      } else if (keepDims) {
        kept.add(1L);
      }
    }
    if (kept.isEmpty()) {
      kept.add(1L); // a sample has an axis
    }
    return new MeanAxes(
        Rearrangement.permute(in, dims),
        Shape.of(kept.stream().mapToLong(Long::longValue).toArray()),
        Shape.of(channels, 1, in.elements() / channels));
  }

  /** One sample's shape of the output. */
  public Shape out() {
    return out;
  }

  /** The axes in their new order. */
  public Rearrangement order() {
    return order;
  }

  /** A sample in that order as an image, channels last. */
  public Shape image() {
    return image;
  }

  /** The mean of such images. */
  public Resize2dKernel kernel(Pointer descriptor, long batch) {
    Shape pixel = Shape.of(image.dim(0), 1, 1);
    return new Resize2dKernel(descriptor, Operator.ADAPTIVE_AVG_POOL2D, batch, image, pixel, 0, 0);
  }
}
