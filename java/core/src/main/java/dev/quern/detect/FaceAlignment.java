package dev.quern.detect;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;

/**
 * Face alignment: the crop of a face in which the landmarks are as close as possible to those of a
 * template, by a {@link SimilarityTransform}. Face recognition networks such as ArcFace need
 * aligned faces. As in InsightFace's {@code norm_crop} and OpenCV's {@code alignCrop}, coordinates
 * name pixels: the pixel in column x and row y is at (x, y). Immutable and thread-safe.
 *
 * @param template the positions of the landmarks in the crop, at least two
 * @param size the height and width of the crop, each from 1 to 4096
 */
public record FaceAlignment(List<KeyPoint> template, Size size) {
  private static final String OP = "face alignment";
  private static final int LIMIT = 4096;

  private static final FaceAlignment ARC_FACE =
      new FaceAlignment(
          List.of(
              new KeyPoint(38.2946, 51.6963, 1),
              new KeyPoint(73.5318, 51.5014, 1),
              new KeyPoint(56.0252, 71.7366, 1),
              new KeyPoint(41.5493, 92.3655, 1),
              new KeyPoint(70.7299, 92.2041, 1)),
          Size.of(112));

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the template has fewer than two points, or a side of the
   *     crop is outside [1, 4096]
   */
  public FaceAlignment {
    template = Require.all(OP, "template", template);
    if (template.size() < 2) {
      throw new InvalidArgumentException(
          OP + ": template has " + template.size() + " points, expected at least 2");
    }
    Require.present(OP, "size", size);
    BlazeFace.requireSize(OP, "size", size, LIMIT);
  }

  /**
   * Returns the alignment of ArcFace: a crop of 112 x 112 pixels, and a template of the eyes, the
   * tip of the nose and the corners of the mouth, in the order of {@link YuNet} and {@link Scrfd}.
   * Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", 2019, arXiv
   * 1801.07698.
   */
  public static FaceAlignment arcFace() {
    return ARC_FACE;
  }

  /**
   * Returns the transform from the image to the crop.
   *
   * @param landmarks the landmarks in the image, in the order of the template
   * @throws InvalidArgumentException if the number of landmarks is not that of the template, or the
   *     landmarks do not determine a transform, for example because all are the same point
   */
  public SimilarityTransform transform(List<KeyPoint> landmarks) {
    List<KeyPoint> points = Require.all(OP, "landmarks", landmarks);
    if (points.size() != template.size()) {
      throw new InvalidArgumentException(
          OP + ": found " + points.size() + " landmarks, expected " + template.size());
    }
    return SimilarityTransform.estimate(points, template);
  }

  /**
   * Returns the aligned face. Each pixel is interpolated bilinearly, in double precision, between
   * the four pixels around its position in the image; pixels outside the image are black.
   *
   * @param landmarks the landmarks in pixels of the image, in the order of the template: the {@link
   *     Detection#keyPoints} of a face
   * @return an image {@code [C, height, width]} of the crop's size with the channels of the given
   *     image
   * @throws InvalidArgumentException as in {@link #transform}
   */
  public Image crop(Image image, List<KeyPoint> landmarks) {
    Require.present(OP, "image", image);
    SimilarityTransform back = transform(landmarks).inverse();
    int channels = image.channels();
    int plane = size.height() * size.width();
    byte[] from = image.pixels();
    byte[] to = Heap.bytes(OP, channels * plane);
    for (int i = 0; i < plane; i++) {
      int column = i % size.width();
      int line = i / size.width();
      double x = back.a() * column - back.b() * line + back.x();
      double y = back.b() * column + back.a() * line + back.y();
      // the position's four pixels are all outside, or the position is beyond the range of int
      if (!(x > -1 && y > -1 && x < image.width() && y < image.height())) {
        continue;
      }
      for (int c = 0; c < channels; c++) {
        to[c * plane + i] = (byte) (sample(image, from, c, x, y) + 0.5);
      }
    }
    return Image.owning(Shape.of(channels, size.height(), size.width()), to);
  }

  private static double sample(Image image, byte[] pixels, int c, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      int column = left + i % 2;
      int line = top + i / 2;
      boolean isInside =
          column >= 0 && line >= 0 && column < image.width() && line < image.height();
      if (isInside) {
        int pixel = pixels[(c * image.height() + line) * image.width() + column] & 0xff;
        sum += pixel * (1 - Math.abs(x - column)) * (1 - Math.abs(y - line));
      }
    }
    return sum;
  }
}
