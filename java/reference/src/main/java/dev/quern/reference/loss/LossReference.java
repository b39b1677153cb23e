package dev.quern.reference.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.Map;

/** Reference implementation of any loss, for labels or for targets with the outputs' shape. */
public final class LossReference {
  private record Twin(Forward forward, Backward backward) {}

  private interface Forward {
    double run(Loss loss, NdArray outputs, NdArray targets);
  }

  private interface Backward {
    NdArray run(Loss loss, NdArray outputs, NdArray targets);
  }

  private static final Map<Class<? extends Loss>, Twin> ALL =
      Map.of(
          CrossEntropy.class,
          new Twin(
              (l, x, y) -> CrossEntropyReference.forward((CrossEntropy) l, x, y),
              (l, x, y) -> CrossEntropyReference.backward((CrossEntropy) l, x, y)),
          BceWithLogits.class,
          new Twin(
              (l, x, y) -> BceWithLogitsReference.forward((BceWithLogits) l, x, y),
              (l, x, y) -> BceWithLogitsReference.backward((BceWithLogits) l, x, y)),
          Mse.class,
          new Twin(
              (l, x, y) -> MseReference.forward((Mse) l, x, y),
              (l, x, y) -> MseReference.backward((Mse) l, x, y)),
          Huber.class,
          new Twin(
              (l, x, y) -> HuberReference.forward((Huber) l, x, y),
              (l, x, y) -> HuberReference.backward((Huber) l, x, y)),
          SigmoidFocal.class,
          new Twin(
              (l, x, y) -> SigmoidFocalReference.forward((SigmoidFocal) l, x, y),
              (l, x, y) -> SigmoidFocalReference.backward((SigmoidFocal) l, x, y)),
          SoftmaxFocal.class,
          new Twin(
              (l, x, y) -> SoftmaxFocalReference.forward((SoftmaxFocal) l, x, y),
              (l, x, y) -> SoftmaxFocalReference.backward((SoftmaxFocal) l, x, y)),
          Dice.class,
          new Twin(
              (l, x, y) -> DiceReference.forward((Dice) l, x, y),
              (l, x, y) -> DiceReference.backward((Dice) l, x, y)));

  private LossReference() {}

  /** Returns the loss. */
  public static double forward(Loss loss, NdArray outputs, NdArray targets) {
    Require.present("loss", "loss, outputs, targets", loss, outputs, targets);
    if (loss instanceof CustomLoss own) {
      return pass(own, outputs, targets).run(own);
    }
    return ALL.get(loss.getClass()).forward().run(loss, outputs, targets);
  }

  /** Returns the gradient with respect to the outputs. */
  public static NdArray backward(Loss loss, NdArray outputs, NdArray targets) {
    Require.present("loss", "loss, outputs, targets", loss, outputs, targets);
    if (loss instanceof CustomLoss own) {
      CustomLoss.Pass pass = pass(own, outputs, targets);
      pass.run(own);
      return NdArray.of(outputs.shape(), pass.gradient());
    }
    return ALL.get(loss.getClass()).backward().run(loss, outputs, targets);
  }

  /** Calls a custom loss, which serves as its own reference implementation. */
  private static CustomLoss.Pass pass(CustomLoss loss, NdArray outputs, NdArray targets) {
    Shape output = outputs.shape().sample();
    Shape target = CustomLoss.Pass.targetShape(loss, output);
    Checks.shape("loss", "targets", targets, target.batch(outputs.dim(0)));
    CustomLoss.Pass pass = CustomLoss.Pass.of(output, target, outputs.dim(0));
    System.arraycopy(outputs.values(), 0, pass.outputs(), 0, outputs.size());
    System.arraycopy(targets.values(), 0, pass.targets(), 0, targets.size());
    return pass;
  }

  /**
   * Returns the loss for one label per row of class scores.
   *
   * @throws dev.quern.error.InvalidArgumentException if the loss does not accept labels
   */
  public static double forward(Loss loss, NdArray outputs, int[] labels) {
    Require.present("loss", "loss, outputs, labels", loss, outputs, labels);
    if (loss instanceof CrossEntropy entropy) {
      return CrossEntropyReference.forward(entropy, outputs, labels);
    } else if (loss instanceof SoftmaxFocal focal) {
      return SoftmaxFocalReference.forward(focal, outputs, labels);
    } else if (loss instanceof Dice dice) {
      return DiceReference.forward(dice, outputs, labels);
    }
    throw noLabels(loss);
  }

  /** Returns the gradient with respect to the outputs, for one label per row of class scores. */
  public static NdArray backward(Loss loss, NdArray outputs, int[] labels) {
    Require.present("loss", "loss, outputs, labels", loss, outputs, labels);
    if (loss instanceof CrossEntropy entropy) {
      return CrossEntropyReference.backward(entropy, outputs, labels);
    } else if (loss instanceof SoftmaxFocal focal) {
      return SoftmaxFocalReference.backward(focal, outputs, labels);
    } else if (loss instanceof Dice dice) {
      return DiceReference.backward(dice, outputs, labels);
    }
    throw noLabels(loss);
  }

  private static InvalidArgumentException noLabels(Loss loss) {
    String type = loss instanceof CustomLoss ? "custom loss" : loss.type();
    return new InvalidArgumentException(type + ": labels given, expected targets");
  }
}
