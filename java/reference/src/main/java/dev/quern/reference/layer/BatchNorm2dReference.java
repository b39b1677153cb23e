package dev.quern.reference.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link BatchNorm2d} on {@code [N, C, H, W]}; weight, bias and
 * statistics are {@code [C]}. Training uses the mean and biased variance of the batch; evaluation
 * uses the running statistics.
 */
public final class BatchNorm2dReference {
  private BatchNorm2dReference() {}

  /**
   * Mean and variance of each channel.
   *
   * @param mean {@code [C]}
   * @param var {@code [C]}
   */
  public record Statistics(NdArray mean, NdArray var) {
    public Statistics {
      Require.present("batch_norm2d", "mean, var", mean, var);
    }
  }

  /** Gradients with respect to input, weight and bias. */
  public record Gradients(NdArray input, NdArray weight, NdArray bias) {}

  /** Returns the batch's mean and biased variance per channel. */
  public static Statistics ofBatch(BatchNorm2d layer, NdArray input) {
    Require.present("batch_norm2d", "layer, input", layer, input);
    Checks.batchOutput(layer, input.shape());
    Shape channels = Shape.of(input.dim(1));
    int count = perChannel(input);
    if (count < 2) {
      throw new ShapeException(
          "batch_norm2d: " + count + " values per channel, training needs 2 or more");
    }
    NdArray mean = new NdArray(channels);
    NdArray var = new NdArray(channels);
    each(input, (i, c) -> mean.add(c, input.get(i) / count));
    each(input, (i, c) -> var.add(c, Math.pow(input.get(i) - mean.get(c), 2) / count));
    return new Statistics(mean, var);
  }

  /**
   * Returns the running statistics after a training pass: {@code (1 - momentum) running + momentum
   * batch}, with the batch's unbiased variance.
   */
  public static Statistics moved(BatchNorm2d layer, Statistics running, NdArray input) {
    Require.present("batch_norm2d", "layer, running, input", layer, running, input);
    Statistics batch = ofBatch(layer, input);
    Checks.shape("batch_norm2d", "running mean", running.mean(), batch.mean().shape());
    Checks.shape("batch_norm2d", "running variance", running.var(), batch.var().shape());
    double m = layer.momentum();
    double unbiased = perChannel(input) / (perChannel(input) - 1.0);
    NdArray mean = new NdArray(running.mean().shape());
    NdArray var = new NdArray(running.var().shape());
    for (int c = 0; c < mean.size(); c++) {
      mean.set(c, (1 - m) * running.mean().get(c) + m * batch.mean().get(c));
      var.set(c, (1 - m) * running.var().get(c) + m * batch.var().get(c) * unbiased);
    }
    return new Statistics(mean, var);
  }

  /**
   * Returns the output normalized with {@code statistics}: the batch's statistics in training, the
   * running statistics in evaluation.
   */
  public static NdArray forward(
      BatchNorm2d layer, NdArray input, NdArray weight, NdArray bias, Statistics statistics) {
    Require.present(
        "batch_norm2d", "layer, input, weight, statistics", layer, input, weight, statistics);
    check(layer, input, weight, statistics);
    Checks.shape("batch_norm2d", "bias", bias, weight.shape());
    NdArray output = new NdArray(input.shape());
    each(
        input,
        (i, c) ->
            output.set(
                i,
                (input.get(i) - statistics.mean().get(c))
                        / deviation(layer, statistics, c)
                        * weight.get(c)
                    + bias.get(c)));
    return output;
  }

  /**
   * Returns the gradients with respect to input, weight and bias.
   *
   * @param training true if {@code statistics} are the batch's, so that they depend on the input
   */
  public static Gradients backward(
      BatchNorm2d layer,
      NdArray input,
      NdArray weight,
      Statistics statistics,
      NdArray gradOutput,
      boolean training) {
    Require.present(
        "batch_norm2d", "layer, input, weight, statistics", layer, input, weight, statistics);
    check(layer, input, weight, statistics);
    Checks.shape("batch_norm2d", "grad_output", gradOutput, input.shape());
    NdArray gradWeight = new NdArray(weight.shape());
    NdArray gradBias = new NdArray(weight.shape());
    each(
        input,
        (i, c) -> {
          double normal =
              (input.get(i) - statistics.mean().get(c)) / deviation(layer, statistics, c);
          gradWeight.add(c, gradOutput.get(i) * normal);
          gradBias.add(c, gradOutput.get(i));
        });
    int count = perChannel(input);
    NdArray gradInput = new NdArray(input.shape());
    each(
        input,
        (i, c) -> {
          double deviation = deviation(layer, statistics, c);
          double normal = (input.get(i) - statistics.mean().get(c)) / deviation;
          double indirect = training ? (gradBias.get(c) + normal * gradWeight.get(c)) / count : 0;
          gradInput.set(i, weight.get(c) / deviation * (gradOutput.get(i) - indirect));
        });
    return new Gradients(gradInput, gradWeight, gradBias);
  }

  private static double deviation(BatchNorm2d layer, Statistics statistics, int c) {
    return Math.sqrt(statistics.var().get(c) + layer.eps());
  }

  private static int perChannel(NdArray input) {
    return input.dim(0) * input.dim(2) * input.dim(3);
  }

  private static void check(
      BatchNorm2d layer, NdArray input, NdArray weight, Statistics statistics) {
    Checks.batchOutput(layer, input.shape());
    Shape channels = Shape.of(input.dim(1));
    Checks.shape("batch_norm2d", "weight", weight, channels);
    Checks.shape("batch_norm2d", "mean", statistics.mean(), channels);
    Checks.shape("batch_norm2d", "var", statistics.var(), channels);
  }

  /** Visits an element by its offset and channel. */
  private interface Element {
    void visit(int offset, int channel);
  }

  private static void each(NdArray input, Element element) {
    int plane = input.dim(2) * input.dim(3);
    for (int start = 0; start < input.size(); start += plane) {
      int channel = start / plane % input.dim(1);
      for (int i = start; i < start + plane; i++) {
        element.visit(i, channel);
      }
    }
  }
}
