package dev.quern.layer.volume;

import dev.quern.layer.LayerType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;

/**
 * Average pooling of volumes: input {@code [N, C, D, H, W]}, output {@code [N, C, D', H', W']}. As
 * in PyTorch, the stride defaults to the kernel, and padded zeros count in the divisor unless
 * {@code countIncludePad} is false; positions that ceil mode adds beyond the padding never count.
 * Padding must be less than the kernel; PyTorch allows at most half the kernel.
 *
 * @param padding the padding on both sides of each axis
 */
public record AvgPool3d(
    Size3 kernel, Size3 stride, Size3 padding, boolean ceilMode, boolean countIncludePad)
    implements Layer3d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<AvgPool3d> TYPE =
      LayerType.of("avg_pool3d", AvgPool3d.class)
          .size3("kernel", AvgPool3d::kernel)
          .size3As("stride", "kernel", AvgPool3d::stride)
          .size3("padding", Size3.of(0), AvgPool3d::padding)
          .flag("ceil_mode", false, AvgPool3d::ceilMode)
          .flag("count_include_pad", true, AvgPool3d::countIncludePad)
          .made(
              v ->
                  new AvgPool3d(
                      v.size3("kernel"),
                      v.size3("stride"),
                      v.size3("padding"),
                      v.flag("ceil_mode"),
                      v.flag("count_include_pad")));

  public AvgPool3d {
    VolumeChecks.pooling("avg_pool3d", kernel, stride, padding, Size3.of(1));
  }

  public AvgPool3d(Size3 kernel) {
    this(kernel, kernel, Size3.of(0), false, true);
  }

  public AvgPool3d(int kernel) {
    this(Size3.of(kernel));
  }

  public AvgPool3d stride(Size3 s) {
    return new AvgPool3d(kernel, s, padding, ceilMode, countIncludePad);
  }

  public AvgPool3d stride(int s) {
    return stride(Size3.of(s));
  }

  public AvgPool3d padding(Size3 p) {
    return new AvgPool3d(kernel, stride, p, ceilMode, countIncludePad);
  }

  public AvgPool3d padding(int p) {
    return padding(Size3.of(p));
  }

  public AvgPool3d ceilMode(boolean c) {
    return new AvgPool3d(kernel, stride, padding, c, countIncludePad);
  }

  public AvgPool3d countIncludePad(boolean c) {
    return new AvgPool3d(kernel, stride, padding, ceilMode, c);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    VolumeChecks.volume("avg_pool3d", input);
    return VolumeChecks.output(
        "avg_pool3d", input, input.dim(0), kernel, stride, padding, Size3.of(1), ceilMode);
  }
}
