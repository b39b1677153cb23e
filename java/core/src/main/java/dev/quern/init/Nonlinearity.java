package dev.quern.init;

/**
 * The nonlinearity after a layer, which determines the scale (gain) of the layer's initial weights,
 * as in PyTorch's calculate_gain.
 */
public enum Nonlinearity {
  LINEAR,
  SIGMOID,
  TANH,
  RELU,
  LEAKY_RELU,
  SELU;

  /**
   * Returns the recommended gain for initializing the layer's weights.
   *
   * @param negativeSlope slope of leaky ReLU; ignored for other functions
   */
  public double gain(double negativeSlope) {
    return switch (this) {
      case LINEAR, SIGMOID -> 1;
      case TANH -> 5.0 / 3;
      case RELU -> Math.sqrt(2);
      case LEAKY_RELU -> Math.sqrt(2 / (1 + negativeSlope * negativeSlope));
      case SELU -> 3.0 / 4;
    };
  }
}
