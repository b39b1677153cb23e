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

  @Override
  public final Optional<Image> read(byte[] encoded, long mostPixels) throws IOException {
    for (FileFormat format : formats) {
      if (format.begins(encoded)) {
        return Optional.of(read(format, encoded, mostPixels));
      }
    }
    return Optional.empty();
  }

  /** A broken file may make the readers of ImageIO throw anything. */
  private static Image read(FileFormat format, byte[] encoded, long most) throws IOException {
    try {
      return format.read(encoded, most);
    } catch (TooLargeException | MemoryLimitException e) {
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
