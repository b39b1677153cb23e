package dev.quern.layer;

import dev.quern.tensor.Size;

/**
 * Average pooling of signals: input {@code [N, C, L]}, output {@code [N, C, L']}. As in {@link
 * AvgPool2d}, the stride defaults to the kernel, and padded zeros count in the mean unless {@code
 * countIncludePad} is false.
 */
public record AvgPool1d(
    int kernel, int stride, int padding, boolean ceilMode, boolean countIncludePad)
    implements Layer1d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<AvgPool1d> TYPE =
      LayerType.of("avg_pool1d", AvgPool1d.class)
          .integer("kernel", AvgPool1d::kernel)
          .integerAs("stride", "kernel", AvgPool1d::stride)
          .integer("padding", 0, AvgPool1d::padding)
          .flag("ceil_mode", false, AvgPool1d::ceilMode)
          .flag("count_include_pad", true, AvgPool1d::countIncludePad)
          .made(
              v ->
                  new AvgPool1d(
                      v.integer("kernel"),
                      v.integer("stride"),
                      v.integer("padding"),
                      v.flag("ceil_mode"),
                      v.flag("count_include_pad")));

  public AvgPool1d {
    PoolWindow.check("avg_pool1d", kernel, stride, padding, 1);
  }

  public AvgPool1d(int kernel) {
    this(kernel, kernel, 0, false, true);
  }

  public AvgPool1d stride(int s) {
    return new AvgPool1d(kernel, s, padding, ceilMode, countIncludePad);
  }

  public AvgPool1d padding(int p) {
    return new AvgPool1d(kernel, stride, p, ceilMode, countIncludePad);
  }

  public AvgPool1d ceilMode(boolean c) {
    return new AvgPool1d(kernel, stride, padding, c, countIncludePad);
  }

  public AvgPool1d countIncludePad(boolean c) {
    return new AvgPool1d(kernel, stride, padding, ceilMode, c);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public AvgPool2d as2d() {
    return new AvgPool2d(new Size(1, kernel))
        .stride(new Size(1, stride))
        .padding(new Size(0, padding))
        .ceilMode(ceilMode)
        .countIncludePad(countIncludePad);
  }
}
