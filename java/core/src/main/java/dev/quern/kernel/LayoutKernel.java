package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Between the callers' memory order, channels first, and ours, channels last. */
public final class LayoutKernel {
  private LayoutKernel() {}

  /**
   * @param images {@code [N, C, H, W]}
   */
  public static void toNhwc(Shape images, FloatPointer nchw, FloatPointer nhwc) {
    toNhwc(images.dim(0), images.dim(1), images.dim(2), images.dim(3), nchw, nhwc);
  }

  public static void toNhwc(
      long batch, long channels, long pixels, FloatPointer nchw, FloatPointer nhwc) {
    toNhwc(batch, channels, pixels, 1, nchw, nhwc);
  }

  private static void toNhwc(long n, long c, long h, long w, FloatPointer nchw, FloatPointer nhwc) {
    Status.check(Quern.quern_nchw_to_nhwc(n, c, h, w, nchw, nhwc, c));
  }

  /**
   * @param images {@code [N, C, H, W]}
   */
  public static void toNchw(Shape images, FloatPointer nhwc, FloatPointer nchw) {
    toNchw(images.dim(0), images.dim(1), images.dim(2), images.dim(3), nhwc, nchw);
  }

  public static void toNchw(
      long batch, long channels, long pixels, FloatPointer nhwc, FloatPointer nchw) {
    toNchw(batch, channels, pixels, 1, nhwc, nchw);
  }

  private static void toNchw(long n, long c, long h, long w, FloatPointer nhwc, FloatPointer nchw) {
    Status.check(Quern.quern_nhwc_to_nchw(n, c, h, w, nhwc, c, nchw));
  }

  /**
   * Images' bytes as floats, moved and normalised.
   *
   * @param movesOrNull of each image
   * @param scale one a channel, as is shift
   * @param planes whether the result keeps the callers' order
   */
  public static void images(
      long batch,
      Shape image,
      BytePointer src,
      IntPointer movesOrNull,
      FloatPointer scale,
      FloatPointer shift,
      FloatPointer dst,
      boolean planes) {
    long channels = image.dim(0);
    Status.check(
        Quern.quern_images(
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
