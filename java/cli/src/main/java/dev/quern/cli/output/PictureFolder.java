package dev.quern.cli.output;

import dev.quern.data.Image;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.image.Images;
import dev.quern.internal.messages.FileReason;
import dev.quern.io.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import javax.imageio.ImageIO;

/** A folder to which a command writes PNG files named after its input images. */
public final class PictureFolder {
  private final String op;
  private final Path folder;
  private final List<Path> asked;
  private final PictureNames names;

  /**
   * Creates a writer to the folder.
   *
   * @param op the command, for messages
   * @param asked the input images, which are never overwritten
   */
  public PictureFolder(String op, Path folder, List<Path> asked) {
    this.op = op;
    this.folder = folder;
    this.asked = asked;
    names = new PictureNames(asked);
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
    Path file = folder.resolve(names.of(of) + suffix + ".png");
    try {
      requireOwn(file);
    } catch (IOException e) {
      throw new FileAccessException(
          op + ": cannot write " + file + ": " + FileReason.ofWriting(file, e), e);
    }
    write(op, file, picture);
  }

  /**
   * Writes an image to a file, completely or not at all; an existing file is replaced.
   *
   * @throws FileAccessException if the folder cannot be written to, or a folder has the file's name
   */
  public static void write(String op, Path file, Image picture) {
    try {
      if (Files.isDirectory(file)) { // moving a file would replace an empty folder
        throw new IOException("it is a folder");
      }
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(Images.toBufferedImage(picture), "png", bytes);
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
