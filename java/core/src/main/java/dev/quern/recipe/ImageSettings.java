package dev.quern.recipe;

import dev.quern.augment.Augmentation;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.internal.arguments.Require;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Schedule;
import dev.quern.tensor.Size;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings for training an image classifier from scratch. The settings are derived from the
 * properties of the data, by the rules that gave the best results on held-out parts of eight data
 * sets. Immutable.
 *
 * @param network name of a built-in network
 * @param size height and width of the network's input
 * @param batch number of images per step
 * @param epochs number of epochs
 * @param lr peak learning rate of {@link Muon} on a one-cycle schedule
 * @param crop largest random shift of images along each axis, in pixels
 * @param flip whether images are flipped horizontally at random
 * @param validation number of training images held out to choose the best epoch; 0 for none
 * @param reasons the reasons for the settings, one line each
 */
public record ImageSettings(
    String network,
    Size size,
    int batch,
    int epochs,
    float lr,
    int crop,
    boolean flip,
    int validation,
    List<String> reasons) {
  /** Maximum height and width, in pixels, of images that need not be resized. */
  private static final int SMALL = 40;

  private static final int LARGE = 64;

  /** Weight decay of convolution filters. */
  public static final float WEIGHT_DECAY = 0.05f;

  private static final float LR = 0.02f;

  private static final int FEWEST_EPOCHS = 10;

  private static final int MOST_EPOCHS = 60;

  /** Class names that are a letter or a number; images of such classes must not be flipped. */
  private static final Pattern CHARACTER = Pattern.compile("(?i)[a-z]|\\d+");

  /**
   * Minimum number of images from which a tenth is held out to choose the best epoch. The accuracy
   * on fewer held-out images would be so noisy that the last epoch of a one-cycle schedule is the
   * better choice.
   */
  private static final int LEAST_TO_HOLD_OUT = 5000;

  public ImageSettings {
    Require.present("image settings", "network", network);
    Require.present("image settings", "size", size);
    reasons = Require.all("image settings", "reasons", reasons);
  }

  /** Returns the settings for a data set with the given properties. */
  public static ImageSettings of(ImageFacts facts) {
    Require.present("image settings", "facts", facts);
    List<String> why = new ArrayList<>();
    Size size = size(facts, why);
    int n = facts.images();
    int validation = n < LEAST_TO_HOLD_OUT ? 0 : Math.min(2000, n / 10);
    int left = n - validation;
    int batch = left < 2000 ? 16 : left < 8000 ? 32 : left < 30_000 ? 64 : 128;
    int epochs = epochs(left, size);
    boolean flip = mayBeMirrored(facts.classes());
    why.add(
        "resnet20, batch "
            + batch
            + ", "
            + epochs
            + " epochs, Muon at "
            + LR
            + " on a one-cycle schedule: for "
            + n
            + " images");
    int crop = Math.max(1, Math.min(size.height(), size.width()) / 8);
    why.add(
        "moved by up to "
            + crop
            + " pixels at random"
            + (flip ? " and mirrored" : "; not mirrored, as classes are characters"));
    if (validation > 0) {
      why.add(validation + " training images held out to choose the best epoch");
    }
    return new ImageSettings("resnet20", size, batch, epochs, LR, crop, flip, validation, why);
  }

  /** Returns whether images may be flipped: false if all classes are letters or numbers. */
  static boolean mayBeMirrored(List<String> classes) {
    return !classes.stream().allMatch(c -> CHARACTER.matcher(c).matches());
  }

  /** Returns the number of epochs, which decreases with the number of images and the input size. */
  private static int epochs(int images, Size size) {
    double seen = 30_000 * Math.sqrt(images / 500.0) * Math.min(1, 32.0 / size.height());
    return (int) Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, Math.rint(seen / images)));
  }

  private static Size size(ImageFacts facts, List<String> why) {
    int h = facts.size().height();
    int w = facts.size().width();
    int side = Math.min(h, w);
    Size size =
        side <= SMALL && Math.max(h, w) <= SMALL && side >= 16
            ? facts.size()
            : side <= SMALL ? Size.of(32) : Size.of(LARGE);
    why.add("input " + size.height() + "x" + size.width() + ": images are about " + h + "x" + w);
    return size;
  }

  /** Returns the augmentations of training images. */
  public List<Augmentation> augmentations() {
    List<Augmentation> all = new ArrayList<>();
    all.add(new RandomCrop(crop, PaddingMode.REFLECT));
    if (flip) {
      all.add(new RandomHorizontalFlip());
    }
    return all;
  }

  /** Sets a trainer builder's optimizer, schedule, batch size and augmentations. */
  public TrainerBuilder apply(TrainerBuilder b) {
    return Require.present("image settings", "trainer", b)
        .batch(batch)
        .augment(augmentations().toArray(Augmentation[]::new))
        .optimizer(new Muon(lr, WEIGHT_DECAY, 0.95f, new AdamW()))
        .schedule(Schedule.oneCycle());
  }
}
