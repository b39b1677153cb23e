package dev.quern.fuzz.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Gzip around content, most often sound. */
final class Gzip {
  private Gzip() {}

  static byte[] of(byte[] content, Dice dice) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 64);
    int parts = dice.below(16) == 1 ? 2 : 1; // members one behind the other are one file
    int half = parts == 2 ? content.length / 2 : content.length;
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content, 0, half);
    }
    if (parts == 2) {
      try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
        gzip.write(content, half, content.length - half);
      }
    }
    byte[] file = out.toByteArray();
    return dice.below(8) == 1 ? Bits.mutate(file, file, dice) : file;
  }
}
