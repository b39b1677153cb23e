package dev.quern.cli.predict;

import dev.quern.cli.option.Choice;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Image;
import dev.quern.dense.AlphaMask;
import dev.quern.dense.BackgroundRemoval;
import dev.quern.dense.MaskValues;
import dev.quern.image.Images;
import dev.quern.predict.Model;
import java.awt.image.BufferedImage;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command {@code quern cutout}, which removes the background of images. */
@Command(
    name = "cutout",
    description = {
      "Background removal: writes each image with a transparent background as PNG, and prints a"
          + " line per image with its name and the written file, separated by a tab. The network,"
          + " such as U2-Net, IS-Net, MODNet or RMBG, has an output that is a map of the"
          + " foreground.",
      "",
      "An ONNX file lacks the preprocessing of pixels: for U2-Net --mean 0.485,0.456,0.406 --std"
          + " 0.229,0.224,0.225; for IS-Net and RMBG --mean 0.5 --std 1; for MODNet --mean 0.5"
          + " --std 0.5. An image that cannot be read gets a line on standard error and exit status"
          + " 1; the others are still processed."
    })
public final class CutoutCommand extends DenseCommand {
  private static final int HEX = 16;

  @Option(
      names = "--mask",
      description = "Write the mask as a gray image: white for the foreground.")
  private boolean mask;

  @Option(
      names = "--color",
      paramLabel = "RRGGBB",
      converter = Color.class,
      description =
          "Write the foreground over this color, six hexadecimal digits, such as ffffff for white.")
  private Integer color;

  @Option(
      names = "--values",
      paramLabel = "HOW",
      converter = Values.class,
      description =
          "Meaning of the map's values: min_max, scaled by the map's minimum and maximum (default);"
              + " probabilities, opacities from 0 to 1; or logits.")
  private MaskValues values = MaskValues.MIN_MAX;

  /** Converter of the value of {@code --values}. */
  static final class Values extends Choice<MaskValues> {
    Values() {
      super(MaskValues.class);
    }
  }

  /** Converter of the value of {@code --color}. */
  static final class Color implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (!value.matches("#?[0-9a-fA-F]{6}")) {
        throw new TypeConversionException(
            "'" + value + "' is not a color of six hexadecimal digits, RRGGBB");
      }
      return Integer.valueOf(value.replace("#", ""), HEX);
    }
  }

  @Override
  Function<Image, BufferedImage> function(Model m, String output) {
    if (mask && color != null) {
      throw new BadValueException(command(), "--mask and --color exclude each other");
    }
    BackgroundRemoval removal = BackgroundRemoval.of(m, output).values(values);
    return image -> written(image, removal.mask(image));
  }

  private BufferedImage written(Image image, AlphaMask alpha) {
    if (mask) {
      return Images.toBufferedImage(alpha.toImage());
    }
    return color == null
        ? Images.cutout(image, alpha)
        : Images.toBufferedImage(alpha.over(image, color));
  }
}
