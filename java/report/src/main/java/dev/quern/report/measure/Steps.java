package dev.quern.report.measure;

import dev.quern.report.data.StepData;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the points of a curve over training steps. If there are too many points, pairs of
 * consecutive points are combined into one. Not thread-safe.
 */
public final class Steps {
  private static final int MOST = 2048;

  private final int most;
  private List<StepData> points = new ArrayList<>();

  /** The number of training steps per point. */
  private int each = 1;

  /** The number of steps in the incomplete last point. */
  private int count;

  private double at;
  private double lossSum;
  private double lr;

  public Steps() {
    this(MOST);
  }

  /**
   * Creates an empty list of points.
   *
   * @param most the maximum number of points, an even number
   */
  public Steps(int most) {
    this.most = most;
  }

  public void add(double where, double loss, double rate) {
    at = where;
    lr = rate;
    lossSum += loss;
    count++;
    if (count == each) {
      points.add(open());
      count = 0;
      lossSum = 0;
      if (points.size() == most) {
        halve();
      }
    }
  }

  private StepData open() {
    return new StepData(at, lossSum / count, lr);
  }

  private void halve() {
    List<StepData> half = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      StepData a = points.get(i);
      StepData b = points.get(i + 1);
      half.add(new StepData(b.at(), (a.loss() + b.loss()) / 2, b.lr()));
    }
    points = half;
    each *= 2;
  }

  public List<StepData> all() {
    List<StepData> all = new ArrayList<>(points);
    if (count > 0) {
      all.add(open());
    }
    return all;
  }
}
