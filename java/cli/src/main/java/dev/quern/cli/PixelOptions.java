package dev.quern.cli;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.predict.ModelData;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that say how pictures become a model's input, for one from elsewhere. */
final class PixelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--mean",
      paramLabel = "P",
      split = ",",
      description =
          "What is subtracted from pixels, which are 0 to 255: a number, or one a channel with commas"
              + " between. In place of the model's own, with --std.")
  private float[] mean;

  @Option(
      names = "--std",
      paramLabel = "P",
      split = ",",
      description = "What they are divided by then.")
  private float[] std;

  @Option(
      names = "--channels",
      paramLabel = "ORDER",
      converter = ChannelsConverter.class,
      description = "The order of a model's channels: grey, rgb or bgr.")
  private Preprocessing.Channels channels;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      converter = FitConverter.class,
      description =
          "What is done about another aspect ratio: stretch, fit (with black at two sides) or"
              + " center_crop.")
  private Preprocessing.Fit fit;

  /** For picocli, which fills the options in. */
  PixelOptions() {}

  static final class ChannelsConverter implements ITypeConverter<Preprocessing.Channels> {
    @Override
    public Preprocessing.Channels convert(String value) {
      return DecoderOptions.one(Preprocessing.Channels.class, value);
    }
  }

  static final class FitConverter implements ITypeConverter<Preprocessing.Fit> {
    @Override
    public Preprocessing.Fit convert(String value) {
      return DecoderOptions.one(Preprocessing.Fit.class, value);
    }
  }

  /**
   * The model with what the options say of its only input, or its first.
   *
   * @throws BadValueException if they do not fit it
   */
  ModelData applied(ModelData data) {
    if ((mean == null) != (std == null)) {
      throw new BadValueException(command, "--mean and --std go together");
    }
    return BadValueException.check(
        command,
        () -> {
          Preprocessing how = data.preprocessing().values().iterator().next();
          if (mean != null) {
            int count = how.normalization().channels();
            how = how.normalization(new Normalization(parts(mean, count), parts(std, count)));
          }
          how = channels == null ? how : how.channels(channels);
          how = fit == null ? how : how.fit(fit);
          return data.withPreprocessing(how);
        });
  }

  /** Of the largest pixel, since a normalization divides by that first. */
  private static float[] parts(float[] pixels, int count) {
    float[] all = pixels.length == 1 ? new float[count] : pixels.clone();
    if (pixels.length == 1) {
      Arrays.fill(all, pixels[0]);
    }
    for (int i = 0; i < all.length; i++) {
      all[i] /= 255;
    }
    return all;
  }
}
