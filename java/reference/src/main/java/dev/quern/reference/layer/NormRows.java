package dev.quern.reference.layer;

import dev.quern.reference.NdArray;
import java.util.function.IntUnaryOperator;

/**
 * Base of layer, group and root mean square normalization: the array is a list of rows, and each
 * row has its own mean and biased variance.
 *
 * @param length number of elements per row
 * @param weightIndex maps an element's offset in the array to the index of its weight
 * @param rms whether the mean counts as 0, as in root mean square normalization
 */
record NormRows(int length, double eps, IntUnaryOperator weightIndex, boolean rms) {
  /** Returns {@code (x - mean) / sqrt(var + eps) * weight + bias}; weight and bias may be null. */
  NdArray forward(NdArray input, NdArray weightOrNull, NdArray biasOrNull) {
    NdArray output = normalized(input);
    for (int i = 0; i < output.size(); i++) {
      double bias = biasOrNull == null ? 0 : biasOrNull.get(weightIndex.applyAsInt(i));
      output.set(i, output.get(i) * weight(weightOrNull, i) + bias);
    }
    return output;
  }

  /**
   * Returns the gradients with respect to input, weight and bias.
   *
   * @param withBias whether the layer has a bias, so that its gradient is computed
   */
  NormGradients backward(
      NdArray input, NdArray weightOrNull, boolean withBias, NdArray gradOutput) {
    NdArray normal = normalized(input);
    NdArray gradInput = new NdArray(input.shape());
    for (int row = 0; row < input.size(); row += length) {
      double mean = 0;
      double product = 0;
      for (int i = row; i < row + length; i++) {
        double g = gradOutput.get(i) * weight(weightOrNull, i);
        mean += rms ? 0 : g / length;
        product += g * normal.get(i) / length;
      }
      double deviation = deviation(input, row);
      for (int i = row; i < row + length; i++) {
        double g = gradOutput.get(i) * weight(weightOrNull, i);
        gradInput.set(i, (g - mean - normal.get(i) * product) / deviation);
      }
    }
    NdArray gradWeight = weightOrNull == null ? null : new NdArray(weightOrNull.shape());
    NdArray gradBias = withBias ? new NdArray(weightOrNull.shape()) : null;
    for (int i = 0; weightOrNull != null && i < input.size(); i++) {
      gradWeight.add(weightIndex.applyAsInt(i), gradOutput.get(i) * normal.get(i));
      if (withBias) {
        gradBias.add(weightIndex.applyAsInt(i), gradOutput.get(i));
      }
    }
    return new NormGradients(gradInput, gradWeight, gradBias);
  }

  private double weight(NdArray weightOrNull, int i) {
    return weightOrNull == null ? 1 : weightOrNull.get(weightIndex.applyAsInt(i));
  }

  private NdArray normalized(NdArray input) {
    NdArray normal = new NdArray(input.shape());
    for (int row = 0; row < input.size(); row += length) {
      double mean = mean(input, row);
      double deviation = deviation(input, row);
      for (int i = row; i < row + length; i++) {
        normal.set(i, (input.get(i) - mean) / deviation);
      }
    }
    return normal;
  }

  private double mean(NdArray input, int row) {
    if (rms) {
      return 0;
    }
    double sum = 0;
    for (int i = row; i < row + length; i++) {
      sum += input.get(i);
    }
    return sum / length;
  }

  private double deviation(NdArray input, int row) {
    double mean = mean(input, row);
    double squares = 0;
    for (int i = row; i < row + length; i++) {
      squares += (input.get(i) - mean) * (input.get(i) - mean);
    }
    return Math.sqrt(squares / length + eps);
  }
}
