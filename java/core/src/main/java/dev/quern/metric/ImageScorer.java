package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scorer that {@link Scorer#image} creates. */
final class ImageScorer implements Scorer {
  private static final String OPERATION = "image";

  /** The value range for PSNR; 0 to use the range of the targets. */
  private final double range;

  private double absolute;
  private double squares;
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private long values;

  ImageScorer(double range) {
    this.range = range;
  }

  @Override
  public Scorer add(int samples, float[] outputs, int[] labels) {
    throw Batches.takesTargets(OPERATION);
  }

  @Override
  public Scorer add(int samples, float[] outputs, float[] targets) {
    Batches.requireFinite(OPERATION, "output", outputs);
    Batches.requireFinite(OPERATION, "target", targets);
    Batches.requireAsMany(OPERATION, "targets", targets.length, outputs.length);
    for (int i = 0; i < outputs.length; i++) {
      double error = (double) outputs[i] - targets[i];
      absolute += Math.abs(error);
      squares += error * error;
      smallest = Math.min(smallest, targets[i]);
      largest = Math.max(largest, targets[i]);
    }
    values += outputs.length;
    return this;
  }

  @Override
  public Report report() {
    if (values == 0) {
      throw new InvalidArgumentException(OPERATION + ": no samples were added yet");
    }
    double rmse = Math.sqrt(squares / values);
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("mae", absolute / values);
    all.put("rmse", rmse);
    all.put("psnr", psnr(range == 0 ? largest - smallest : range, rmse));
    return new Report(all, null, List.of());
  }

  /** Returns the peak signal-to-noise ratio in dB. */
  private static double psnr(double range, double rmse) {
    return rmse == 0 ? Double.POSITIVE_INFINITY : 20 * Math.log10(range / rmse);
  }
}
