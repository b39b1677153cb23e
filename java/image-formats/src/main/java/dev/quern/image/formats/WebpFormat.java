package dev.quern.image.formats;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import dev.quern.image.decode.Canvas;
import dev.quern.image.decode.Decoder;
import dev.quern.image.decode.FileFormat;
import dev.quern.image.decode.Orientation;
import dev.quern.image.decode.Pixels;
import dev.quern.image.decode.Planes;
import java.io.IOException;
import javax.imageio.ImageReader;

/** The format WebP, lossy or lossless; for an animation, the first image is read. */
final class WebpFormat implements FileFormat {
  /**
   * The memory in bytes per pixel for a lossy image. The plug-in stores all blocks as objects,
   * which need 104 bytes per pixel by measurement.
   */
  private static final long LOSSY = 128;

  /**
   * The memory in bytes per pixel for a lossless image: the raster, the rasters of the transforms,
   * the image, and the image placed on the canvas.
   */
  private static final long LOSSLESS = 16;

  /**
   * The garbage in bytes per pixel that the plug-in allocates, including tables of prefix codes.
   */
  private static final long GARBAGE = 32;

  /** The memory in bytes for the decoder's tables. */
  private static final long BESIDE = 2 << 20;

  @Override
  public boolean begins(byte[] encoded) {
    return WebpFile.begins(encoded);
  }

  @Override
  public Image read(byte[] encoded, ImageReading reading) throws IOException {
    WebpFile file = WebpFile.of(encoded, reading.limits().pixels());
    ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
    try (Decoder d = new Decoder(reader, encoded, reading)) {
      long pixels = (long) file.width() * file.height();
      d.hold((file.lossy() ? LOSSY : LOSSLESS) * pixels + BESIDE, GARBAGE * pixels);
      // pixels as stored in the file: by default, the reader converts them to sRGB by the profile
      Planes image = Pixels.planes(d.image(reader.getRawImageType(0)), reading);
      image = Canvas.placed(image, file.height(), file.width(), file.top(), file.left(), reading);
      return Orientation.apply(image, file.orientation(), reading);
    }
  }

  @Override
  public String toString() {
    return "WebP";
  }
}
