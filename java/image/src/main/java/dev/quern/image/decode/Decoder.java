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

/** Decodes one file with a reader of ImageIO. */
public final class Decoder implements Closeable {
  /** The reader that decodes the file. */
  public final ImageReader reader;

  /**
   * The memory in bytes that readers need besides pixels, for tables, buffers and a file's
   * metadata.
   */
  private static final long BESIDE = 8 << 20;

  /**
   * The garbage in bytes that the JDK's readers allocate per row, in addition to the row's pixels.
   */
  private static final long ROW = 512;

  private static final int MOST_WARNINGS = 100;

  private final List<String> warnings = new ArrayList<>();
  private final ImageReading reading;
  private final Watch watch;

  /**
   * Creates a decoder with the JDK's own reader, since readers that an application installs may
   * return other pixels.
   */
  Decoder(String format, byte[] encoded, ImageReading reading) throws IOException {
    this(reader(format), encoded, reading);
  }

  /** Creates a decoder with the given reader, which is closed together with the decoder. */
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
   * Checks the number of pixels against the limit; reads only the header.
   *
   * @throws TooLargeException if the header declares too many pixels
   * @throws IOException if the header is corrupt
   */
  public void requirePixels() throws IOException {
    TooLargeException.check(reader.getWidth(0), reader.getHeight(0), reading.limits().pixels());
  }

  /**
   * Requests the memory for decoding with a reader that copies each row to a separate array.
   *
   * @param bytes the upper bound of the memory in use at the same time
   * @param times the number of passes of the reader over all rows
   * @throws IOException if the header is corrupt
   */
  void holdForRows(long bytes, int times) throws IOException {
    hold(bytes, times * (bytes + ROW * reader.getHeight(0)));
  }

  /**
   * Requests the memory for decoding, before decoding begins.
   *
   * @param bytes the upper bound of the memory in use at the same time
   * @param garbage the upper bound of the garbage in bytes that the reader allocates
   */
  public void hold(long bytes, long garbage) {
    reading.hold(bytes);
    watch.allow(bytes + garbage);
  }

  /** Sets the maximum number of passes; a reader that begins more passes is stopped. */
  void allowPasses(int most) {
    watch.allowPasses(most);
  }

  BufferedImage image() throws IOException {
    return image(null);
  }

  /**
   * Decodes the first image in the file.
   *
   * @param as the type of the pixels; null to let the reader choose
   * @throws IOException if the image is corrupt
   */
  public BufferedImage image(@Nullable ImageTypeSpecifier as) throws IOException {
    ImageReadParam how = reader.getDefaultReadParam();
    how.setDestinationType(as);
    BufferedImage image = reader.read(0, how);
    requireWhole();
    return image;
  }

  /** Returns the samples as stored in the file, without color conversion. */
  Raster raster() throws IOException {
    Raster raster = reader.readRaster(0, null);
    requireWhole();
    return raster;
  }

  /** Checks that the file was complete; the JPEG reader only warns and fills missing parts. */
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
