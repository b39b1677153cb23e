package dev.quern.cli.output;

import dev.quern.cli.process.BadValueException;
import dev.quern.data.Image;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.image.Images;
import dev.quern.internal.messages.FileReason;
import dev.quern.io.file.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A folder to which a command writes PNG files named after its input images, or a single PNG file.
 */
public final class PictureFolder {
  private static final String EXTENSION = ".png";

  private final String op;
  private final Path folder;
  private final List<Path> asked;
  private final PictureNames names;

  /** The file for the only input image; null for a file in the folder for each input image. */
  private final Path fileOrNull;

  /**
   * Creates a writer to the folder.
   *
   * @param op the command, for messages
   * @param asked the input images, which are never overwritten
   */
  public PictureFolder(String op, Path folder, List<Path> asked) {
    this(op, folder, asked, null);
  }

  private PictureFolder(String op, Path folder, List<Path> asked, Path fileOrNull) {
    this.op = op;
    this.folder = folder;
    this.asked = asked;
    this.fileOrNull = fileOrNull;
    names = new PictureNames(asked);
  }

  /**
   * Returns a writer to a file if the path ends in {@code .png} and is not a folder, otherwise to a
   * folder.
   *
   * @param option the option that names the path, for messages
   * @throws BadValueException if the path names a file, and there are several input images
   */
  public static PictureFolder orFile(
      CommandSpec command, String option, Path path, List<Path> asked) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    boolean file = name.endsWith(EXTENSION) && !Files.isDirectory(path);
    if (file && asked.size() > 1) {
      throw new BadValueException(
          command,
          option + " " + path + " names one file for " + asked.size() + " images; name a folder");
    }
    return new PictureFolder(command.name(), path, asked, file ? path : null);
  }

  /**
   * Writes an image completely or not at all.
   *
   * @param of the input image, which determines the name of the written file
   * @param suffix end of the file's name, before the extension
   * @throws FileAccessException if the folder cannot be written to
   * @throws InvalidArgumentException if the file is an input image
   */
  public void write(Path of, String suffix, Image picture) {
    write(of, suffix, Images.toBufferedImage(picture));
  }

  /** Writes an image as {@link #write(Path, String, Image)} does, and returns the file. */
  public Path write(Path of, String suffix, BufferedImage picture) {
    Path file = fileOrNull != null ? fileOrNull : folder.resolve(names.of(of) + suffix + EXTENSION);
    try {
      requireOwn(file);
    } catch (IOException e) {
      throw new FileAccessException(
          op + ": cannot write " + file + ": " + FileReason.ofWriting(file, e), e);
    }
    write(op, file, picture);
    return file;
  }

  /**
   * Writes an image to a file, completely or not at all; an existing file is replaced.
   *
   * @throws FileAccessException if the folder cannot be written to, or a folder has the file's name
   */
  public static void write(String op, Path file, Image picture) {
    write(op, file, Images.toBufferedImage(picture));
  }

  private static void write(String op, Path file, BufferedImage picture) {
    try {
      if (Files.isDirectory(file)) { // moving a file would replace an empty folder
        throw new IOException("it is a folder");
      }
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", bytes);
      // not createTempFile, whose files only their owner can read
      Path whole = AtomicFile.temporary(file.toAbsolutePath());
      try {
        Files.write(whole, bytes.toByteArray());
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      throw new FileAccessException(
          op + ": cannot write " + file + ": " + FileReason.ofWriting(file, e), e);
    }
  }

  private void requireOwn(Path file) throws IOException {
    for (Path of : asked) {
      if (Files.exists(file) && Files.exists(of) && Files.isSameFile(file, of)) {
        throw new InvalidArgumentException(
            op + ": " + file + " is one of the input images; choose another --out");
      }
    }
  }
}
