package dev.quern.cli.data;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.cli.option.Counts;
import dev.quern.error.InvalidArgumentException;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of {@code quern train} for the augmentation of training images. */
public final class AugmentOptions {
  static final class PaddingConverter implements ITypeConverter<PaddingMode> {
    @Override
    public PaddingMode convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "zero" -> PaddingMode.ZERO;
        case "reflect" -> PaddingMode.REFLECT;
        default -> throw new TypeConversionException("'" + value + "' is neither zero nor reflect");
      };
    }
  }

  static final class FlipConverter implements ITypeConverter<Augmentation> {
    @Override
    public Augmentation convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "random" -> new RandomHorizontalFlip();
        case "alternating" -> new AlternatingFlip();
        default ->
            throw new TypeConversionException("'" + value + "' is neither random nor alternating");
      };
    }
  }

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      converter = Counts.Positive.class,
      description =
          "Random crop with padding: shift each training image at random by up to this many pixels"
              + " in each direction; 4 is usual for cifar10.")
  private Integer crop;

  @Option(
      names = "--crop-mode",
      paramLabel = "zero|reflect",
      converter = PaddingConverter.class,
      description = "Padding of --crop: zero (black, the default) or reflect (the mirrored image).")
  private PaddingMode cropMode;

  @Option(
      names = "--flip",
      arity = "0..1",
      fallbackValue = "random",
      paramLabel = "random|alternating",
      converter = FlipConverter.class,
      description =
          "Flip training images horizontally: each image with probability 1/2 in each epoch"
              + " (\"random\"), or each image in every second epoch (\"alternating\"); without a"
              + " value: random.")
  private Augmentation flip;

  @Option(
      names = "--augment",
      paramLabel = "NAME[:NUMBER...],...",
      hideParamSyntax = true,
      converter = AugmentList.Converter.class,
      description =
          "Further augmentations, applied in the given order after --crop and --flip, for example"
              + " resized_crop:0.5, color_jitter:0.4:0.4:0.4:0.1, rotation:15, erasing:0.25 or"
              + " trivial_augment; the manual lists all of them.")
  private AugmentList others;

  /** Creates the options with their defaults; picocli sets their values. */
  public AugmentOptions() {}

  public TrainerBuilder apply(TrainerBuilder b) {
    return b.augment(all().toArray(Augmentation[]::new));
  }

  /** Returns the requested augmentations, in order. */
  List<Augmentation> all() {
    if (cropMode != null && crop == null) {
      throw new InvalidArgumentException("--crop-mode requires --crop");
    }
    List<Augmentation> all = new ArrayList<>();
    if (crop != null) {
      all.add(new RandomCrop(crop, cropMode == null ? PaddingMode.ZERO : cropMode));
    }
    if (flip != null) {
      all.add(flip);
    }
    if (others != null) {
      all.addAll(others.all());
    }
    return all;
  }

  /** Adds the options to a run's settings, as text by name. */
  public void putInto(Map<String, String> words) {
    if (crop != null) {
      words.put("crop", crop.toString());
    }
    if (cropMode == PaddingMode.REFLECT) {
      words.put("crop_mode", "reflect");
    }
    if (flip != null) {
      words.put("flip", flip instanceof AlternatingFlip ? "alternating" : "true");
    }
    if (others != null) {
      words.put("augment", others.text());
    }
  }
}
