package dev.quern.image.formats;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.plugins.tiff.BigTIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import dev.quern.data.Image;
import dev.quern.image.decode.Decoder;
import dev.quern.image.decode.FileFormat;
import dev.quern.image.decode.Inks;
import dev.quern.image.decode.Orientation;
import dev.quern.image.decode.Pixels;
import dev.quern.image.decode.TooLargeException;
import dev.quern.tensor.Shape;
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

/** TIFF and BigTIFF, the first page. */
final class TiffFormat implements FileFormat {
  private static final int CLASSIC = 42;
  private static final int BIG = 43;
  private static final int MOST_BITS = 16;

  /** Cyan, magenta, yellow, black and another; what is more makes pixels larger than they count. */
  private static final int MOST_BANDS = 5;

  @Override
  public boolean begins(byte[] encoded) {
    int magic = magic(encoded);
    return magic == CLASSIC || magic == BIG;
  }

  /** The number behind the mark of the byte order. */
  private static int magic(byte[] encoded) {
    if (encoded.length < 4 || encoded[0] != encoded[1] || encoded[0] != 'I' && encoded[0] != 'M') {
      return 0;
    }
    ByteOrder order = encoded[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return ByteBuffer.wrap(encoded).order(order).getShort(2);
  }

  @Override
  public Image read(byte[] encoded, long most) throws IOException {
    try (Decoder d = new Decoder(reader(encoded), encoded)) {
      d.requirePixels(most);
      TooLargeException.check(d.reader.getTileWidth(0), d.reader.getTileHeight(0), most);
      ImageTypeSpecifier type = d.reader.getRawImageType(0);
      requireReadable(type);
      BufferedImage image = d.image(type); // the reader's choice may be sRGB, by a profile
      Image read = isInks(image.getColorModel()) ? inks(image) : Pixels.of(image);
      return Orientation.apply(read, orientation(d.reader));
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
      throw new IOException("samples that are not unsigned numbers of 1 to 16 bits are not read");
    }
    if (type.getNumBands() > MOST_BANDS) {
      throw new IOException(type.getNumBands() + " samples a pixel are more than " + MOST_BANDS);
    }
  }

  private static boolean isInks(ColorModel colors) {
    return colors.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
  }

  /** As PIL does it; a profile is not asked. */
  private static Image inks(BufferedImage image) {
    Raster raster = image.getRaster();
    int count = raster.getHeight() * raster.getWidth();
    int most = (1 << image.getColorModel().getComponentSize(0)) - 1;
    byte[] pixels = new byte[Math.multiplyExact(3, count)];
    int[] row = null;
    for (int i = 0; i < count; i++) {
      int x = i % raster.getWidth();
      if (x == 0) {
        row = raster.getPixels(0, i / raster.getWidth(), raster.getWidth(), 1, row);
      }
      int at = x * raster.getNumBands();
      int ink = 0;
      for (int c = 0; c < 3; c++) {
        ink = ink << 8 | eight(row[at + c], most);
      }
      int rgb = Inks.rgb(ink, 255 - eight(row[at + 3], most));
      for (int c = 0; c < 3; c++) {
        pixels[c * count + i] = (byte) (rgb >> 8 * (2 - c));
      }
    }
    return Image.of(Shape.of(3, raster.getHeight(), raster.getWidth()), pixels);
  }

  private static int eight(int sample, int most) {
    return most == 255 ? sample : (sample * 255 + most / 2) / most;
  }

  private static int orientation(ImageReader reader) throws IOException {
    Entry entry =
        reader.getImageMetadata(0) instanceof TIFFImageMetadata m
            ? m.getTIFFField(TIFF.TAG_ORIENTATION)
            : null;
    return entry != null && entry.getValue() instanceof Number n
        ? n.intValue()
        : Orientation.UPRIGHT;
  }

  @Override
  public String toString() {
    return "TIFF";
  }
}
