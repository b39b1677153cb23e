package dev.quern.explain;

import dev.quern.tensor.Shape;

/**
 * Computation of saliency maps. Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional
 * Networks", 2014.
 */
final class Saliency {
  private Saliency() {}

  static HeatMap map(Gradients of, float[] sample, Shape shape, int output) {
    float[] gradient = of.byInput(sample, shape, output);
    int pixels = (int) (shape.dim(1) * shape.dim(2));
    float[] most = new float[pixels];
    for (int i = 0; i < gradient.length; i++) {
      most[i % pixels] = Math.max(most[i % pixels], Math.abs(gradient[i]));
    }
    return new HeatMap((int) shape.dim(1), (int) shape.dim(2), most);
  }
}
