package dev.quern.cli.predict;

import dev.quern.data.Image;
import dev.quern.dense.DepthEstimation;
import dev.quern.dense.DepthMap;
import dev.quern.image.Images;
import dev.quern.predict.Model;
import java.awt.image.BufferedImage;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command {@code quern depth}, which estimates the depth of images. */
@Command(
    name = "depth",
    description = {
      "Monocular depth estimation: writes the depth map of each image as a gray PNG, scaled by its"
          + " minimum (black) and maximum (white), and prints a line per image with its name and"
          + " the written file, separated by a tab. Whether near pixels are bright depends on the"
          + " network: they are with MiDaS and with the relative models of Depth Anything.",
      "",
      "An ONNX file lacks the preprocessing of pixels: for MiDaS and Depth Anything --mean"
          + " 0.485,0.456,0.406 --std 0.229,0.224,0.225. An image that cannot be read gets a line"
          + " on standard error and exit status 1; the others are still processed."
    })
public final class DepthCommand extends DenseCommand {
  private static final int EIGHT = 8;

  @Option(
      names = "--bits",
      paramLabel = "N",
      converter = Bits.class,
      description = "Bits of a pixel: 16 (default) or 8.")
  private int bits = 16;

  /** Converter of the value of {@code --bits}. */
  static final class Bits implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (!value.equals("8") && !value.equals("16")) {
        throw new TypeConversionException("'" + value + "' is neither 8 nor 16");
      }
      return Integer.valueOf(value);
    }
  }

  @Override
  Function<Image, BufferedImage> function(Model m, String output) {
    DepthEstimation estimation = DepthEstimation.of(m, output);
    return image -> written(estimation.depth(image));
  }

  private BufferedImage written(DepthMap depth) {
    return bits == EIGHT ? Images.toBufferedImage(depth.toImage()) : Images.toGray16(depth);
  }
}
