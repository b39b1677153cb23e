package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Refusal;

/**
 * How numbers between an axis's are made.
 *
 * @param mode nearest, linear or cubic
 * @param coordinates where a place of the result lies in the input
 * @param rounding of the nearest
 * @param cubic the cubic's coefficient
 * @param antialias whether weights widen where the result is smaller
 * @param excludeOutside whether places outside weigh nothing
 * @param outside the value of places outside, where coordinates are those of a cut-out
 */
record Interpolation(
    String mode,
    String coordinates,
    String rounding,
    double cubic,
    boolean antialias,
    boolean excludeOutside,
    float outside) {
  /** As Upsample has it. */
  static Interpolation upsample(String mode) {
    return new Interpolation(kind(mode), "asymmetric", "floor", -0.75, false, false, 0);
  }

  /** The interpolation that a Resize node describes. */
  static Interpolation of(Site s) {
    boolean old = s.opset < 11;
    return new Interpolation(
        kind(s.attributes().text("mode", "nearest")),
        s.attributes().text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
        s.attributes().text("nearest_mode", old ? "floor" : "round_prefer_floor"),
        s.attributes().real("cubic_coeff_a", -0.75f),
        s.attributes().number("antialias", 0) != 0,
        s.attributes().number("exclude_outside", 0) != 0,
        s.attributes().real("extrapolation_value", 0));
  }

  private static String kind(String mode) {
    return switch (mode) {
      case "nearest", "linear", "cubic" -> mode;
      case "bilinear" -> "linear";
      default -> throw new Refusal("attribute mode is " + mode);
    };
  }

  /**
   * The source position of element {@code i} of {@code to}; a crop is given by its bounds.
   *
   * <p>With aligned corners the length of the result is computed from the scale and may have a
   * fraction.
   */
  double at(long i, long from, long to, double scale, double begin, double end) {
    return switch (coordinates) {
      case "half_pixel" -> (i + 0.5) / scale - 0.5;
      case "pytorch_half_pixel" -> to > 1 ? (i + 0.5) / scale - 0.5 : 0;
      case "half_pixel_symmetric" ->
          from / 2.0 * (1 - to / (scale * from)) + (i + 0.5) / scale - 0.5;
      case "align_corners" -> to > 1 ? i * (from - 1.0) / (scale * from - 1) : 0;
      case "asymmetric" -> i / scale;
      case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
      case "tf_crop_and_resize" ->
          to > 1
              ? begin * (from - 1) + i * (end - begin) * (from - 1) / (scale * from - 1)
              : 0.5 * (begin + end) * (from - 1);
      default -> throw new Refusal("attribute coordinate_transformation_mode is " + coordinates);
    };
  }

  /** The nearest place, which may be outside by one. */
  long rounded(double at) {
    return (long)
        switch (rounding) {
          case "round_prefer_floor" -> Math.ceil(at - 0.5);
          case "round_prefer_ceil" -> Math.floor(at + 0.5);
          case "floor" -> Math.floor(at);
          case "ceil" -> Math.ceil(at);
          default -> throw new Refusal("attribute nearest_mode is " + rounding);
        };
  }

  /** The weight of a number at this distance. */
  double weight(double distance) {
    double x = Math.abs(distance);
    if (mode.equals("linear")) {
      return Math.max(0, 1 - x);
    }
    double a = cubic;
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }

  /** Numbers on either side that weigh something. */
  int reach() {
    return mode.equals("linear") ? 1 : 2;
  }
}
