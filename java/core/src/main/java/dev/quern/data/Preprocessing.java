package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of images to a network's input: size, channels and normalization. Results are
 * bit-identical to those of training on the same pixels. Immutable and thread-safe.
 *
 * <p>Images are resized by bilinear interpolation with antialiasing: when downscaling, the triangle
 * filter widens with the scale. An image that already has the size of the input is not resampled.
 *
 * @param size height and width of the input; null for the network's input size. {@link #resized}
 *     describes dynamic sizes
 * @param fit handling of images whose aspect ratio differs from the input's
 * @param crop fraction of the image's shorter side that {@link Fit#CENTER_CROP} keeps, from 0.01 to
 *     1; 224 / 256f corresponds to torchvision's {@code Resize(256)} and {@code CenterCrop(224)}.
 *     Must be 1 for other fits
 * @param channels the network's channels
 * @param normalization mean and standard deviation of each channel, in the order of {@code
 *     channels}
 */
public record Preprocessing(
    @Nullable Size size, Fit fit, float crop, Channels channels, Normalization normalization) {
  /** Minimum crop: with a smaller one, coordinates in the enlarged image could overflow. */
  private static final float SMALLEST_CROP = 0.01f;

  /** Handling of images whose aspect ratio differs from the input's. */
  public enum Fit {
    /** Height and width are scaled independently. */
    STRETCH,
    /** The whole image is centered, with black borders on two sides (letterboxing). */
    FIT,
    /** The image is scaled to cover the whole input, and then center-cropped. */
    CENTER_CROP
  }

  /** Channels of a network's input. */
  public enum Channels {
    /** One gray channel; colors are converted to their luma by ITU-R BT.601. */
    GREY(1),
    /** Red, green and blue; a gray image is repeated in all three channels. */
    RGB(3),
    /** Blue, green and red. */
    BGR(3),
    /** Any number of channels; for samples that are not images. */
    ANY(0);

    final int count;

    Channels(int count) {
      this.count = count;
    }

    /** Returns the number of channels: 1 or 3; 0 for any. */
    public int count() {
      return count;
    }
  }

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a size is less than 1, the crop is outside its range or
   *     does not apply to the fit, or the number of means differs from the number of channels
   */
  public Preprocessing {
    if (size != null && (size.height() < 1 || size.width() < 1)) {
      throw new InvalidArgumentException("preprocessing: size " + size + " must be at least 1x1");
    }
    Require.present("preprocessing", "fit", fit);
    if (!(crop >= SMALLEST_CROP && crop <= 1)) {
      throw new InvalidArgumentException(
          "preprocessing: crop " + crop + " is outside [" + SMALLEST_CROP + ", 1]");
    }
    if (crop != 1 && fit != Fit.CENTER_CROP) {
      throw new InvalidArgumentException(
          "preprocessing: crop " + crop + " requires CENTER_CROP, found " + fit);
    }
    Require.present("preprocessing", "channels", channels);
    if (Require.present("preprocessing", "normalization", normalization).channels()
            != channels.count
        && channels != Channels.ANY) {
      throw new InvalidArgumentException(
          "preprocessing: "
              + normalization.channels()
              + " means do not fit "
              + channels
              + ", which has "
              + channels.count
              + " channels");
    }
  }

  /** Creates a preprocessing with crop 1, which keeps the whole shorter side of the image. */
  public Preprocessing(
      @Nullable Size size, Fit fit, Channels channels, Normalization normalization) {
    this(size, fit, 1, channels, normalization);
  }

  /**
   * Returns the preprocessing of networks trained on ImageNet, including torchvision's: for an
   * input of 224, the shorter side of an RGB image is scaled to 256, and the image is
   * center-cropped and normalized by ImageNet's means (0.485, 0.456, 0.406) and standard deviations
   * (0.229, 0.224, 0.225). For a network with a dynamic input size, add {@code size(Size.of(224))}.
   */
  public static Preprocessing imagenet() {
    return new Preprocessing(
        null,
        Fit.CENTER_CROP,
        224 / 256f,
        Channels.RGB,
        new Normalization(
            new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f}));
  }

  /**
   * Returns a preprocessing that stretches images to the network's input size. Images are converted
   * to gray if the normalization has one channel, converted to RGB if it has three, and rejected
   * otherwise.
   */
  public static Preprocessing of(Normalization normalization) {
    int count = Require.present("preprocessing", "normalization", normalization).channels();
    Channels channels = count == 1 ? Channels.GREY : count == 3 ? Channels.RGB : Channels.ANY;
    return new Preprocessing(null, Fit.STRETCH, channels, normalization);
  }

  /**
   * Returns a copy with another normalization. If the new normalization has another number of
   * channels, {@link #channels} becomes gray, RGB or any.
   */
  public Preprocessing normalization(Normalization other) {
    Preprocessing plain = of(other);
    boolean same = plain.channels.count == channels.count;
    return new Preprocessing(size, fit, crop, same ? channels : plain.channels, other);
  }

  /** Returns a copy with another size of the input; null for the network's input size. */
  public Preprocessing size(@Nullable Size of) {
    return new Preprocessing(of, fit, crop, channels, normalization);
  }

  /** Returns a copy with another fit and a {@link #crop} of 1. */
  public Preprocessing fit(Fit how) {
    return new Preprocessing(size, how, 1, channels, normalization);
  }

  /** Returns a copy with another {@link #crop}. */
  public Preprocessing crop(float part) {
    return new Preprocessing(size, fit, part, channels, normalization);
  }

  /** Returns a copy with other channels. */
  public Preprocessing channels(Channels order) {
    return new Preprocessing(size, fit, crop, order, normalization);
  }

  /**
   * Resizes an image to a network's input size and converts its channels; for {@link Channels#BGR},
   * the first plane is blue. The pixels are identical to those that training reads from an image
   * folder.
   *
   * @param input the network's input shape, {@code [C, H, W]}. A dynamic height or width is taken
   *     from {@link #size()} or, if size is null, from the image. Exception for a null size: if
   *     only one side is dynamic and the fit is not {@link Fit#STRETCH}, that side is computed from
   *     the fixed side so that the image keeps its aspect ratio. With dynamic sides, a {@link
   *     #crop} below 1 requires a size.
   * @throws ShapeException if input, size and channels do not fit together
   * @throws MemoryLimitException if the JVM's heap is too small for the result
   */
  public Image resized(Image image, Shape input) {
    Require.present("preprocessing", "image", image);
    return Resize.of(image, channels, placement(new Size(image.height(), image.width()), input));
  }

  /**
   * Returns the placement of an image in a network's input. The placement maps positions, for
   * example corners of boxes, as {@link #resized} maps pixels.
   *
   * @param image the image's height and width, at least 1
   * @param input the network's input shape, {@code [C, H, W]}, as in {@link #resized}
   * @throws ShapeException if input, size and channels do not fit together
   */
  public Placement placement(Size image, Shape input) {
    Require.present("preprocessing", "image", image);
    if (image.height() < 1 || image.width() < 1) {
      throw new InvalidArgumentException("preprocessing: image " + image + " must be at least 1x1");
    }
    requireInput(input);
    Size to = inputSize(image, input);
    if ((long) to.height() * to.width() > Image.MOST_PIXELS) {
      throw new InvalidArgumentException(
          "preprocessing: an input of " + to + " has more than " + Image.MOST_PIXELS + " pixels");
    }
    // one dynamic side: the input already has the image's aspect ratio, except for rounding
    boolean follows = size == null && input.isFree(1) != input.isFree(2);
    return Placement.of(image, to, follows ? Fit.STRETCH : fit, crop);
  }

  /**
   * Creates a batch for a network: each image is {@link #resized}, then normalized as in training.
   *
   * @param input the network's input shape, {@code [C, H, W]}
   * @param images the images in the tensor's order, at least one; with a dynamic input size, all
   *     must have the same size after resizing
   * @return a tensor {@code [N, C, H, W]}, allocated in the arena
   * @throws ShapeException if input, size and channels do not fit together, or resized images
   *     differ in size
   * @throws MemoryLimitException if memory is too small for the result
   */
  public Tensor batch(Arena arena, Shape input, List<Image> images) {
    Require.present("preprocessing", "arena", arena);
    List<Image> all = Require.all("preprocessing", "images", images);
    if (all.isEmpty()) {
      throw new InvalidArgumentException("preprocessing: the list of images is empty");
    }
    List<Image> resized = new ArrayList<>();
    for (Image image : all) {
      Image next = resized(image, input);
      if (!resized.isEmpty() && !next.shape().equals(resized.get(0).shape())) {
        throw new ShapeException(
            "preprocessing: image "
                + resized.size()
                + " becomes "
                + next.shape()
                + ", the first becomes "
                + resized.get(0).shape()
                + "; all shapes of a batch must be equal");
      }
      resized.add(next);
    }
    return SampleBatches.tensor(
        arena, resized.get(0).shape(), resized.stream().map(Image::owned).toList(), normalization);
  }

  private void requireInput(Shape input) {
    Require.present("preprocessing", "input", input);
    if (channels == Channels.ANY) {
      throw new ShapeException("preprocessing: input " + input + " does not accept images");
    }
    if (input.rank() != 3 || input.isFree(0) || input.dim(0) != channels.count) {
      throw new ShapeException(
          "preprocessing: input "
              + input
              + " must have "
              + channels.count
              + " channels, a height and a width for "
              + channels);
    }
    if (crop != 1 && size == null && input.isFree()) {
      throw new ShapeException(
          "preprocessing: input "
              + input
              + " has a dynamic size, but crop "
              + crop
              + " requires a fixed size");
    }
    requireSide("height", input, 1, size == null ? 0 : size.height());
    requireSide("width", input, 2, size == null ? 0 : size.width());
  }

  private static void requireSide(String what, Shape input, int axis, int wanted) {
    if (input.isFree(axis)) {
      return;
    }
    long side = input.dim(axis);
    if (side < 1 || side > Integer.MAX_VALUE || wanted != 0 && wanted != side) {
      throw new ShapeException(
          "preprocessing: "
              + what
              + " "
              + side
              + " of input "
              + input
              + (wanted == 0 ? " is not a valid image size" : " differs from the size " + wanted));
    }
  }

  private Size inputSize(Size image, Shape input) {
    if (size != null) {
      return size;
    }
    boolean ratio = fit != Fit.STRETCH;
    if (input.isFree(1) && input.isFree(2)) {
      return image;
    }
    if (input.isFree(1)) {
      int width = (int) input.dim(2);
      return new Size(ratio ? side(image.height(), width, image.width()) : image.height(), width);
    }
    int height = (int) input.dim(1);
    if (input.isFree(2)) {
      return new Size(height, ratio ? side(image.width(), height, image.height()) : image.width());
    }
    return new Size(height, (int) input.dim(2));
  }

  /** Returns {@code side * to / from}, rounded and at least 1. */
  private static int side(int side, int to, int from) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.round((double) side * to / from)));
  }
}
