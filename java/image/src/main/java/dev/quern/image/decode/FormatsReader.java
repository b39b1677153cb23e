package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReader;
import dev.quern.error.MemoryLimitException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds a picture's format by its first bytes. */
public abstract class FormatsReader implements ImageReader {
  private final List<FileFormat> formats;

  protected FormatsReader(FileFormat... formats) {
    this.formats = List.of(formats);
  }

  /** What is asked of a format. */
  private interface Reading {
    Image of(FileFormat format) throws IOException;
  }

  @Override
  public final Optional<Image> read(byte[] encoded, long mostPixels) throws IOException {
    return read(encoded, format -> format.read(encoded, mostPixels));
  }

  @Override
  public final Optional<Image> readMask(byte[] encoded, long mostPixels) throws IOException {
    return read(encoded, format -> format.readMask(encoded, mostPixels));
  }

  private Optional<Image> read(byte[] encoded, Reading reading) throws IOException {
    for (FileFormat format : formats) {
      if (format.begins(encoded)) {
        return Optional.of(read(format, reading));
      }
    }
    return Optional.empty();
  }

  /** A broken file may make the readers of ImageIO throw anything. */
  private static Image read(FileFormat format, Reading reading) throws IOException {
    try {
      return reading.of(format);
    } catch (NoMaskException | TooLargeException | MemoryLimitException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(damaged(format, e.getMessage() == null ? e : e.getMessage()), e);
    } catch (RuntimeException e) {
      throw new IOException(damaged(format, e), e);
    }
  }

  private static String damaged(FileFormat format, Object why) {
    return "damaged " + format + ": " + why;
  }

  @Override
  public final String formats() {
    return formats.stream().map(f -> f + "").collect(Collectors.joining(", "));
  }
}
