package dev.quern.cli.option;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options for the preprocessing of images for an external network. */
public final class PreprocessingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--preprocessing",
      paramLabel = "KIND",
      converter = Kind.class,
      description =
          "Preprocessing of images: imagenet, the middle 224 pixels of a shorter side of 256 with"
              + " ImageNet's mean and standard deviation (default for torchvision's networks of 3"
              + " channels), or unit, stretched and scaled to [0, 1] (default for others). The"
              + " options below override parts of it.")
  private String kind;

  @Option(
      names = "--mean",
      paramLabel = "M,...",
      hideParamSyntax = true,
      split = ",",
      description =
          "Mean that is subtracted from pixels: one number, or one per channel. Pixels are from"
              + " 0 to 1 unless --pixels says otherwise.")
  private float[] mean;

  @Option(
      names = "--std",
      paramLabel = "S,...",
      hideParamSyntax = true,
      split = ",",
      description = "Standard deviation by which pixels are divided.")
  private float[] std;

  @Option(
      names = "--pixels",
      paramLabel = "MOST",
      converter = Pixels.class,
      description = "Largest pixel value in the scale of --mean and --std: 1 (default) or 255.")
  private Float pixels;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      converter = Fit.class,
      description = "Resizing of images with another aspect ratio: stretch, fit or center_crop.")
  private Preprocessing.Fit fit;

  @Option(
      names = "--crop",
      paramLabel = "PART",
      description =
          "Fraction of the shorter side that center_crop keeps, 0.875 for 224 of 256 pixels.")
  private Float crop;

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      converter = SizeConverter.class,
      description =
          "Height and width to which images are resized, or one number for both, for a network of"
              + " dynamic size (default: the network's own input).")
  private Size size;

  @Option(
      names = "--channels",
      paramLabel = "ORDER",
      converter = Channels.class,
      description = "Channels of the network's input: grey, rgb or bgr.")
  private Preprocessing.Channels channels;

  /** Converter of the value of {@code --preprocessing}. */
  static final class Kind implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      String kind = value.toLowerCase(Locale.ROOT);
      if (!kind.equals("imagenet") && !kind.equals("unit")) {
        throw new TypeConversionException("'" + value + "' is neither imagenet nor unit");
      }
      return kind;
    }
  }

  /** Converter of the value of {@code --pixels}. */
  static final class Pixels implements ITypeConverter<Float> {
    @Override
    public Float convert(String value) {
      if (!value.equals("1") && !value.equals("255")) {
        throw new TypeConversionException(
            "'" + value + "' is not the largest pixel value used in training, 1 or 255");
      }
      return Float.valueOf(value);
    }
  }

  /** Converter of the value of {@code --fit}. */
  public static final class Fit extends Choice<Preprocessing.Fit> {
    Fit() {
      super(Preprocessing.Fit.class);
    }
  }

  /** Converter of the value of {@code --channels}, the channels of images. */
  public static final class Channels extends Choice<Preprocessing.Channels> {
    Channels() {
      super(
          List.of(
              Preprocessing.Channels.GREY, Preprocessing.Channels.RGB, Preprocessing.Channels.BGR));
    }
  }

  /** Creates the options with their defaults; picocli sets their values. */
  PreprocessingOptions() {}

  /** Returns the model with the options applied. */
  public ModelData applied(ModelData model) {
    check();
    return BadValueException.check(
        command,
        () -> {
          Preprocessing before = model.preprocessing().values().iterator().next();
          int channels = Normalization.unit(model.network().input()).channels();
          return model.withPreprocessing(changed(base(channels, before)));
        });
  }

  /** Returns the preprocessing of RGB images with the options applied. */
  public Preprocessing applied(Preprocessing before) {
    check();
    return BadValueException.check(command, () -> changed(base(3, before)));
  }

  private void check() {
    if ((mean == null) != (std == null)) {
      throw new BadValueException(command, "--mean and --std must be given together");
    }
    if (pixels != null && mean == null) {
      throw new BadValueException(
          command,
          "--pixels needs --mean and --std, for example --pixels 255 --mean 123.7,116.3,103.5 --std"
              + " 58.4,57.1,57.4");
    }
  }

  private Preprocessing base(int count, Preprocessing before) {
    if (kind == null) {
      return before;
    }
    return kind.equals("unit")
        ? Preprocessing.of(Normalization.unit(count))
        : Preprocessing.imagenet().size(before.size());
  }

  private Preprocessing changed(Preprocessing base) {
    Preprocessing p = base;
    if (mean != null) {
      int count = p.normalization().channels();
      p = p.normalization(new Normalization(parts(mean, count), parts(std, count)));
    }
    if (fit != null) {
      p = p.fit(fit);
    }
    if (crop != null) {
      p = p.crop(crop);
    }
    p = size == null ? p : p.size(size);
    return channels == null ? p : p.channels(channels);
  }

  /** Returns one number per channel, each as a fraction of the largest pixel value. */
  private float[] parts(float[] given, int count) {
    float[] all = given.length == 1 ? new float[count] : given.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = (given.length == 1 ? given[0] : all[i]) / (pixels == null ? 1 : pixels);
    }
    return all;
  }
}
