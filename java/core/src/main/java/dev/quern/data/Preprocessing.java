package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a picture becomes a network's input: its size, its channels, its scale. The numbers are those
 * of training on the same pixels, to the bit. Immutable, and safe for threads.
 *
 * <p>A picture is made smaller or larger by bilinear interpolation whose triangle widens with the
 * scale when it becomes smaller, so that every pixel counts. At its own size nothing changes.
 *
 * @param size of the input; null where the network's input says it, or where each picture keeps its
 *     own
 * @param fit what is done about another aspect ratio
 * @param crop of {@link Fit#CENTER_CROP}: what part of the picture's shorter side the input shows,
 *     from 0.01 to 1; 224 / 256f is PyTorch's {@code Resize(256)} and {@code CenterCrop(224)}. 1
 *     for the others
 * @param channels what the network's channels are
 * @param normalization a mean and a deviation a channel, in their order
 */
public record Preprocessing(
    @Nullable Size size, Fit fit, float crop, Channels channels, Normalization normalization) {
  /** Below, a picture would become larger than coordinates count. */
  private static final float SMALLEST_CROP = 0.01f;

  /** What is done about an aspect ratio that is not the input's. */
  public enum Fit {
    /** The picture is stretched or squeezed. */
    STRETCH,
    /** The whole picture in the middle; what is left at two sides is black. */
    FIT,
    /**
     * The middle of the picture, whose shorter side fills the input; what sticks out is cut off.
     */
    CENTER_CROP
  }

  /** What a network's channels are. */
  public enum Channels {
    /** One; of colours their luma, as ITU-R BT.601 has it. */
    GREY(1),
    /** Red, green and blue; of grey three times the same. */
    RGB(3),
    /** Blue, green and red. */
    BGR(3),
    /** Those of samples that are no pictures, as many as there are. */
    ANY(0);

    final int count;

    Channels(int count) {
      this.count = count;
    }

    /** 1 or 3; 0 for any. */
    public int count() {
      return count;
    }
  }

  /**
   * @throws InvalidArgumentException if a size is below 1, a crop is outside its range or of
   *     another fit, or there is not a mean for each channel
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
          "preprocessing: crop " + crop + " is for CENTER_CROP, not for " + fit);
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

  /** All of the picture's shorter side. */
  public Preprocessing(
      @Nullable Size size, Fit fit, Channels channels, Normalization normalization) {
    this(size, fit, 1, channels, normalization);
  }

  /**
   * What networks of ImageNet are trained with, torchvision's among them: the middle of an RGB
   * picture whose shorter side is 256 for an input of 224, normalised by ImageNet's means (0.485,
   * 0.456, 0.406) and deviations (0.229, 0.224, 0.225). Where the network's input is free, {@code
   * size(Size.of(224))} has to say how large it becomes.
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
   * Stretched to the network's size, as grey for one channel and RGB for three; where the
   * normalization has another number of channels, no pictures are taken.
   */
  public static Preprocessing of(Normalization normalization) {
    int count = Require.present("preprocessing", "normalization", normalization).channels();
    Channels channels = count == 1 ? Channels.GREY : count == 3 ? Channels.RGB : Channels.ANY;
    return new Preprocessing(null, Fit.STRETCH, channels, normalization);
  }

  /** This with another normalization; channels follow where their number is another. */
  public Preprocessing normalization(Normalization other) {
    Preprocessing plain = of(other);
    boolean same = plain.channels.count == channels.count;
    return new Preprocessing(size, fit, crop, same ? channels : plain.channels, other);
  }

  /** This with another size. */
  public Preprocessing size(@Nullable Size of) {
    return new Preprocessing(of, fit, crop, channels, normalization);
  }

  /** This with another way to fit, and a whole {@link #crop}. */
  public Preprocessing fit(Fit how) {
    return new Preprocessing(size, how, 1, channels, normalization);
  }

  /** This with another part of the picture's middle. */
  public Preprocessing crop(float part) {
    return new Preprocessing(size, fit, part, channels, normalization);
  }

  /** This with another order of channels. */
  public Preprocessing channels(Channels order) {
    return new Preprocessing(size, fit, crop, order, normalization);
  }

  /**
   * The pixels that a network is given: of its size, with its channels in its order, so that the
   * first plane is blue where they are {@link Channels#BGR}. A data set for training has the same.
   *
   * @param input the network's, {@code [C, H, W]}. A free height or width is that of {@link
   *     #size()}; without one, it is the picture's own, or follows the other where only one is free
   *     and the picture is not stretched. A {@link #crop} needs to know the size.
   * @throws ShapeException if input, size and channels do not go together
   * @throws MemoryLimitException if the JVM's heap has no room for the result
   */
  public Image resized(Image image, Shape input) {
    Require.present("preprocessing", "image", image);
    return Resize.of(image, channels, placement(new Size(image.height(), image.width()), input));
  }

  /**
   * Where a picture comes to lie in the pixels that a network is given: what {@link #resized} does
   * with positions, boxes for example.
   *
   * @param picture its height and width, at least 1
   * @param input the network's, {@code [C, H, W]}, as in {@link #resized}
   * @throws ShapeException if input, size and channels do not go together
   */
  public Placement placement(Size picture, Shape input) {
    Require.present("preprocessing", "picture", picture);
    if (picture.height() < 1 || picture.width() < 1) {
      throw new InvalidArgumentException(
          "preprocessing: picture " + picture + " must be at least 1x1");
    }
    requireInput(input);
    Size to = inputSize(picture, input);
    if ((long) to.height() * to.width() > Image.MOST_PIXELS) {
      throw new InvalidArgumentException(
          "preprocessing: an input of " + to + " has more than " + Image.MOST_PIXELS + " pixels");
    }
    // a side that follows the other has the picture's ratio already, but for its rounding
    boolean follows = size == null && input.isFree(1) != input.isFree(2);
    return Placement.of(picture, to, follows ? Fit.STRETCH : fit, crop);
  }

  /**
   * A batch for a network: each picture {@link #resized}, then scaled as in training.
   *
   * @param input the network's, {@code [C, H, W]}
   * @param images in the tensor's order, at least one; all of one size where the input's is free
   * @return {@code [N, C, H, W]}, in the arena
   * @throws ShapeException if input, size and channels do not go together, or pictures differ
   * @throws MemoryLimitException if there is no room for the result
   */
  public Tensor batch(Arena arena, Shape input, List<Image> images) {
    Require.present("preprocessing", "arena", arena);
    List<Image> all = Require.all("preprocessing", "images", images);
    if (all.isEmpty()) {
      throw new InvalidArgumentException("preprocessing: a batch of no images");
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
                + " and the first "
                + resized.get(0).shape()
                + "; a batch has one shape");
      }
      resized.add(next);
    }
    return SampleBatches.tensor(
        arena, resized.get(0).shape(), resized.stream().map(Image::owned).toList(), normalization);
  }

  private void requireInput(Shape input) {
    Require.present("preprocessing", "input", input);
    if (channels == Channels.ANY) {
      throw new ShapeException("preprocessing: input " + input + " takes no pictures");
    }
    if (input.rank() != 3 || input.isFree(0) || input.dim(0) != channels.count) {
      throw new ShapeException(
          "preprocessing: input "
              + input
              + " is not of "
              + channels.count
              + " channels with height and width, as "
              + channels
              + " wants");
    }
    if (crop != 1 && size == null && input.isFree()) {
      throw new ShapeException(
          "preprocessing: input "
              + input
              + " is free, and no size says what crop "
              + crop
              + " of a picture becomes");
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
              + (wanted == 0 ? " is none of an image" : " is not that of the size, " + wanted));
    }
  }

  private Size inputSize(Size picture, Shape input) {
    if (size != null) {
      return size;
    }
    boolean ratio = fit != Fit.STRETCH;
    if (input.isFree(1) && input.isFree(2)) {
      return picture;
    }
    if (input.isFree(1)) {
      int width = (int) input.dim(2);
      return new Size(
          ratio ? side(picture.height(), width, picture.width()) : picture.height(), width);
    }
    int height = (int) input.dim(1);
    if (input.isFree(2)) {
      return new Size(
          height, ratio ? side(picture.width(), height, picture.height()) : picture.width());
    }
    return new Size(height, (int) input.dim(2));
  }

  /** A side that is scaled by to / from. */
  private static int side(int side, int to, int from) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.round((double) side * to / from)));
  }
}
