package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.CustomLoss;
import dev.quern.tensor.Shape;

/**
 * The loss of a detector with an output {@code [C + 4, H, W]} for {@link PointBoxes#of}: the focal
 * loss of the classes of every cell, plus a box loss for every cell with a class: 1 minus the
 * generalized intersection over union. Both terms are summed over the batch and divided by the
 * number of cells with a class, at least 1. {@link PointTargets} creates the targets, which have
 * the output's shape. Lin et al., "Focal Loss for Dense Object Detection", 2017, arXiv 1708.02002;
 * Tian et al., "FCOS", 2019, arXiv 1904.01355.
 *
 * @param alpha the weight of a cell's true class, in [0, 1]; other classes have the weight 1 -
 *     alpha; default 0.25
 * @param gamma the focusing exponent, at least 0; larger values reduce the weight of easy examples;
 *     default 2
 * @param boxWeight the factor of the box loss, at least 0; default 1
 */
public record PointLoss(double alpha, double gamma, double boxWeight) implements CustomLoss {
  private static final String OP = "point_loss";

  public PointLoss {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new InvalidArgumentException(OP + ": alpha " + alpha + " is outside [0, 1]");
    }
    requireSize("gamma", gamma);
    requireSize("box weight", boxWeight);
  }

  public PointLoss() {
    this(0.25, 2, 1);
  }

  private static void requireSize(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new InvalidArgumentException(
          OP + ": " + what + " " + value + " must be finite and at least 0");
    }
  }

  @Override
  public String type() {
    return OP;
  }

  /**
   * Returns the shape of the targets, which is that of the output.
   *
   * @throws ShapeException if the output is not {@code [C + 4, H, W]}
   */
  @Override
  public Shape targets(Shape output) {
    PointTargets.classes(OP, output);
    return output;
  }

  @Override
  public double loss(Pass pass) {
    Require.present(OP, "pass", pass);
    int classes = PointTargets.classes(OP, pass.outputShape());
    BoxIou.requireTargets(OP, pass, pass.outputShape());
    int cells = (int) (pass.outputShape().dim(1) * pass.outputShape().dim(2));
    Work work = new Work(pass, classes, cells);
    double scale = 1.0 / Math.max(1, work.found());
    double sum = 0;
    for (int sample = 0; sample < pass.samples(); sample++) {
      int from = sample * (classes + 4) * cells;
      for (int cell = 0; cell < cells; cell++) {
        boolean positive = false;
        for (int c = 0; c < classes; c++) {
          int at = from + c * cells + cell;
          sum += focal(pass, at, scale);
          positive |= pass.targets()[at] > 0;
        }
        if (positive) {
          sum += boxWeight * work.box(from + classes * cells + cell, boxWeight * scale);
        }
      }
    }
    return sum * scale;
  }

  /** Returns the focal loss of one class at one cell; 0 if its target is neither 0 nor 1. */
  private double focal(Pass pass, int at, double scale) {
    double target = pass.targets()[at];
    if (target < 0) {
      return 0;
    }
    double sign = target > 0 ? 1 : -1;
    double weight = target > 0 ? alpha : 1 - alpha;
    double x = sign * pass.outputs()[at];
    double right = 1 / (1 + Math.exp(-x));
    double wrong = 1 / (1 + Math.exp(x));
    double log = x > 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x)); // log(right)
    double easy = Math.pow(wrong, gamma);
    pass.gradient()[at] = scale * sign * weight * easy * (gamma * right * log - wrong);
    return -weight * easy * log;
  }

  /** Access to the boxes of a pass; each of their four distances is a plane. */
  private static final class Work {
    private final Pass pass;
    private final int classes;
    private final int cells;
    private final Overlap overlap = new Overlap(true);
    private final double[] own = new double[4];
    private final double[] wanted = new double[4];

    Work(Pass pass, int classes, int cells) {
      this.pass = pass;
      this.classes = classes;
      this.cells = cells;
    }

    /** Returns the number of cells with a class. */
    long found() {
      long count = 0;
      for (int sample = 0; sample < pass.samples(); sample++) {
        for (int cell = 0; cell < cells; cell++) {
          boolean positive = false;
          for (int c = 0; c < classes; c++) {
            positive |= pass.targets()[(sample * (classes + 4) + c) * cells + cell] > 0;
          }
          count += positive ? 1 : 0;
        }
      }
      return count;
    }

    double box(int at, double scale) {
      for (int side = 0; side < 4; side++) {
        double sign = side < 2 ? -1 : 1;
        own[side] = sign * Math.exp(pass.outputs()[at + side * cells]);
        wanted[side] = sign * pass.targets()[at + side * cells];
      }
      double value = overlap.of(own, 0, wanted, 0);
      for (int side = 0; side < 4; side++) {
        // the side is plus or minus the exponential, which is its own derivative
        pass.gradient()[at + side * cells] = -scale * overlap.gradient[side] * own[side];
      }
      return 1 - value;
    }
  }
}
