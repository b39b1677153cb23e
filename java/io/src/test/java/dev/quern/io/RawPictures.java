package dev.quern.io;

import dev.quern.data.Image;
import dev.quern.data.ImageReader;
import dev.quern.data.ImageReading;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Pictures of one pixel, for tests of a module that has no reader of its own. */
public final class RawPictures implements ImageReader {
  private static final String BEGIN = "raw ";

  @Override
  public Optional<Image> read(byte[] encoded, ImageReading reading) throws IOException {
    String text = new String(encoded, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(BEGIN)) {
      return Optional.empty();
    }
    return Optional.of(Image.of(Shape.of(1, 1, 1), new byte[] {encoded[BEGIN.length()]}));
  }

  @Override
  public String formats() {
    return "raw";
  }

  /** A folder of two classes with a picture each. */
  public static Path folder(Path folder) throws IOException {
    for (String name : new String[] {"a", "b"}) {
      Path classDir = Files.createDirectories(folder.resolve(name));
      Files.writeString(classDir.resolve("1.png"), BEGIN + name);
    }
    return folder;
  }
}
