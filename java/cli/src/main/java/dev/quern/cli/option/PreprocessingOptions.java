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

/** Options that say how pictures become the input of a network from elsewhere. */
public final class PreprocessingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--preprocessing",
      paramLabel = "KIND",
      converter = Kind.class,
      description =
          "How pictures become the input: imagenet, the middle 224 pixels of a shorter side of 256"
              + " with ImageNet's mean and deviation (default for torchvision's networks of 3"
              + " channels), or unit, stretched and scaled to [0, 1] (default for others). The"
              + " options below change that.")
  private String kind;

  @Option(
      names = "--mean",
      paramLabel = "M,...",
      hideParamSyntax = true,
      split = ",",
      description =
          "What is subtracted from pixels: a number, or one a channel. Pixels are from 0 to 1"
              + " unless --pixels says otherwise.")
  private float[] mean;

  @Option(
      names = "--std",
      paramLabel = "S,...",
      hideParamSyntax = true,
      split = ",",
      description = "What pixels are divided by then.")
  private float[] std;

  @Option(
      names = "--pixels",
      paramLabel = "MOST",
      converter = Pixels.class,
      description = "The largest pixel that --mean and --std go by: 1 (default) or 255.")
  private Float pixels;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      converter = Fit.class,
      description = "Of pictures of another shape: stretch, fit, or center_crop.")
  private Preprocessing.Fit fit;

  @Option(
      names = "--crop",
      paramLabel = "PART",
      description =
          "Of center_crop: what part of the shorter side is shown, 0.875 for 224 of 256 pixels.")
  private Float crop;

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      converter = SizeConverter.class,
      description =
          "Height and width to which pictures are brought, or one number for both, for a network"
              + " that takes any (default: the network's own input).")
  private Size size;

  @Option(
      names = "--channels",
      paramLabel = "ORDER",
      converter = Channels.class,
      description = "What the network's channels are: grey, rgb or bgr.")
  private Preprocessing.Channels channels;

  /** The value of {@code --preprocessing}. */
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

  /** The value of {@code --pixels}. */
  static final class Pixels implements ITypeConverter<Float> {
    @Override
    public Float convert(String value) {
      if (!value.equals("1") && !value.equals("255")) {
        throw new TypeConversionException(
            "'" + value + "' is neither 1 nor 255, the largest pixel of the training images");
      }
      return Float.valueOf(value);
    }
  }

  /** The value of {@code --fit}. */
  public static final class Fit extends Choice<Preprocessing.Fit> {
    Fit() {
      super(Preprocessing.Fit.class);
    }
  }

  /** The value of {@code --channels}: those of pictures. */
  public static final class Channels extends Choice<Preprocessing.Channels> {
    Channels() {
      super(
          List.of(
              Preprocessing.Channels.GREY, Preprocessing.Channels.RGB, Preprocessing.Channels.BGR));
    }
  }

  /** For picocli, which fills the options in. */
  PreprocessingOptions() {}

  /** The model with what the options say. */
  public ModelData applied(ModelData model) {
    if ((mean == null) != (std == null)) {
      throw new BadValueException(command, "--mean and --std go together");
    }
    if (pixels != null && mean == null) {
      throw new BadValueException(
          command,
          "--pixels is the scale of --mean and --std: give both, as in --pixels 255 --mean"
              + " 123.7,116.3,103.5 --std 58.4,57.1,57.4");
    }
    return BadValueException.check(
        command,
        () -> {
          Preprocessing before = model.preprocessing().values().iterator().next();
          return model.withPreprocessing(changed(base(model, before)));
        });
  }

  private Preprocessing base(ModelData model, Preprocessing before) {
    if (kind == null) {
      return before;
    }
    return kind.equals("unit")
        ? Preprocessing.of(Normalization.unit(model.network().input()))
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

  /** One number a channel, of the largest pixel. */
  private float[] parts(float[] given, int count) {
    float[] all = given.length == 1 ? new float[count] : given.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = (given.length == 1 ? given[0] : all[i]) / (pixels == null ? 1 : pixels);
    }
    return all;
  }
}
