package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Conversions between channels first (NCHW), the order of the API, and channels last (NHWC), the
 * order of the kernels.
 */
public final class LayoutKernel {
  /**
   * Flag of a horizontally mirrored image. An image's shift consists of three integers: rows,
   * columns, flags.
   */
  public static final int MIRRORED = Quern.QUERN_MOVE_MIRRORED;

  public static final int REFLECT = Quern.QUERN_MOVE_REFLECT;
  public static final int UPSIDE_DOWN = Quern.QUERN_MOVE_UPSIDE_DOWN;

  private LayoutKernel() {}

  /**
   * Converts images from NCHW to NHWC.
   *
   * @param images the shape of the batch, {@code [N, C, H, W]}
   */
  public static void toNhwc(Shape images, Pointer nchw, Pointer nhwc) {
    toNhwc(images.dim(0), images.dim(1), images.dim(2), images.dim(3), nchw, nhwc);
  }

  public static void toNhwc(long batch, long channels, long pixels, Pointer nchw, Pointer nhwc) {
    toNhwc(batch, channels, pixels, 1, nchw, nhwc);
  }

  private static void toNhwc(long n, long c, long h, long w, Pointer nchw, Pointer nhwc) {
    Status.check(Quern.quern_nchw_to_nhwc(Quern.QUERN_F32, n, c, h, w, nchw, nhwc, c));
  }

  /**
   * Converts images from NHWC to NCHW.
   *
   * @param images the shape of the batch, {@code [N, C, H, W]}
   */
  public static void toNchw(Shape images, Pointer nhwc, Pointer nchw) {
    toNchw(images.dim(0), images.dim(1), images.dim(2), images.dim(3), nhwc, nchw);
  }

  public static void toNchw(long batch, long channels, long pixels, Pointer nhwc, Pointer nchw) {
    toNchw(batch, channels, pixels, 1, nhwc, nchw);
  }

  private static void toNchw(long n, long c, long h, long w, Pointer nhwc, Pointer nchw) {
    Status.check(Quern.quern_nhwc_to_nchw(Quern.QUERN_F32, n, c, h, w, nhwc, c, nchw));
  }

  /**
   * Computes the factors and addends with which {@link #images} maps each byte to {@code (byte /
   * 255 - mean) / std}.
   *
   * @param scale receives the factor per channel
   * @param shift receives the addend per channel
   */
  public static void scales(float[] mean, float[] std, FloatPointer scale, FloatPointer shift) {
    for (int c = 0; c < mean.length; c++) {
      scale.put(c, (float) (1 / (255.0 * std[c])));
      shift.put(c, (float) (-(double) mean[c] / std[c]));
    }
  }

  /**
   * Shifts and normalizes images, and converts bytes to floats.
   *
   * @param movesOrNull the shift of each image: rows, columns, flags; null for none
   * @param scale the factor per channel
   * @param shift the addend per channel
   * @param planes true for a result in CHW order, false for HWC
   */
  public static void images(
      long batch,
      Shape image,
      BytePointer src,
      IntPointer movesOrNull,
      FloatPointer scale,
      FloatPointer shift,
      Pointer dst,
      boolean planes) {
    long channels = image.dim(0);
    Status.check(
        Quern.quern_images(
            Quern.QUERN_F32,
            batch,
            channels,
            image.dim(1),
            image.dim(2),
            src,
            movesOrNull,
            scale,
            shift,
            dst,
            planes ? 0 : channels));
  }
}
