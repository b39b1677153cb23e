package dev.quern.kernel;

import dev.quern.bindings.AugmentDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Image augmentation with a separate list of steps for each image. */
public final class AugmentKernel {
  /**
   * Number of 32-bit words of an encoded step: its operation and its parameters (see {@code
   * quern_images.h}).
   */
  public static final int WORDS = Quern.QUERN_AUGMENT_WORDS;

  public static final int MOVE = Quern.QUERN_AUGMENT_MOVE;
  public static final int WARP = Quern.QUERN_AUGMENT_WARP;
  public static final int ERASE = Quern.QUERN_AUGMENT_ERASE;
  public static final int BRIGHTNESS = Quern.QUERN_AUGMENT_BRIGHTNESS;
  public static final int CONTRAST = Quern.QUERN_AUGMENT_CONTRAST;
  public static final int SATURATION = Quern.QUERN_AUGMENT_SATURATION;
  public static final int HUE = Quern.QUERN_AUGMENT_HUE;
  public static final int GRAYSCALE = Quern.QUERN_AUGMENT_GRAYSCALE;
  public static final int GAUSSIAN_BLUR = Quern.QUERN_AUGMENT_GAUSSIAN_BLUR;
  public static final int GAUSSIAN_NOISE = Quern.QUERN_AUGMENT_GAUSSIAN_NOISE;
  public static final int SHARPNESS = Quern.QUERN_AUGMENT_SHARPNESS;
  public static final int POSTERIZE = Quern.QUERN_AUGMENT_POSTERIZE;
  public static final int SOLARIZE = Quern.QUERN_AUGMENT_SOLARIZE;
  public static final int AUTOCONTRAST = Quern.QUERN_AUGMENT_AUTOCONTRAST;
  public static final int EQUALIZE = Quern.QUERN_AUGMENT_EQUALIZE;
  public static final int INVERT = Quern.QUERN_AUGMENT_INVERT;

  /** Erasing mode that fills the rectangle with a given value. */
  public static final int ERASE_VALUE = Quern.QUERN_ERASE_VALUE;

  public static final int ERASE_MEAN = Quern.QUERN_ERASE_MEAN;
  public static final int ERASE_NOISE = Quern.QUERN_ERASE_NOISE;

  private final AugmentDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param image the shape of an image, {@code [C, H, W]}
   * @param steps the number of steps per image
   */
  public AugmentKernel(Pointer at, Shape image, int steps) {
    descriptor =
        new AugmentDescriptor(at)
            .batch(0)
            .channels(image.dim(0))
            .height(image.dim(1))
            .width(image.dim(2))
            .steps(steps)
            .type(Quern.QUERN_F32);
  }

  /** Returns the workspace size in bytes, for all threads together. */
  public long workspace() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_augment_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Augments and normalizes images, and converts bytes to floats.
   *
   * @param srcOrNull the images as bytes; null if {@code dst} contains them as floats in CHW order
   * @param steps the encoded steps of all images
   * @param scale the factor per channel
   * @param shift the addend per channel
   * @param planes true for a result in CHW order, false for HWC
   */
  public void apply(
      long batch,
      BytePointer srcOrNull,
      IntPointer steps,
      FloatPointer scale,
      FloatPointer shift,
      Pointer dst,
      boolean planes,
      Pointer workspace,
      long bytes) {
    descriptor.batch(batch);
    long pitch = planes ? 0 : descriptor.channels();
    Status.check(
        Quern.quern_augment_apply(
            descriptor, srcOrNull, steps, scale, shift, dst, pitch, workspace, bytes));
  }
}
