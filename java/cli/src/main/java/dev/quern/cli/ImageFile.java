package dev.quern.cli;

import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/** Reads PNG and JPEG files as a model's input. */
final class ImageFile {
  /** A decoded image takes about 4 bytes a pixel. */
  private static final long MAX_PIXELS = 100_000_000;

  private static final List<String> FORMATS = List.of("png", "jpeg");

  private ImageFile() {}

  /**
   * An image for a network.
   *
   * @param values in C, H, W order
   * @param shape {@code [C, H, W]}
   */
  record Pixels(byte[] values, Shape shape) {}

  /**
   * An image, resized; it keeps its own height or width where the input's is free.
   *
   * @param input {@code [1 or 3, H, W]}
   * @throws QuernException if it cannot be read; names the file
   */
  static Pixels read(Path file, Shape input) {
    try {
      requireFile(file);
      BufferedImage image = decode(file);
      int height = (int) (input.isFree(1) ? image.getHeight() : input.dim(1));
      int width = (int) (input.isFree(2) ? image.getWidth() : input.dim(2));
      byte[] values = Resize.to(new PixelRows(image, (int) input.dim(0)), height, width);
      return new Pixels(values, Shape.of(input.dim(0), height, width));
    } catch (IOException e) {
      throw new FormatException(what(file) + "damaged image: " + Failures.reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new MemoryLimitException(what(file) + Failures.reason(e));
    }
  }

  private static String what(Path file) {
    return "predict: " + file + ": ";
  }

  private static void requireFile(Path file) {
    if (!Files.exists(file)) {
      throw new NotFoundException(what(file) + "there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new FormatException(what(file) + "not a regular file");
    }
    if (!Files.isReadable(file)) {
      throw new FileAccessException(what(file) + "permission denied", null);
    }
  }

  private static BufferedImage decode(Path file) throws IOException {
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      ImageReader reader = reader(file, in);
      try {
        // a broken file may make the JDK's readers throw anything
        return decode(file, reader, in);
      } catch (QuernException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new IOException(e.toString(), e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageReader reader(Path file, ImageInputStream in) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    while (readers.hasNext()) {
      ImageReader r = readers.next();
      if (FORMATS.contains(r.getFormatName().toLowerCase(Locale.ROOT))) {
        return r;
      }
    }
    throw new FormatException(what(file) + "neither PNG nor JPEG");
  }

  private static BufferedImage decode(Path file, ImageReader reader, ImageInputStream in)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    reader.setInput(in, true, true);
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    if (width * height > MAX_PIXELS) {
      throw new FormatException(
          what(file) + width + " x " + height + " pixels are more than " + MAX_PIXELS);
    }
    BufferedImage image = reader.read(0);
    for (String w : warnings) {
      // the JPEG reader makes up what is missing and only warns
      if (w.contains("premature end") || w.contains("Premature end") || w.contains("Truncated")) {
        throw new IOException(w);
      }
    }
    return image;
  }
}
