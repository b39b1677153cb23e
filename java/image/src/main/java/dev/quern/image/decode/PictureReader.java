package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReader;
import dev.quern.error.MemoryLimitException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The service: finds a picture's format by its first bytes. */
public final class PictureReader implements ImageReader {
  /** Is called by the service loader. */
  public PictureReader() {}

  @Override
  public Optional<Image> read(byte[] encoded, long mostPixels) throws IOException {
    for (PictureFormat format : PictureFormat.values()) {
      if (format.begins(encoded)) {
        return Optional.of(read(format, encoded, mostPixels));
      }
    }
    return Optional.empty();
  }

  /** A broken file may make the JDK's readers throw anything. */
  private static Image read(PictureFormat format, byte[] encoded, long most) throws IOException {
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

  private static String damaged(PictureFormat format, Object why) {
    return "damaged " + format + ": " + why;
  }

  @Override
  public String formats() {
    return Arrays.stream(PictureFormat.values()).map(f -> f + "").collect(Collectors.joining(", "));
  }
}
