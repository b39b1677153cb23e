package dev.quern.cli;

import dev.quern.data.Image;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.image.Images;
import dev.quern.predict.Answer;
import dev.quern.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Answers that are pictures, as PNG files in a folder: of classes of pixels the class indices as
 * grey, of an image its values from 0 to 1 as grey or RGB.
 */
final class AnswerPictures {
  private final Path folder;
  private final List<Path> asked;
  private final Set<Path> written = new HashSet<>();

  /**
   * @param asked the pictures that are asked about, which no answer replaces
   */
  AnswerPictures(Path folder, List<Path> asked) {
    this.folder = folder;
    this.asked = asked;
  }

  /**
   * Writes an answer, if it is a picture.
   *
   * @param of the picture that was asked about
   * @param outputOrNull the output's name, where there are several
   * @throws FileAccessException if the folder cannot be written to
   * @throws InvalidArgumentException if the file is a picture that is asked about, or the answer to
   *     another
   */
  void write(Path of, String outputOrNull, Answer answer) {
    Image picture = picture(answer);
    if (picture == null) {
      return;
    }
    String name = of.getFileName().toString().replaceFirst("[.][^.]*$", "");
    Path file = folder.resolve(name + (outputOrNull == null ? "" : "." + outputOrNull) + ".png");
    if (!written.add(file)) {
      throw new InvalidArgumentException(
          "predict: " + file + " is the answer to another picture of that name");
    }
    try {
      requireOwn(file);
      Files.createDirectories(folder);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(Images.toBufferedImage(picture), "png", bytes);
      Path whole = Files.createTempFile(folder, ".quern", ".png");
      try {
        Files.write(whole, bytes.toByteArray());
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      throw new FileAccessException("predict: cannot write " + file + ": " + Failures.reason(e), e);
    }
  }

  private void requireOwn(Path file) throws IOException {
    for (Path of : asked) {
      if (Files.exists(file) && Files.exists(of) && Files.isSameFile(file, of)) {
        throw new InvalidArgumentException(
            "predict: " + file + " is a picture that is asked about; name another folder");
      }
    }
  }

  private static Image picture(Answer answer) {
    if (answer instanceof Answer.PixelClasses p && p.shape().rank() == 2) {
      int[] labels = p.labels();
      byte[] grey = new byte[labels.length];
      for (int i = 0; i < grey.length; i++) {
        grey[i] = (byte) Math.min(labels[i], 255);
      }
      return Image.of(Shape.of(1, p.shape().dim(0), p.shape().dim(1)), grey);
    }
    if (answer instanceof Answer.Values v
        && v.shape().rank() == 3
        && (v.shape().dim(0) == 1 || v.shape().dim(0) == 3)) {
      float[] values = v.values();
      byte[] pixels = new byte[values.length];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, values[i])));
      }
      return Image.of(v.shape(), pixels);
    }
    return null;
  }
}
