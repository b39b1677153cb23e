package dev.quern.image.formats;

import com.twelvemonkeys.imageio.plugins.tiff.BigTIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import dev.quern.data.Image;
import dev.quern.data.ImageReading;
import dev.quern.image.decode.Decoder;
import dev.quern.image.decode.FileFormat;
import dev.quern.image.decode.Inks;
import dev.quern.image.decode.Orientation;
import dev.quern.image.decode.Pixels;
import dev.quern.image.decode.Planes;
import dev.quern.image.decode.Rows;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/** The format TIFF or BigTIFF; the first page is read. */
final class TiffFormat implements FileFormat {
  private static final int CLASSIC = 42;
  private static final int BIG = 43;
  private static final int MOST_BITS = 16;

  /**
   * The maximum samples per pixel: cyan, magenta, yellow, black and one more. More samples would
   * need more memory than the number of pixels suggests.
   */
  private static final int MOST_BANDS = 5;

  @Override
  public boolean begins(byte[] encoded) {
    int magic = magic(encoded);
    return magic == CLASSIC || magic == BIG;
  }

  /**
   * Returns the number after the byte order mark; it identifies TIFF or BigTIFF. Without a mark, 0.
   */
  private static int magic(byte[] encoded) {
    if (encoded.length < 4 || encoded[0] != encoded[1] || encoded[0] != 'I' && encoded[0] != 'M') {
      return 0;
    }
    ByteOrder order = encoded[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return ByteBuffer.wrap(encoded).order(order).getShort(2);
  }

  @Override
  public Image read(byte[] encoded, ImageReading reading) throws IOException {
    try (Decoder d = new Decoder(reader(encoded), encoded, reading)) {
      d.requirePixels();
      TiffTiles tiles = TiffTiles.of(d.reader);
      tiles.requireWork(encoded, reading.limits().pixels());
      ImageTypeSpecifier type = d.reader.getRawImageType(0);
      requireReadable(type);
      int orientation = tiles.orientation();
      d.hold(tiles.bytes(type, orientation), tiles.garbage());
      BufferedImage image = d.image(type); // by default, a profile may make it sRGB
      Planes read =
          isInks(image.getColorModel()) ? inks(image, reading) : Pixels.planes(image, reading);
      return Orientation.apply(read, orientation, reading);
    }
  }

  private static ImageReader reader(byte[] encoded) {
    return magic(encoded) == CLASSIC
        ? new TIFFImageReaderSpi().createReaderInstance(null)
        : new BigTIFFImageReaderSpi().createReaderInstance(null);
  }

  private static void requireReadable(ImageTypeSpecifier type) throws IOException {
    ColorModel colors = type.getColorModel();
    int kind = colors.getTransferType();
    int bits = Arrays.stream(colors.getComponentSize()).max().orElse(0);
    if (kind != DataBuffer.TYPE_BYTE && kind != DataBuffer.TYPE_USHORT || bits > MOST_BITS) {
      throw new IOException("samples must be unsigned integers of 1 to 16 bits");
    }
    if (type.getNumBands() > MOST_BANDS) {
      throw new IOException(type.getNumBands() + " samples per pixel are more than " + MOST_BANDS);
    }
  }

  private static boolean isInks(ColorModel colors) {
    return colors.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
  }

  /** Converts CMYK inks to RGB like PIL, without the color profile. */
  private static Planes inks(BufferedImage image, ImageReading reading) {
    Raster raster = image.getRaster();
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int most = (1 << image.getColorModel().getComponentSize(0)) - 1;
    Planes to = new Planes(3, raster.getHeight(), width);
    int[] row = new int[bands * Math.min(width, Rows.MOST)];
    Rows.each(
        raster.getHeight(),
        width,
        reading,
        (y, x, count) -> {
          raster.getPixels(x, y, count, 1, row);
          for (int i = 0; i < count; i++) {
            int ink = 0;
            for (int c = 0; c < 3; c++) {
              ink = ink << 8 | eight(row[i * bands + c], most);
            }
            int rgb = Inks.rgb(ink, 255 - eight(row[i * bands + 3], most));
            to.put(y * width + x + i, (byte) (rgb >> 16), (byte) (rgb >> 8), (byte) rgb);
          }
        });
    return to;
  }

  private static int eight(int sample, int most) {
    return most == 255 ? sample : (sample * 255 + most / 2) / most;
  }

  @Override
  public String toString() {
    return "TIFF";
  }
}
