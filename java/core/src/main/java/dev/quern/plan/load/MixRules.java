package dev.quern.plan.load;

import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.tensor.Shape;
import java.util.List;

/** Checks whether mixup and cutmix can be used with a network and its losses. */
public final class MixRules {
  private MixRules() {}

  /**
   * Checks mixup and cutmix against a network and its losses.
   *
   * @throws ShapeException if cutmix would paste a rectangle into samples that are not images
   * @throws InvalidArgumentException if the network has several inputs, or targets that cannot be
   *     mixed
   */
  public static void require(Network network, List<OutputLoss> losses, List<Mix> mixes) {
    if (mixes.isEmpty()) {
      return;
    }
    if (network.inputs().size() > 1) {
      throw new InvalidArgumentException(
          "trainer: "
              + mixes
              + " require a network with one input, found "
              + network.inputs().keySet());
    }
    boolean cuts = mixes.stream().anyMatch(m -> m instanceof CutMix);
    if (cuts) {
      AugmentationRules.requireImages("cutmix", network.input());
    }
    for (OutputLoss of : losses) {
      String output = of.output();
      requireMixed(of.loss(), output, network.shapes().get(output));
      if (cuts) {
        AugmentationRules.requireUnmoved("cutmix moves pixels of images", network, output);
      }
    }
  }

  private static void requireMixed(Loss loss, String output, Shape shape) {
    if (loss instanceof CustomLoss) {
      throw new InvalidArgumentException(
          "trainer: targets of output "
              + output
              + " cannot be mixed: loss "
              + OutputLoss.text(loss)
              + " may not be linear in its targets");
    }
    boolean rows =
        loss instanceof CrossEntropy || loss instanceof SoftmaxFocal || loss instanceof Dice;
    if (rows && shape.rank() > 1) {
      throw new InvalidArgumentException(
          "trainer: targets of output "
              + output
              + " cannot be mixed: it has classes at each position, "
              + shape);
    }
    Integer ignored =
        loss instanceof CrossEntropy c
            ? Integer.valueOf(c.ignoreIndex())
            : loss instanceof SoftmaxFocal f ? Integer.valueOf(f.ignoreIndex()) : null;
    if (ignored != null && ignored >= 0 && ignored < shape.elements()) {
      throw new InvalidArgumentException(
          "trainer: labels of output "
              + output
              + " cannot be mixed: the loss ignores class "
              + ignored);
    }
  }
}
