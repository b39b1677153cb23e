package dev.quern.train;

import dev.quern.augment.Augmentation;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.AugmentedImage;
import dev.quern.feed.CheckedDataset;
import dev.quern.feed.EpochAugmentation;
import dev.quern.internal.arguments.Require;
import dev.quern.plan.load.AugmentationRules;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Previews of augmented training images. Thread-safe. */
public final class AugmentPreview {
  private AugmentPreview() {}

  /**
   * Returns an image of a data set, augmented as in one epoch of {@link Trainer#fit} with this
   * seed. The image's values are clipped to [0, 1] and scaled to bytes.
   *
   * @param index the index of the image in the data set
   * @param normalization the trainer's normalization, which determines the value of erased pixels
   * @param epoch the epoch, counted from 1
   * @param all the augmentations in the trainer's order; empty for the original image
   * @throws InvalidArgumentException if an argument is null, or the image or epoch does not exist
   * @throws ShapeException if the samples are not images of 1 or 3 channels, or an augmentation
   *     does not fit them
   * @throws dev.quern.error.DataException if the data set throws
   */
  public static Image image(
      Dataset data,
      int index,
      Normalization normalization,
      long seed,
      int epoch,
      Augmentation... all) {
    String op = "augment preview";
    Require.present(op, "data", data);
    Require.present(op, "normalization", normalization);
    Require.present(op, "augmentations", all);
    List<Augmentation> list = Require.all(op, "augmentations", Arrays.asList(all));
    CheckedDataset samples = new CheckedDataset(op, data);
    if (epoch < 1 || index < 0 || index >= samples.size()) {
      throw new InvalidArgumentException(
          op
              + ": image "
              + index
              + " in epoch "
              + epoch
              + " does not exist: images are 0 to "
              + (samples.size() - 1)
              + ", epochs begin at 1");
    }
    Shape shape = samples.shape();
    if (shape.rank() != 3 || (shape.dim(0) != 1 && shape.dim(0) != 3)) {
      throw new ShapeException(op + ": samples of " + shape + " are not images");
    }
    AugmentationRules.requireFit(shape, list);
    float[] values =
        AugmentedImage.of(samples, index, normalization, new EpochAugmentation(list, seed, epoch));
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Math.round(255 * Math.min(Math.max(values[i], 0), 1));
    }
    return Image.of(shape, pixels);
  }
}
