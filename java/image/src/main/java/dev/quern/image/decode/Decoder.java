package dev.quern.image.decode;

import dev.quern.data.ImageReading;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import org.jspecify.annotations.Nullable;

/** A file in a reader of ImageIO. */
public final class Decoder implements Closeable {
  /** The reader of this file. */
  public final ImageReader reader;

  /** Memory of readers besides pixels: tables, buffers, and a file's metadata. */
  private static final long BESIDE = 8 << 20;

  /** Garbage of the JDK's readers for a row beside its pixels. */
  private static final long ROW = 512;

  private static final int MOST_WARNINGS = 100;

  private final List<String> warnings = new ArrayList<>();
  private final ImageReading reading;
  private final Watch watch;

  /** In the JDK's own reader: others, which an application may have brought, give other numbers. */
  Decoder(String format, byte[] encoded, ImageReading reading) throws IOException {
    this(reader(format), encoded, reading);
  }

  /** The reader is closed with this. */
  public Decoder(ImageReader reader, byte[] encoded, ImageReading reading) {
    this.reader = reader;
    this.reading = reading;
    watch = new Watch(reading, BESIDE + 3L * encoded.length);
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          watch.check();
          if (warnings.size() < MOST_WARNINGS) {
            warnings.add(warning);
          }
        });
    reader.addIIOReadUpdateListener(watch);
    reader.setInput(new ByteStream(encoded, watch), true, true);
  }

  private static ImageReader reader(String format) throws IOException {
    Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format);
    while (all.hasNext()) {
      ImageReader r = all.next();
      if (r.getClass().getModule() == ImageIO.class.getModule()) {
        return r;
      }
    }
    throw new IOException("this Java runtime has no reader for it");
  }

  /**
   * Reads no more than the header.
   *
   * @throws TooLargeException if it tells of more
   * @throws IOException if it is broken
   */
  public void requirePixels() throws IOException {
    TooLargeException.check(reader.getWidth(0), reader.getHeight(0), reading.limits().pixels());
  }

  /**
   * Requests memory before pixels are decoded.
   *
   * @param bytes upper bound of the memory in use at the same time
   * @param times number of passes of the reader over all rows; it copies each row to a separate
   *     array
   * @throws IOException if the header is broken
   */
  void holdForRows(long bytes, int times) throws IOException {
    hold(bytes, times * (bytes + ROW * reader.getHeight(0)));
  }

  /**
   * Asks for memory, before pixels are decoded.
   *
   * @param bytes an upper bound of what is there at once
   * @param garbage what the reader takes and leaves meanwhile, at most
   */
  public void hold(long bytes, long garbage) {
    reading.hold(bytes);
    watch.allow(bytes + garbage);
  }

  /** Ends a reader that paints more often. */
  void allowPasses(int most) {
    watch.allowPasses(most);
  }

  BufferedImage image() throws IOException {
    return image(null);
  }

  /**
   * Decodes the first image.
   *
   * @param as type of the pixels; null for the reader's choice
   * @throws IOException if it is broken
   */
  public BufferedImage image(@Nullable ImageTypeSpecifier as) throws IOException {
    ImageReadParam how = reader.getDefaultReadParam();
    how.setDestinationType(as);
    BufferedImage image = reader.read(0, how);
    requireWhole();
    return image;
  }

  /** The samples as they are in the file, before any change of colors. */
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
