package dev.quern.layer;

import dev.quern.tensor.Size;

/**
 * Max pooling of signals: input {@code [N, C, L]}, output {@code [N, C, L']}. As in {@link
 * MaxPool2d}, the stride defaults to the kernel, and padding counts as minus infinity.
 */
public record MaxPool1d(int kernel, int stride, int padding, int dilation, boolean ceilMode)
    implements Layer1d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<MaxPool1d> TYPE =
      LayerType.of("max_pool1d", MaxPool1d.class)
          .integer("kernel", MaxPool1d::kernel)
          .integerAs("stride", "kernel", MaxPool1d::stride)
          .integer("padding", 0, MaxPool1d::padding)
          .integer("dilation", 1, MaxPool1d::dilation)
          .flag("ceil_mode", false, MaxPool1d::ceilMode)
          .made(
              v ->
                  new MaxPool1d(
                      v.integer("kernel"),
                      v.integer("stride"),
                      v.integer("padding"),
                      v.integer("dilation"),
                      v.flag("ceil_mode")));

  public MaxPool1d {
    PoolWindow.check("max_pool1d", kernel, stride, padding, dilation);
  }

  public MaxPool1d(int kernel) {
    this(kernel, kernel, 0, 1, false);
  }

  public MaxPool1d stride(int s) {
    return new MaxPool1d(kernel, s, padding, dilation, ceilMode);
  }

  public MaxPool1d padding(int p) {
    return new MaxPool1d(kernel, stride, p, dilation, ceilMode);
  }

  public MaxPool1d dilation(int d) {
    return new MaxPool1d(kernel, stride, padding, d, ceilMode);
  }

  public MaxPool1d ceilMode(boolean c) {
    return new MaxPool1d(kernel, stride, padding, dilation, c);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public MaxPool2d as2d() {
    return new MaxPool2d(new Size(1, kernel))
        .stride(new Size(1, stride))
        .padding(new Size(0, padding))
        .dilation(new Size(1, dilation))
        .ceilMode(ceilMode);
  }
}
