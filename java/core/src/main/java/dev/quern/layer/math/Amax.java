package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * The maximum over axes of a sample, as PyTorch's {@code amax}: equal maxima share the gradient
 * evenly.
 *
 * @param axes one or more axes to be reduced, not counting the batch; negative axes count from the
 *     last
 * @param keepDims whether the reduced axes remain, with size 1
 */
public record Amax(List<Integer> axes, boolean keepDims) implements Reduction {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Amax> TYPE =
      LayerType.of("amax", Amax.class)
          .integers("axes", Amax::axes)
          .flag("keep_dims", false, Amax::keepDims)
          .made(v -> new Amax(v.integers("axes"), v.flag("keep_dims")));

  public Amax {
    axes = Checks.axes("amax", axes);
  }

  /** Creates the layer without keepDims: the axes are removed from the shape. */
  public Amax(int... axes) {
    this(Arrays.stream(Require.present("amax", "axes", axes)).boxed().toList(), false);
  }

  public Amax keepDims(boolean k) {
    return new Amax(axes, k);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
