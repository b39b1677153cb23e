package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Refusal;

/**
 * The interpolation along an axis in ONNX's Resize.
 *
 * @param mode nearest, linear or cubic
 * @param coordinates the mapping from a position in the result to a position in the input
 * @param rounding the rounding of positions in mode nearest
 * @param cubic the coefficient of cubic interpolation
 * @param antialias whether the filter is widened for downsampling
 * @param excludeOutside whether positions outside the input have weight 0
 * @param outside the value of positions outside the input, for crops
 */
public record Interpolation(
    String mode,
    String coordinates,
    String rounding,
    double cubic,
    boolean antialias,
    boolean excludeOutside,
    float outside) {
  /** Returns the interpolation of an Upsample node with the given mode. */
  public static Interpolation upsample(String mode) {
    return new Interpolation(kind(mode), "asymmetric", "floor", -0.75, false, false, 0);
  }

  /** Returns the interpolation that a Resize node describes. */
  static Interpolation of(Attributes attributes, long opset) {
    boolean old = opset < 11;
    return new Interpolation(
        kind(attributes.text("mode", "nearest")),
        attributes.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
        attributes.text("nearest_mode", old ? "floor" : "round_prefer_floor"),
        attributes.real("cubic_coeff_a", -0.75f),
        attributes.number("antialias", 0) != 0,
        attributes.number("exclude_outside", 0) != 0,
        attributes.real("extrapolation_value", 0));
  }

  private static String kind(String mode) {
    return switch (mode) {
      case "nearest", "linear", "cubic" -> mode;
      case "bilinear" -> "linear";
      default -> throw new Refusal("mode " + mode + " is not supported");
    };
  }

  /**
   * Returns the position in the input, of length {@code from}, for element {@code i} of the result,
   * of length {@code to}. A crop is given by its bounds.
   *
   * <p>With aligned corners, the length of the result is computed from the scale and may have a
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
      default -> throw new Refusal("coordinate_transformation_mode " + coordinates + " is unknown");
    };
  }

  /** Returns the nearest integer position, which may be outside the input by one. */
  long rounded(double at) {
    return (long)
        switch (rounding) {
          case "round_prefer_floor" -> Math.ceil(at - 0.5);
          case "round_prefer_ceil" -> Math.floor(at + 0.5);
          case "floor" -> Math.floor(at);
          case "ceil" -> Math.ceil(at);
          default -> throw new Refusal("nearest_mode " + rounding + " is not supported");
        };
  }

  /** Returns the weight of an input element at this distance. */
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

  /** Returns the number of elements on each side whose weight is not 0. */
  int reach() {
    return mode.equals("linear") ? 1 : 2;
  }
}
