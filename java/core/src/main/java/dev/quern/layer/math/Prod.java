package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * The product over axes of a sample. The gradient of an element is the product of the other
 * elements, which is correct for zeros, too.
 *
 * @param axes one or more axes to be reduced, not counting the batch; negative axes count from the
 *     last
 * @param keepDims whether the reduced axes remain, with size 1
 */
public record Prod(List<Integer> axes, boolean keepDims) implements Reduction {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Prod> TYPE =
      LayerType.of("prod", Prod.class)
          .integers("axes", Prod::axes)
          .flag("keep_dims", false, Prod::keepDims)
          .made(v -> new Prod(v.integers("axes"), v.flag("keep_dims")));

  public Prod {
    axes = Checks.axes("prod", axes);
  }

  /** Creates the layer without keepDims: the axes are removed from the shape. */
  public Prod(int... axes) {
    this(Arrays.stream(Require.present("prod", "axes", axes)).boxed().toList(), false);
  }

  public Prod keepDims(boolean k) {
    return new Prod(axes, k);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
