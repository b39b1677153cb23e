package dev.quern.cli;

import dev.quern.data.Augmentation;
import dev.quern.data.RandomCrop;
import dev.quern.data.RandomHorizontalFlip;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of {@code quern train} that say what happens to training images at random. */
public final class AugmentOptions {
  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      converter = Counts.Positive.class,
      description =
          "Move each training image by up to so many pixels each way, at random; 4 is usual for"
              + " cifar10.")
  private Integer crop;

  @Option(names = "--flip", description = "Swap left and right of half of the training images.")
  private boolean flip;

  /** For picocli, which fills the options in. */
  public AugmentOptions() {}

  TrainerBuilder apply(TrainerBuilder b) {
    List<Augmentation> all = new ArrayList<>();
    if (crop != null) {
      all.add(new RandomCrop(crop));
    }
    if (flip) {
      all.add(new RandomHorizontalFlip());
    }
    return b.augment(all.toArray(Augmentation[]::new));
  }

  /** Adds them to a run's settings. */
  void putInto(Map<String, String> words) {
    if (crop != null) {
      words.put("crop", crop.toString());
    }
    if (flip) {
      words.put("flip", "true");
    }
  }
}
