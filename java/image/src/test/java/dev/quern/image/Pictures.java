package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The pictures that make.py made, and what PIL reads in them. */
record Pictures(String name, byte[] encoded, Image expected) {
  static List<Pictures> all() {
    String lines = new String(resource("expected.txt"), StandardCharsets.US_ASCII);
    return lines.lines().map(Pictures::of).toList();
  }

  static Pictures named(String name) {
    return all().stream().filter(p -> p.name.equals(name)).findFirst().orElseThrow();
  }

  private static Pictures of(String line) {
    String[] words = line.split(" ");
    long[] dims = Arrays.stream(words, 1, 4).mapToLong(Long::parseLong).toArray();
    byte[] pixels = HexFormat.of().parseHex(words[4]);
    return new Pictures(
        words[0], resource("pictures/" + words[0]), Image.of(Shape.of(dims), pixels));
  }

  private static byte[] resource(String name) {
    try (InputStream in = Pictures.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As three channels, gray three times the same. */
  static byte[] asRgb(Image image) {
    byte[] pixels = image.pixels();
    if (image.channels() == 3) {
      return pixels;
    }
    byte[] three = new byte[3 * pixels.length];
    for (int i = 0; i < three.length; i++) {
      three[i] = pixels[i % pixels.length];
    }
    return three;
  }

  @Override
  public String toString() {
    return name;
  }
}
