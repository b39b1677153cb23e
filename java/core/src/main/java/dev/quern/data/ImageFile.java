package dev.quern.data;

import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.error.TimeLimitException;
import dev.quern.internal.Services;
import dev.quern.internal.arguments.UserCode;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads encoded images; exceptions name the file. */
final class ImageFile {
  /** Maximum file size in bytes, enough for the raw pixels of the largest allowed image. */
  private static final int MOST_BYTES = (int) (4 * Image.MOST_PIXELS);

  private static final String NO_READER =
      "reading image files needs the module quern-image (dev.quern:quern-image)";

  private ImageFile() {}

  /** The method of an image reader to call: {@code read} or {@code readMask}. */
  private interface Question {
    Optional<Image> of(ImageReader reader, byte[] encoded, ImageReading reading) throws IOException;
  }

  static Image read(Path file) {
    return read(file, ImageReader::read);
  }

  static Image readMask(Path file) {
    Image mask = read(file, ImageReader::readMask);
    if (mask.channels() != 1) { // from a custom reader
      throw new FormatException("image: " + file + ": a mask must have one channel, not 3");
    }
    return mask;
  }

  private static Image read(Path file, Question question) {
    String what = file.toString();
    try {
      if (!Files.exists(file)) {
        throw new NotFoundException("image: " + what + ": the file does not exist");
      }
      if (!Files.isRegularFile(file)) {
        throw new FormatException("image: " + what + ": not a regular file");
      }
      if (!Files.isReadable(file)) {
        throw new FileAccessException("image: " + what + ": permission denied", null);
      }
      try (InputStream in = open(file)) {
        return decode(what, bytes(what, in), question, standard());
      }
    } catch (IOException e) {
      throw new FileAccessException("image: " + what + ": " + reason(e), e);
    }
  }

  /** Opens a file, if possible without a channel, since an interrupt would close the channel. */
  private static InputStream open(Path file) throws IOException {
    return file.getFileSystem() == FileSystems.getDefault()
        ? new FileInputStream(file.toFile())
        : Files.newInputStream(file);
  }

  static Image read(InputStream in) {
    return decode("stream", bytes("stream", in), ImageReader::read, standard());
  }

  private static ImageReading standard() {
    return ImageReading.within(ImageLimits.standard());
  }

  private static byte[] bytes(String what, InputStream in) {
    byte[] all;
    try {
      all = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException | RuntimeException e) { // the caller's stream may throw both
      throw new FileAccessException("image: " + what + ": " + reason(e), e);
    } catch (OutOfMemoryError e) {
      throw full(what, e);
    }
    if (all.length > MOST_BYTES) {
      throw new FormatException("image: " + what + ": it exceeds " + MOST_BYTES + " bytes");
    }
    return all;
  }

  static Image decode(byte[] encoded, ImageReading reading) {
    return decode("bytes", encoded, ImageReader::read, reading);
  }

  /**
   * Decodes an image with the first reader that supports the format. Readers are external code and
   * may throw any exception.
   */
  private static Image decode(
      String what, byte[] encoded, Question question, ImageReading reading) {
    List<ImageReader> readers = Services.all(ImageReader.class, "image: " + what, NO_READER);
    for (ImageReader reader : readers) {
      Optional<Image> image = ask(what, encoded, question, reader, reading);
      if (image != null && image.isPresent()) {
        return image.get();
      }
    }
    String hint = MissingFormat.hint(encoded);
    if (hint != null) {
      throw new FormatException("image: " + what + ": " + hint);
    }
    // sorted, because ServiceLoader's order is that of the class path
    String formats =
        readers.stream().map(ImageFile::formats).sorted().collect(Collectors.joining(", "));
    throw new FormatException("image: " + what + ": the format is not one of " + formats);
  }

  private static @Nullable Optional<Image> ask(
      String what, byte[] encoded, Question question, ImageReader reader, ImageReading reading) {
    try {
      requireGoing(what, reading);
      Optional<Image> image = question.of(reader, encoded, reading);
      requireGoing(what, reading); // a canceled reader may return an incomplete image
      return image;
    } catch (OutOfMemoryError e) {
      throw full(what, e);
    } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
      requireGoing(what, reading); // cancellation or a time limit may have caused e
      if (e instanceof MemoryLimitException) {
        throw new MemoryLimitException("image: " + what + ": " + e.getMessage());
      }
      if (e instanceof QuernException || e instanceof IOException && e.getMessage() != null) {
        throw new FormatException("image: " + what + ": " + e.getMessage(), e);
      }
      throw new FormatException("image: " + what + ": its reader failed", e);
    }
  }

  private static void requireGoing(String what, ImageReading reading) {
    try {
      reading.check();
    } catch (MemoryLimitException e) {
      throw new MemoryLimitException("image: " + what + ": " + e.getMessage());
    } catch (TimeLimitException e) {
      throw new TimeLimitException("image: " + what + ": " + e.getMessage());
    }
  }

  private static String formats(ImageReader reader) {
    try {
      return String.valueOf(reader.formats());
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return "others";
    }
  }

  private static String reason(Throwable e) {
    return e instanceof IOException && e.getMessage() != null ? e.getMessage() : UserCode.text(e);
  }

  private static MemoryLimitException full(String what, OutOfMemoryError cause) {
    MemoryLimitException e =
        new MemoryLimitException(
            "image: "
                + what
                + ": does not fit in the JVM's heap of "
                + Runtime.getRuntime().maxMemory()
                + " bytes (-Xmx)");
    e.initCause(cause);
    return e;
  }
}
