package dev.quern.cli.data;

import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.option.SizeConverter;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.TrainerBuilder;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} for the preprocessing of an image folder. */
public final class ResizeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      converter = SizeConverter.class,
      description =
          "Height and width to which the images of an image folder are resized; a single number"
              + " sets both (default: the network's own input size).")
  private Size size;

  @Option(
      names = "--resize",
      paramLabel = "HOW",
      converter = PreprocessingOptions.Fit.class,
      defaultValue = "stretch",
      description =
          "How images with another aspect ratio are resized: stretch, fit (with black borders) or"
              + " center_crop; default ${DEFAULT-VALUE}.")
  private Preprocessing.Fit fit;

  @Option(
      names = "--channels",
      paramLabel = "ORDER",
      converter = PreprocessingOptions.Channels.class,
      description =
          "Channels of the samples: grey, rgb or bgr (default: rgb for a built-in network; for a"
              + " network file, grey if its input has 1 channel, rgb if it has 3).")
  private Preprocessing.Channels channels;

  /** Preprocessing of the open folder. */
  private Preprocessing how;

  /** Creates the options with their defaults; picocli sets their values. */
  public ResizeOptions() {}

  /**
   * Returns the preprocessing of images to samples for a network.
   *
   * @throws BadValueException if the network's input is not an image, or its size is dynamic and no
   *     size is given
   */
  Preprocessing preprocessing(NetworkSource description) {
    Shape input = description.network().input();
    boolean builtIn = description instanceof NetworkSource.BuiltIn;
    if (input.rank() != 3 || !builtIn && input.dim(0) != 1 && input.dim(0) != 3) {
      throw new BadValueException(
          command, "the network's input " + input + " is not an image of 1 or 3 channels");
    }
    if (size == null && (input.isFree(1) || input.isFree(2))) {
      throw new BadValueException(
          command, "the network takes images of any size; choose one with --size HxW");
    }
    Size to = size == null ? new Size((int) input.dim(1), (int) input.dim(2)) : size;
    Preprocessing.Channels order = channels;
    if (order == null) {
      order =
          builtIn || input.dim(0) == 3 ? Preprocessing.Channels.RGB : Preprocessing.Channels.GREY;
    }
    return new Preprocessing(to, fit, order, Normalization.unit(order.count()));
  }

  /**
   * Opens an image folder.
   *
   * @return a line that describes the folder's content; null for other sources
   */
  public String open(DataSource source, DataOptions data, NetworkSource description) {
    if (!(source instanceof DataSource.Pictures)) {
      requireNone();
    }
    return data.open(source, () -> how = preprocessing(description), List.of());
  }

  /** Passes the preprocessing of the images to the trainer. */
  public void apply(DataSource source, TrainerBuilder settings) {
    if (source instanceof DataSource.Pictures) {
      settings.preprocessing(how.size(null)); // determined by the network's input
    }
  }

  private void requireNone() {
    BadValueException.refuse(
        command,
        List.of("--size", "--resize", "--channels"),
        name -> name + " requires an image folder: --data DIR");
  }
}
