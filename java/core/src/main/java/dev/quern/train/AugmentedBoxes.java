package dev.quern.train;

import dev.quern.augment.Augmentation;
import dev.quern.data.BoxMove;
import dev.quern.detect.Box;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.BoxMoves;
import dev.quern.feed.EpochAugmentation;
import dev.quern.internal.arguments.Require;
import dev.quern.plan.load.AugmentationRules;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A mapping of an image's bounding boxes to the image after the augmentations of {@link
 * Trainer#fit}. As in torchvision, the four corners of a box are mapped; the smallest box around
 * them, clipped at the image's border, is the new box. Flips, crops, rotation, affine maps,
 * perspectives and policies with such steps move boxes; color changes and erasing do not. A {@link
 * dev.quern.augment.CustomAugmentation} leaves boxes unchanged. Thread-safe.
 */
public final class AugmentedBoxes {
  private static final String OP = "augment boxes";

  private final EpochAugmentation moves;
  private final int index;
  private final Shape image;

  private AugmentedBoxes(EpochAugmentation moves, int index, Shape image) {
    this.moves = moves;
    this.index = index;
    this.image = image;
  }

  /**
   * Creates the mapping for one image in one epoch.
   *
   * @param image the network's input shape, {@code [C, H, W]}
   * @param index the index of the image in the data set
   * @param seed the trainer's seed
   * @param epoch the epoch, counted from 1
   * @param all the augmentations in the trainer's order; empty for unchanged boxes
   * @throws InvalidArgumentException if an argument is null, or the image or epoch does not exist
   * @throws ShapeException if the shape is not {@code [C, H, W]}, or an augmentation does not fit
   *     it
   */
  public static AugmentedBoxes of(
      Shape image, int index, long seed, int epoch, Augmentation... all) {
    Require.present(OP, "image", image);
    Require.present(OP, "augmentations", all);
    List<Augmentation> list = Require.all(OP, "augmentations", Arrays.asList(all));
    if (image.rank() != 3 || image.isFree() || image.elements() < 1 || !isArray(image)) {
      throw new ShapeException(
          OP + ": shape " + image + " is not an image [channels, height, width]");
    }
    if (epoch < 1 || index < 0) {
      throw new InvalidArgumentException(
          OP + ": image " + index + " must be at least 0, and epoch " + epoch + " at least 1");
    }
    AugmentationRules.requireFit(image, list);
    return new AugmentedBoxes(new EpochAugmentation(list, seed, epoch), index, image);
  }

  private static boolean isArray(Shape image) {
    return image.dim(1) <= Integer.MAX_VALUE && image.dim(2) <= Integer.MAX_VALUE;
  }

  /**
   * Maps a box.
   *
   * @param box a box in pixels of the image
   * @return the mapped box, clipped at the image's border; its area is 0 if it lies outside the
   *     image
   */
  public Box box(Box box) {
    return moved(new BoxMoves(moves, index, image), Require.present(OP, "box", box));
  }

  /** Returns the mapped boxes in the given order, without those that lie outside the image. */
  public List<GroundTruthBox> boxes(List<GroundTruthBox> boxes) {
    return all(boxes).stream().filter(b -> b.box().area() > 0).toList();
  }

  /**
   * Returns all mapped boxes in the given order; boxes outside the image get area 0. The area of an
   * object changes in proportion to the area of its box.
   */
  public List<GroundTruthBox> all(List<GroundTruthBox> boxes) {
    BoxMove move = new BoxMoves(moves, index, image);
    List<GroundTruthBox> all = new ArrayList<>();
    for (GroundTruthBox of : Require.all(OP, "boxes", boxes)) {
      Box to = moved(move, of.box());
      double before = of.box().area();
      double area = before > 0 ? Math.min(of.area() * (to.area() / before), to.area()) : 0;
      all.add(new GroundTruthBox(to, of.classIndex(), of.ignored(), area));
    }
    return List.copyOf(all);
  }

  private static Box moved(BoxMove move, Box b) {
    double[] sides = move.moved(b.left(), b.top(), b.right(), b.bottom());
    return new Box(sides[0], sides[1], sides[2], sides[3]);
  }
}
