package dev.quern.cli.data;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.Cutout;
import dev.quern.augment.GaussianBlur;
import dev.quern.augment.GaussianNoise;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandAugment;
import dev.quern.augment.RandomAffine;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomErasing;
import dev.quern.augment.RandomGrayscale;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.augment.RandomPerspective;
import dev.quern.augment.RandomResizedCrop;
import dev.quern.augment.RandomRotation;
import dev.quern.augment.RandomVerticalFlip;
import dev.quern.augment.TrivialAugment;
import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A list of augmentations in the syntax of the command line: comma-separated names, each with
 * numbers after colons.
 *
 * @param text the value of the option
 */
record AugmentList(String text, List<Augmentation> all) {
  private interface Maker {
    Augmentation of(double[] numbers);
  }

  /**
   * A kind of augmentation.
   *
   * @param fewest minimum number of arguments
   * @param defaults default values of all arguments; those of required arguments are ignored
   */
  private record Kind(int fewest, double[] defaults, Maker maker) {}

  private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

  static {
    kind("crop", 1, n -> new RandomCrop(whole(n[0])), 0);
    kind("reflect_crop", 1, n -> new RandomCrop(whole(n[0]), PaddingMode.REFLECT), 0);
    kind("horizontal_flip", 0, n -> new RandomHorizontalFlip(n[0]), 0.5);
    kind("alternating_flip", 0, n -> new AlternatingFlip());
    kind("vertical_flip", 0, n -> new RandomVerticalFlip(n[0]), 0.5);
    kind(
        "resized_crop",
        0,
        n -> new RandomResizedCrop(n[0], n[1], n[2], n[3]),
        0.08,
        1,
        3 / 4.0,
        4 / 3.0);
    kind("rotation", 1, n -> new RandomRotation(n[0], n[1]), 0, 0);
    kind(
        "affine",
        2,
        n -> new RandomAffine(n[0], n[1], n[1], n[2], n[3], n[4], n[5]),
        0,
        0,
        1,
        1,
        0,
        0);
    kind("perspective", 0, n -> new RandomPerspective(n[0], n[1], n[2]), 0.5, 0.5, 0);
    kind("color_jitter", 1, n -> new ColorJitter(n[0], n[1], n[2], n[3]), 0, 0, 0, 0);
    kind("grayscale", 0, n -> new RandomGrayscale(n[0]), 0.1);
    kind("gaussian_blur", 1, n -> new GaussianBlur(whole(n[0]), n[1], n[2]), 0, 0.1, 2);
    kind("gaussian_noise", 1, n -> new GaussianNoise(n[1], n[0]), 0, 0);
    kind("erasing", 0, n -> erasing(n), 0.5, 0.02, 0.33, 0.3, 3.3);
    kind("cutout", 1, n -> new Cutout(whole(n[0])), 0);
    kind("trivial_augment", 0, n -> new TrivialAugment());
    kind("rand_augment", 0, n -> new RandAugment(whole(n[0]), whole(n[1])), 2, 9);
  }

  private static void kind(String name, int fewest, Maker maker, double... defaults) {
    KINDS.put(name, new Kind(fewest, defaults, maker));
  }

  private static Augmentation erasing(double[] n) {
    return new RandomErasing(n[0], n[1], n[2], n[3], n[4], RandomErasing.Fill.MEAN);
  }

  private static int whole(double number) {
    if (number != (int) number) {
      throw new InvalidArgumentException(number + " is not an integer");
    }
    return (int) number;
  }

  /** Converter of the option's value. */
  static final class Converter implements ITypeConverter<AugmentList> {
    @Override
    public AugmentList convert(String value) {
      List<Augmentation> all = new ArrayList<>();
      for (String one : value.split(",", -1)) {
        try {
          all.add(augmentation(one.trim()));
        } catch (InvalidArgumentException e) {
          throw new TypeConversionException("'" + one + "': " + e.getMessage());
        }
      }
      return new AugmentList(value, List.copyOf(all));
    }

    private static Augmentation augmentation(String text) {
      String[] parts = text.split(":", -1);
      Kind kind = KINDS.get(parts[0].toLowerCase(Locale.ROOT));
      if (kind == null) {
        throw new InvalidArgumentException("expected one of " + String.join(", ", KINDS.keySet()));
      }
      int given = parts.length - 1;
      if (given < kind.fewest() || given > kind.defaults().length) {
        throw new InvalidArgumentException(
            "takes "
                + kind.fewest()
                + " to "
                + kind.defaults().length
                + " numbers, each after a colon");
      }
      double[] numbers = kind.defaults().clone();
      for (int i = 0; i < given; i++) {
        try {
          numbers[i] = Double.parseDouble(parts[i + 1]);
        } catch (NumberFormatException e) {
          throw new InvalidArgumentException("'" + parts[i + 1] + "' is not a number");
        }
      }
      return kind.maker().of(numbers);
    }
  }
}
