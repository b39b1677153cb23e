package dev.quern.detect;

import dev.quern.tensor.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The candidate boxes and scores of one sample, one candidate per row. */
interface Rows {
  int count();

  /** Returns the number of scores of a candidate. */
  int classes();

  /** Returns the index of the background class; {@link BoxDecoder#NO_BACKGROUND} without one. */
  int background();

  /**
   * Writes a candidate's scores.
   *
   * @param into receives one score for each class
   */
  void scores(int row, double[] into);

  /**
   * Writes a candidate's box.
   *
   * @param corners receives left, top, right, bottom in pixels of the network's input
   */
  void box(int row, double[] corners);

  /** Returns the number of key points of a candidate. */
  default int keyPoints() {
    return 0;
  }

  /**
   * Writes a candidate's key points.
   *
   * @param into receives x and y in pixels of the network's input and the score of each key point
   */
  default void keyPoints(int row, double[] into) {}

  /** Returns the prototypes of masks, {@code [M, H, W]}; null for candidates without masks. */
  default @Nullable Raw prototypes() {
    return null;
  }

  /**
   * Writes the weights of the prototypes in a candidate's mask.
   *
   * @param into receives M values
   */
  default void coefficients(int row, double[] into) {}

  /**
   * Returns the candidates of a decoder.
   *
   * @param outputs the outputs by name
   * @param input the input size in pixels
   * @throws dev.quern.error.ShapeException if the shape of an output does not match the decoder
   */
  static Rows of(BoxDecoder decoder, Map<String, Raw> outputs, Size input) {
    if (decoder instanceof DecodedBoxes d) {
      return d.rows(outputs, input);
    }
    if (decoder instanceof SsdBoxes d) {
      return d.rows(outputs, input);
    }
    if (decoder instanceof YoloHeads d) {
      return d.rows(outputs);
    }
    if (decoder instanceof YoloRows d) {
      return d.rows(outputs);
    }
    if (decoder instanceof YoloPose d) {
      return d.rows(outputs);
    }
    if (decoder instanceof BlazeFace d) {
      return d.rows(outputs, input);
    }
    if (decoder instanceof YuNet d) {
      return d.rows(outputs, input);
    }
    if (decoder instanceof Scrfd d) {
      return d.rows(outputs, input);
    }
    if (decoder instanceof YoloSeg d) {
      return d.rows(outputs);
    }
    return ((PointBoxes) decoder).rows(outputs);
  }

  /**
   * Returns the number of cells of a grid that covers the input; the last ones may extend beyond.
   */
  static Size cells(Size input, int stride) {
    return new Size(
        (int) Math.ceil((double) input.height() / stride),
        (int) Math.ceil((double) input.width() / stride));
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Writes the corners of a box with this center, width and height. */
  static void centered(double x, double y, double width, double height, double[] corners) {
    corners[0] = x - width / 2;
    corners[1] = y - height / 2;
    corners[2] = x + width / 2;
    corners[3] = y + height / 2;
  }

  /** Converts a box from fractions of the input to pixels. */
  static void scale(double[] corners, Size input) {
    corners[0] *= input.width();
    corners[1] *= input.height();
    corners[2] *= input.width();
    corners[3] *= input.height();
  }
}
