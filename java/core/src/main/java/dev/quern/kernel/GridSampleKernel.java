package dev.quern.kernel;

import dev.quern.bindings.GridSampleDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Sampling of channels-last images at the points of a grid. */
public final class GridSampleKernel {
  private final GridSampleDescriptor descriptor;

  /** The interpolation, as the native enum names it. */
  public enum Mode {
    BILINEAR(Quern.QUERN_SAMPLE_BILINEAR),
    NEAREST(Quern.QUERN_SAMPLE_NEAREST),
    BICUBIC(Quern.QUERN_SAMPLE_BICUBIC);

    private final int code;

    Mode(int code) {
      this.code = code;
    }
  }

  /** The values outside the image, as the native enum names them. */
  public enum Padding {
    ZEROS(Quern.QUERN_SAMPLE_ZEROS),
    BORDER(Quern.QUERN_SAMPLE_BORDER),
    REFLECTION(Quern.QUERN_SAMPLE_REFLECTION);

    private final int code;

    Padding(int code) {
      this.code = code;
    }
  }

  /** Options of the sampling. */
  public record Options(Mode mode, Padding padding, boolean alignCorners) {}

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param in the sample shape of the image, {@code [C, H, W]}
   * @param out the sample shape of the output
   */
  public GridSampleKernel(Pointer at, long batch, Shape in, Shape out, Options options) {
    descriptor =
        new GridSampleDescriptor(at)
            .batch(batch)
            .channels(in.dim(0))
            .in_height(in.dim(1))
            .in_width(in.dim(2))
            .out_height(out.dim(1))
            .out_width(out.dim(2))
            .mode(options.mode().code)
            .padding(options.padding().code)
            .align_corners(options.alignCorners() ? 1 : 0)
            .src_pitch(in.dim(0))
            .dst_pitch(out.dim(0))
            .type(Quern.QUERN_F32)
            .order(Quern.QUERN_NHWC);
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  public void forward(Pointer src, Pointer grid, Pointer dst) {
    Status.check(Quern.quern_grid_sample_forward(descriptor, src, grid, dst));
  }

  public void backward(
      Pointer src, Pointer grid, Pointer diffDst, Pointer diffSrcOrNull, Pointer diffGridOrNull) {
    Status.check(
        Quern.quern_grid_sample_backward(
            descriptor, src, grid, diffDst, diffSrcOrNull, diffGridOrNull));
  }
}
