package dev.quern.eager.internal;

import dev.quern.kernel.GridSampleKernel.Mode;
import dev.quern.kernel.GridSampleKernel.Options;
import dev.quern.kernel.GridSampleKernel.Padding;
import dev.quern.layer.shape.GridSample;

/** The options of {@link GridSample}, as its kernel takes them. */
public final class GridSampleOptions {
  private GridSampleOptions() {}

  /** Returns a layer's options. */
  public static Options of(GridSample layer) {
    return new Options(
        Mode.valueOf(layer.mode().name()),
        Padding.valueOf(layer.paddingMode().name()),
        layer.alignCorners());
  }
}
