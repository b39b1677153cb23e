package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * The sum over axes of a sample.
 *
 * @param axes one or more axes to be reduced, not counting the batch; negative axes count from the
 *     last
 * @param keepDims whether the reduced axes remain, with size 1
 */
public record Sum(List<Integer> axes, boolean keepDims) implements Reduction {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Sum> TYPE =
      LayerType.of("sum", Sum.class)
          .integers("axes", Sum::axes)
          .flag("keep_dims", false, Sum::keepDims)
          .made(v -> new Sum(v.integers("axes"), v.flag("keep_dims")));

  public Sum {
    axes = Checks.axes("sum", axes);
  }

  /** Creates the layer without keepDims: the axes are removed from the shape. */
  public Sum(int... axes) {
    this(Arrays.stream(Require.present("sum", "axes", axes)).boxed().toList(), false);
  }

  public Sum keepDims(boolean k) {
    return new Sum(axes, k);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
