package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageReader;
import dev.quern.data.ImageReading;
import dev.quern.error.MemoryLimitException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An image reader that detects a file's format by its first bytes. */
public abstract class FormatsReader implements ImageReader {
  /** The pattern of names of classes and packages, which some readers include in messages. */
  private static final Pattern INTERNAL =
      Pattern.compile("Exception|Error:|\\w\\.\\w+\\.\\w|[\\[@{]");

  private static final int LONGEST = 200;

  private final List<FileFormat> formats;

  protected FormatsReader(FileFormat... formats) {
    this.formats = List.of(formats);
  }

  /** The decoding of an image or a mask by a format. */
  private interface Question {
    Image of(FileFormat format) throws IOException;
  }

  @Override
  public final Optional<Image> read(byte[] encoded, ImageReading reading) throws IOException {
    return read(encoded, reading, format -> format.read(encoded, reading));
  }

  @Override
  public final Optional<Image> readMask(byte[] encoded, ImageReading reading) throws IOException {
    return read(encoded, reading, format -> format.readMask(encoded, reading));
  }

  private Optional<Image> read(byte[] encoded, ImageReading reading, Question question)
      throws IOException {
    for (FileFormat format : formats) {
      if (format.begins(encoded)) {
        return Optional.of(read(format, reading, question));
      }
    }
    return Optional.empty();
  }

  /**
   * Decodes an image, and converts exceptions: for a corrupt file, readers of ImageIO may throw any
   * exception.
   */
  private static Image read(FileFormat format, ImageReading reading, Question question)
      throws IOException {
    try {
      return question.of(format);
    } catch (NoMaskException | TooLargeException | MemoryLimitException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      reading.check(); // throws the original exception if the reader was stopped
      throw new IOException("damaged " + format + reason(e), e);
    }
  }

  /**
   * Returns the part of an error message that is safe to show to users; the exception's cause has
   * all details.
   */
  private static String reason(Exception e) {
    String ours = null;
    for (Throwable at = e; at != null && ours == null; at = at.getCause()) {
      ours = at instanceof DamagedException ? at.getMessage() : null;
      if (at instanceof OutOfMemoryError full) { // the JDK's PNG reader wraps it
        throw full;
      }
    }
    String said = ours != null ? ours : e instanceof IOException ? e.getMessage() : null;
    return isPlain(said) ? ": " + said : "";
  }

  private static boolean isPlain(@Nullable String said) {
    return said != null && said.length() <= LONGEST && !INTERNAL.matcher(said).find();
  }

  @Override
  public final String formats() {
    return formats.stream().map(f -> f + "").collect(Collectors.joining(", "));
  }
}
