package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * The minimum over axes of a sample, as PyTorch's {@code amin}: equal minima share the gradient
 * evenly.
 *
 * @param axes one or more axes to be reduced, not counting the batch; negative axes count from the
 *     last
 * @param keepDims whether the reduced axes remain, with size 1
 */
public record Amin(List<Integer> axes, boolean keepDims) implements Reduction {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Amin> TYPE =
      LayerType.of("amin", Amin.class)
          .integers("axes", Amin::axes)
          .flag("keep_dims", false, Amin::keepDims)
          .made(v -> new Amin(v.integers("axes"), v.flag("keep_dims")));

  public Amin {
    axes = Checks.axes("amin", axes);
  }

  /** Creates the layer without keepDims: the axes are removed from the shape. */
  public Amin(int... axes) {
    this(Arrays.stream(Require.present("amin", "axes", axes)).boxed().toList(), false);
  }

  public Amin keepDims(boolean k) {
    return new Amin(axes, k);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
