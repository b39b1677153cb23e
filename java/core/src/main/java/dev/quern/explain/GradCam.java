package dev.quern.explain;

import dev.quern.tensor.Shape;

/**
 * Computation of Grad-CAM. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks",
 * 2017.
 */
final class GradCam {
  private GradCam() {}

  static HeatMap map(Gradients of, float[] sample, Shape shape, int output, String layer) {
    Gradients.AtLayer at = of.byLayer(sample, shape, output, layer);
    int channels = (int) at.shape().dim(0);
    int height = (int) at.shape().dim(1);
    int width = (int) at.shape().dim(2);
    int pixels = height * width;
    double[] sums = new double[pixels];
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      for (int p = 0; p < pixels; p++) {
        mean += at.gradient()[c * pixels + p];
      }
      mean /= pixels;
      for (int p = 0; p < pixels; p++) {
        sums[p] += mean * at.values()[c * pixels + p];
      }
    }
    float[] heat = new float[pixels];
    for (int p = 0; p < pixels; p++) {
      heat[p] = (float) Math.max(0, sums[p]);
    }
    HeatMap small = new HeatMap(height, width, heat);
    return small.resized((int) shape.dim(1), (int) shape.dim(2));
  }
}
