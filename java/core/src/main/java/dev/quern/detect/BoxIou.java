package dev.quern.detect;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.CustomLoss;
import dev.quern.tensor.Shape;

/**
 * A loss for predicted boxes: 1 minus the intersection over union (IoU) or the generalized IoU,
 * which has a gradient even for disjoint boxes. Outputs and targets are {@code [..., 4]}: left,
 * top, right, bottom, in any common unit. Equals torchvision's {@code generalized_box_iou_loss}.
 * Rezatofighi et al., "Generalized Intersection over Union", 2019, arXiv 1902.09630.
 *
 * @param generalized whether to use the generalized IoU; default true
 * @param reduction mean or sum over boxes
 */
public record BoxIou(boolean generalized, Reduction reduction) implements CustomLoss {
  private static final String OP = "box_iou";

  public BoxIou {
    Require.present(OP, "reduction", reduction);
  }

  /** Creates the generalized IoU loss with mean reduction. */
  public BoxIou() {
    this(true, Reduction.MEAN);
  }

  @Override
  public String type() {
    return OP;
  }

  @Override
  public BoxIou plain() {
    return new BoxIou(generalized, Reduction.MEAN);
  }

  /**
   * Returns the shape of the targets, which is that of the output.
   *
   * @throws ShapeException if the size of the last axis is not 4
   */
  @Override
  public Shape targets(Shape output) {
    Require.present(OP, "output", output);
    if (output.rank() < 1 || output.dim(output.rank() - 1) != 4) {
      throw new ShapeException(OP + ": output " + output + " must have shape [..., 4]");
    }
    return output;
  }

  static void requireTargets(String op, Pass pass, Shape wanted) {
    if (!pass.targetShape().equals(wanted)) {
      throw new ShapeException(
          op + ": targets " + pass.targetShape() + " do not fit outputs " + pass.outputShape());
    }
  }

  @Override
  public double loss(Pass pass) {
    Require.present(OP, "pass", pass);
    requireTargets(OP, pass, targets(pass.outputShape()));
    Overlap overlap = new Overlap(generalized);
    int boxes = pass.outputs().length / 4;
    double weight = reduction == Reduction.MEAN ? 1.0 / boxes : 1;
    double sum = 0;
    for (int i = 0; i < pass.outputs().length; i += 4) {
      sum += 1 - overlap.of(pass.outputs(), i, pass.targets(), i);
      for (int side = 0; side < 4; side++) {
        pass.gradient()[i + side] = -weight * overlap.gradient[side];
      }
    }
    return weight * sum;
  }
}
