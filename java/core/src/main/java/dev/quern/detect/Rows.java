package dev.quern.detect;

import dev.quern.tensor.Size;
import java.util.Map;

/** The candidates of one sample. */
interface Rows {
  int count();

  /** How many scores a candidate has. */
  int classes();

  /** Index of the background class; {@link BoxDecoder#NO_BACKGROUND} without one. */
  int background();

  /**
   * @param into one for each class
   */
  void scores(int row, double[] into);

  /**
   * @param corners to be filled: left, top, right, bottom in pixels of the network's input
   */
  void box(int row, double[] corners);

  /**
   * @param outputs by name
   * @param input in pixels
   * @throws dev.quern.error.ShapeException if outputs have other shapes
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
    return ((PointBoxes) decoder).rows(outputs);
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** A box around a point. */
  static void centered(double x, double y, double width, double height, double[] corners) {
    corners[0] = x - width / 2;
    corners[1] = y - height / 2;
    corners[2] = x + width / 2;
    corners[3] = y + height / 2;
  }

  /** From fractions of the input to pixels. */
  static void scale(double[] corners, Size input) {
    corners[0] *= input.width();
    corners[1] *= input.height();
    corners[2] *= input.width();
    corners[3] *= input.height();
  }
}
