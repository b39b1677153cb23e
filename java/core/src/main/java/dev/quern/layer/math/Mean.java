package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * The mean over axes of a sample. {@code new Mean(1, 2)} is the mean of each channel of an image:
 * {@code [C]}, or {@code [C, 1, 1]} with {@code keepDims}. A mean over all axes is {@code [1]}.
 *
 * @param axes one or more axes to be reduced, not counting the batch; negative axes count from the
 *     last
 * @param keepDims whether the reduced axes remain, with size 1
 */
public record Mean(List<Integer> axes, boolean keepDims) implements Reduction {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Mean> TYPE =
      LayerType.of("mean", Mean.class)
          .integers("axes", Mean::axes)
          .flag("keep_dims", false, Mean::keepDims)
          .made(v -> new Mean(v.integers("axes"), v.flag("keep_dims")));

  public Mean {
    axes = Checks.axes("mean", axes);
  }

  /** Creates the layer without keepDims: the axes are removed from the shape. */
  public Mean(int... axes) {
    this(Arrays.stream(Require.present("mean", "axes", axes)).boxed().toList(), false);
  }

  public Mean keepDims(boolean k) {
    return new Mean(axes, k);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
