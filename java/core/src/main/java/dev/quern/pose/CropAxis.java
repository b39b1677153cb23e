package dev.quern.pose;

/**
 * The linear interpolation of a crop along one axis: each pixel of the crop is a weighted sum of
 * two pixels of the image. A pixel outside the image has weight 0.
 */
final class CropAxis {
  private final int[] first;
  private final int[] second;
  private final double[] firstWeight;
  private final double[] secondWeight;

  /**
   * Computes the weights.
   *
   * @param start the position of the crop's first pixel in the image
   * @param step the distance of the crop's pixels in the image
   * @param count the number of the crop's pixels
   * @param side the number of the image's pixels
   */
  CropAxis(double start, double step, int count, int side) {
    first = new int[count];
    second = new int[count];
    firstWeight = new double[count];
    secondWeight = new double[count];
    for (int i = 0; i < count; i++) {
      double at = start + i * step;
      // otherwise both pixels are outside, or the position is beyond the range of int
      if (at > -1 && at < side) {
        int low = (int) Math.floor(at);
        first[i] = Math.max(0, low);
        second[i] = Math.min(low + 1, side - 1);
        firstWeight[i] = low >= 0 ? low + 1 - at : 0;
        secondWeight[i] = low + 1 < side ? at - low : 0;
      }
    }
  }

  int first(int i) {
    return first[i];
  }

  int second(int i) {
    return second[i];
  }

  double firstWeight(int i) {
    return firstWeight[i];
  }

  double secondWeight(int i) {
    return secondWeight[i];
  }

  /**
   * Returns the interpolated value of a pixel of the crop in one row of the image.
   *
   * @param row the index of the row's first pixel
   */
  double mix(int i, byte[] pixels, int row) {
    return firstWeight[i] * (pixels[row + first[i]] & 0xff)
        + secondWeight[i] * (pixels[row + second[i]] & 0xff);
  }
}
