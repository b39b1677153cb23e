package dev.quern.cli.data;

import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.augment.MixUp;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of {@code quern train} that mix training images with each other. */
public final class MixOptions {
  @Option(
      names = "--mixup",
      paramLabel = "ALPHA",
      description =
          "Mixup: blend two training images and their labels in a ratio that is drawn from"
              + " Beta(ALPHA, ALPHA) for each batch; ALPHA 0.2 is usual for large data sets.")
  private Double mixup;

  @Option(
      names = "--cutmix",
      paramLabel = "ALPHA",
      description =
          "CutMix: paste a rectangle of one training image into another; the rectangle's relative"
              + " area is drawn from Beta(ALPHA, ALPHA) for each batch; ALPHA 1 is usual. With both"
              + " --mixup and --cutmix, each batch uses one of them at random.")
  private Double cutmix;

  /** Creates the options with their defaults; picocli sets their values. */
  public MixOptions() {}

  public TrainerBuilder apply(TrainerBuilder b) {
    List<Mix> all = new ArrayList<>();
    if (mixup != null) {
      all.add(new MixUp(mixup));
    }
    if (cutmix != null) {
      all.add(new CutMix(cutmix));
    }
    return b.mix(all.toArray(Mix[]::new));
  }

  /** Adds the options to a run's settings, as text by name. */
  public void putInto(Map<String, String> words) {
    if (mixup != null) {
      words.put("mixup", mixup.toString());
    }
    if (cutmix != null) {
      words.put("cutmix", cutmix.toString());
    }
  }
}
