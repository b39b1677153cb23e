package dev.quern.tests;

import dev.quern.layer.CustomLayer;
import dev.quern.layer.Parameter;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * A user's layer: {@code x * sigmoid(beta * x)} with a beta that is learned for each channel.
 * Ramachandran, Zoph and Le, "Searching for activation functions", 2017.
 */
record Swish(float firstBeta) implements CustomLayer {
  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    return List.of(new Parameter("beta", Shape.of(input.dim(0)), 0, firstBeta));
  }

  @Override
  public void forward(Forward pass) {
    double[] beta = pass.parameter("beta");
    double[] x = pass.input();
    for (int i = 0; i < x.length; i++) {
      pass.output()[i] = x[i] * sigmoid(beta[channel(pass, i)] * x[i]);
    }
  }

  @Override
  public void backward(Backward pass) {
    double[] beta = pass.parameter("beta");
    double[] x = pass.input();
    double[] gradient = pass.gradient("beta");
    for (int i = 0; i < x.length; i++) {
      int c = channel(pass.forward(), i);
      double s = sigmoid(beta[c] * x[i]);
      double slope = s * (1 - s);
      pass.gradInput()[i] = pass.gradOutput()[i] * (s + beta[c] * x[i] * slope);
      gradient[c] += pass.gradOutput()[i] * x[i] * x[i] * slope;
    }
  }

  private static int channel(Forward pass, int i) {
    int channels = (int) pass.inputShape().dim(0);
    int pixels = (int) pass.inputShape().elements() / channels;
    return i / pixels % channels;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
