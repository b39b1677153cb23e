package dev.quern.layer.volume;

import dev.quern.layer.LayerType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;

/**
 * Max pooling of volumes: input {@code [N, C, D, H, W]}, output {@code [N, C, D', H', W']}. As in
 * PyTorch, the stride defaults to the kernel, padding counts as minus infinity, ceil mode rounds
 * the output size up, a window that contains a NaN yields NaN, and the first of several equal
 * maxima in row-major order receives the gradient. Padding must be less than the kernel's extent,
 * {@code dilation (kernel - 1) + 1}; PyTorch allows at most half the kernel. A dilated window that
 * contains no input element yields minus infinity.
 *
 * @param padding the padding on both sides of each axis
 */
public record MaxPool3d(Size3 kernel, Size3 stride, Size3 padding, Size3 dilation, boolean ceilMode)
    implements Layer3d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<MaxPool3d> TYPE =
      LayerType.of("max_pool3d", MaxPool3d.class)
          .size3("kernel", MaxPool3d::kernel)
          .size3As("stride", "kernel", MaxPool3d::stride)
          .size3("padding", Size3.of(0), MaxPool3d::padding)
          .size3("dilation", Size3.of(1), MaxPool3d::dilation)
          .flag("ceil_mode", false, MaxPool3d::ceilMode)
          .made(
              v ->
                  new MaxPool3d(
                      v.size3("kernel"),
                      v.size3("stride"),
                      v.size3("padding"),
                      v.size3("dilation"),
                      v.flag("ceil_mode")));

  public MaxPool3d {
    VolumeChecks.pooling("max_pool3d", kernel, stride, padding, dilation);
  }

  public MaxPool3d(Size3 kernel) {
    this(kernel, kernel, Size3.of(0), Size3.of(1), false);
  }

  public MaxPool3d(int kernel) {
    this(Size3.of(kernel));
  }

  public MaxPool3d stride(Size3 s) {
    return new MaxPool3d(kernel, s, padding, dilation, ceilMode);
  }

  public MaxPool3d stride(int s) {
    return stride(Size3.of(s));
  }

  public MaxPool3d padding(Size3 p) {
    return new MaxPool3d(kernel, stride, p, dilation, ceilMode);
  }

  public MaxPool3d padding(int p) {
    return padding(Size3.of(p));
  }

  public MaxPool3d dilation(Size3 d) {
    return new MaxPool3d(kernel, stride, padding, d, ceilMode);
  }

  public MaxPool3d dilation(int d) {
    return dilation(Size3.of(d));
  }

  public MaxPool3d ceilMode(boolean c) {
    return new MaxPool3d(kernel, stride, padding, dilation, c);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    VolumeChecks.volume("max_pool3d", input);
    return VolumeChecks.output(
        "max_pool3d", input, input.dim(0), kernel, stride, padding, dilation, ceilMode);
  }
}
