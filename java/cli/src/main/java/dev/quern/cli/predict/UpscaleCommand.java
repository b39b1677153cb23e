package dev.quern.cli.predict;

import dev.quern.cli.option.Counts;
import dev.quern.cli.option.SizeConverter;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Image;
import dev.quern.dense.TiledPrediction;
import dev.quern.dense.Tiles;
import dev.quern.image.Images;
import dev.quern.predict.Model;
import dev.quern.tensor.Size;
import java.awt.image.BufferedImage;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code quern upscale}, which runs an image-to-image network in tiles. */
@Command(
    name = "upscale",
    description = {
      "Super-resolution, denoising and other image-to-image networks: runs the network on"
          + " overlapping tiles, so that the memory is that of one tile, writes the result of each"
          + " image as PNG, and prints a line per image with its name and the written file,"
          + " separated by a tab. The scale, 1 or more, is that of the network.",
      "",
      "Of the preprocessing, only the normalization and the channels apply. An image that cannot be"
          + " read gets a line on standard error and exit status 1; the others are still processed."
    })
public final class UpscaleCommand extends DenseCommand {
  private static final int MOST_VALUES = 2;

  @Option(
      names = "--tile",
      paramLabel = "N|HxW",
      converter = SizeConverter.class,
      description =
          "Height and width of a tile in pixels of the input, or one number for both (default: the"
              + " network's input size, or 256 for a dynamic size).")
  private Size tile;

  @Option(
      names = "--overlap",
      paramLabel = "N",
      converter = Counts.NotNegative.class,
      description =
          "Pixels that neighboring tiles share, at most half of a tile (default: 32, or half of a"
              + " smaller tile).")
  private Integer overlap;

  @Option(
      names = "--blend",
      paramLabel = "N",
      converter = Counts.NotNegative.class,
      description = "Pixels of the overlap that are blended (default: half of the overlap).")
  private Integer blend;

  @Option(
      names = "--range",
      paramLabel = "BLACK,WHITE",
      hideParamSyntax = true,
      split = ",",
      description =
          "Output values of black and white pixels (default: 0,1), such as 0,255 or -1,1.")
  private float[] range = {0, 1};

  @Override
  Function<Image, BufferedImage> function(Model m, String output) {
    if (range.length != MOST_VALUES) {
      throw new BadValueException(
          command(), "--range needs two numbers, the values of black and white");
    }
    Tiles tiles = BadValueException.check(command(), () -> tiles(m));
    TiledPrediction plain = TiledPrediction.of(m, tiles, output);
    TiledPrediction prediction =
        BadValueException.check(command(), () -> plain.range(range[0], range[1]));
    return image -> Images.toBufferedImage(prediction.predict(image));
  }

  private Tiles tiles(Model m) {
    Tiles usual = tile == null ? Tiles.of(m) : Tiles.of(tile);
    int shared = overlap == null ? usual.overlap() : overlap;
    return new Tiles(usual.size(), shared, blend == null ? shared / 2 : blend);
  }
}
