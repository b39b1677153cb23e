package dev.quern.image.decode;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A file in one of the JDK's own readers: others, which an application may have brought, give other
 * numbers.
 */
final class Decoder implements Closeable {
  final ImageReader reader;
  private final List<String> warnings = new ArrayList<>();

  Decoder(String format, byte[] encoded) throws IOException {
    reader = reader(format);
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded)), true, true);
  }

  private static ImageReader reader(String format) throws IOException {
    Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format);
    while (all.hasNext()) {
      ImageReader r = all.next();
      if (r.getClass().getModule() == ImageIO.class.getModule()) {
        return r;
      }
    }
    throw new IOException("this Java has no reader of it");
  }

  /** Reads no more than the header. */
  void requirePixels(long most) throws IOException {
    TooLargeException.check(reader.getWidth(0), reader.getHeight(0), most);
  }

  BufferedImage image() throws IOException {
    BufferedImage image = reader.read(0);
    requireWhole();
    return image;
  }

  /** The samples as they are in the file, before any change of colours. */
  Raster raster() throws IOException {
    Raster raster = reader.readRaster(0, null);
    requireWhole();
    return raster;
  }

  /** The JPEG reader makes up what is missing and only warns. */
  private void requireWhole() throws IOException {
    for (String w : warnings) {
      String lower = w.toLowerCase(Locale.ROOT);
      if (lower.contains("premature end") || lower.contains("truncated")) {
        throw new IOException(w);
      }
    }
  }

  @Override
  public void close() {
    reader.dispose();
  }
}
