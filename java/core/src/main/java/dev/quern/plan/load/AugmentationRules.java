package dev.quern.plan.load;

import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.CustomAugmentation;
import dev.quern.augment.Cutout;
import dev.quern.augment.GaussianBlur;
import dev.quern.augment.GaussianNoise;
import dev.quern.augment.RandAugment;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomErasing;
import dev.quern.augment.RandomGrayscale;
import dev.quern.augment.RandomPerspective;
import dev.quern.augment.TrivialAugment;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.tensor.Shape;
import java.util.List;

/** Checks whether augmentations can be used with a network and its losses. */
public final class AugmentationRules {
  /**
   * Maximum number of augmentations. Each augmentation may add 16 steps, and an image may have at
   * most 4096 steps.
   */
  private static final int MOST = 256;

  private AugmentationRules() {}

  /**
   * Checks augmentations against a network and its losses.
   *
   * @throws ShapeException if an augmentation cannot be applied to the shape of the network's input
   * @throws InvalidArgumentException if there are too many augmentations, or if an augmentation
   *     would transform the images but not their targets
   */
  public static void require(
      Network network, List<OutputLoss> losses, List<Augmentation> augmentations) {
    Shape in = network.input();
    List<Augmentation> builtIn =
        augmentations.stream().filter(a -> !(a instanceof CustomAugmentation)).toList();
    if (!builtIn.isEmpty()) {
      requireImages("augmentation", in);
    }
    requireFit(in, builtIn);
    if (builtIn.size() > MOST) {
      throw new InvalidArgumentException(
          "trainer: " + builtIn.size() + " augmentations exceed the maximum of " + MOST);
    }
    List<Augmentation> moving = builtIn.stream().filter(AugmentationRules::moves).toList();
    if (!moving.isEmpty()) {
      losses.stream()
          .filter(l -> !isOfPixels(l.loss()))
          .forEach(
              l -> requireUnmoved("augmentations " + moving + " move images", network, l.output()));
    }
  }

  /**
   * Checks that an input contains images, {@code [C, H, W]}.
   *
   * @param what name of the setting that requires images, for the message
   * @throws ShapeException if the input does not have three axes
   */
  static void requireImages(String what, Shape in) {
    if (in.rank() != 3) {
      throw new ShapeException(
          "trainer: " + what + " requires images, the network's input is " + in);
    }
  }

  /**
   * Checks that built-in augmentations can be applied to images of this shape. Custom augmentations
   * are not checked.
   *
   * @throws ShapeException if an augmentation cannot be applied
   */
  public static void requireFit(Shape image, List<Augmentation> all) {
    all.stream().filter(a -> !(a instanceof CustomAugmentation)).forEach(a -> requireFit(a, image));
  }

  /**
   * Returns whether, for this loss, targets with one value per pixel are transformed together with
   * the images.
   */
  private static boolean isOfPixels(Loss loss) {
    return loss instanceof CrossEntropy
        || loss instanceof SoftmaxFocal
        || loss instanceof Dice
        || loss instanceof BceWithLogits
        || loss instanceof SigmoidFocal;
  }

  /**
   * Returns whether an augmentation moves pixels. Changes of color, blur, noise and erasing do not.
   */
  private static boolean moves(Augmentation a) {
    return !(a instanceof ColorJitter
        || a instanceof RandomGrayscale
        || a instanceof GaussianBlur
        || a instanceof GaussianNoise
        || a instanceof RandomErasing
        || a instanceof Cutout);
  }

  private static void requireFit(Augmentation a, Shape in) {
    long least = Math.min(in.dim(1), in.dim(2));
    if (a instanceof RandomCrop c && c.padding() >= least) {
      throw new ShapeException(
          "trainer: padding "
              + c.padding()
              + " of random crop must be less than the height and width of images "
              + in);
    }
    if (a instanceof GaussianBlur b && b.kernelSize() / 2 >= least) {
      throw new ShapeException(
          "trainer: kernel size "
              + b.kernelSize()
              + " of gaussian blur must be less than twice the height and width of images "
              + in);
    }
    if (a instanceof RandomPerspective && least < 2) {
      throw new ShapeException(
          "trainer: random perspective requires at least 2x2 pixels, images are " + in);
    }
    boolean colors = a instanceof ColorJitter || a instanceof RandomGrayscale || isPolicy(a);
    if (colors && in.dim(0) != 1 && in.dim(0) != 3) {
      throw new ShapeException("trainer: " + a + " requires 1 or 3 channels, images are " + in);
    }
  }

  private static boolean isPolicy(Augmentation a) {
    return a instanceof TrivialAugment || a instanceof RandAugment;
  }

  /**
   * Checks that an output's targets do not have the image's height and width, because such targets
   * would have to be transformed with the image.
   *
   * @param moves the reason, for the message, such as "cutmix moves images"
   * @throws InvalidArgumentException if the targets have the image's height and width
   */
  static void requireUnmoved(String moves, Network network, String output) {
    Shape in = network.input();
    Shape out = network.shapes().get(output);
    int rank = out.rank();
    if (rank >= 2 && out.dim(rank - 2) == in.dim(1) && out.dim(rank - 1) == in.dim(2)) {
      throw new InvalidArgumentException(
          "trainer: "
              + moves
              + " of "
              + in
              + ", but not the targets of output "
              + output
              + ", which has the same height and width: "
              + out);
    }
  }
}
