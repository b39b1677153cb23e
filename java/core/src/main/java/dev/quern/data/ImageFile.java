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

/** Reads encoded images, and creates the errors if one cannot be read. */
final class ImageFile {
  /** Largest size of a file, sufficient for the raw pixels of the largest allowed image. */
  private static final int MOST_BYTES = (int) (4 * Image.MOST_PIXELS);

  private static final String NO_READER =
      "reading image files needs the module quern-image (dev.quern:quern-image)";

  private ImageFile() {}

  /** A request to an image reader. */
  private interface Question {
    Optional<Image> of(ImageReader reader, byte[] encoded, ImageReading reading) throws IOException;
  }

  static Image read(Path file) {
    return read(file, ImageReader::read);
  }

  static Image readMask(Path file) {
    Image mask = read(file, ImageReader::readMask);
    if (mask.channels() != 1) { // of a reader that is another's
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

  /** Opens a file, if possible not as a channel, since an interrupt would close a channel. */
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
    } catch (IOException | RuntimeException e) { // of a stream that is the caller's
      throw new FileAccessException("image: " + what + ": " + reason(e), e);
    } catch (OutOfMemoryError e) {
      throw full(what, e);
    }
    if (all.length > MOST_BYTES) {
      throw new FormatException("image: " + what + ": more than " + MOST_BYTES + " bytes");
    }
    return all;
  }

  static Image decode(byte[] encoded, ImageReading reading) {
    return decode("bytes", encoded, ImageReader::read, reading);
  }

  /**
   * Decodes by the first reader that supports the format. A reader is external code and may throw
   * any exception.
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
    // sorted, as services come in the order of the class path
    String formats =
        readers.stream().map(ImageFile::formats).sorted().collect(Collectors.joining(", "));
    throw new FormatException("image: " + what + ": not an image of a known format: " + formats);
  }

  private static @Nullable Optional<Image> ask(
      String what, byte[] encoded, Question question, ImageReader reader, ImageReading reading) {
    try {
      requireGoing(what, reading);
      Optional<Image> image = question.of(reader, encoded, reading);
      requireGoing(what, reading); // the reader may have stopped early, with part of the image
      return image;
    } catch (OutOfMemoryError e) {
      throw full(what, e);
    } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
      requireGoing(what, reading); // else whatever was thrown is a consequence
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
