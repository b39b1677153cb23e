package dev.quern.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Detection of image formats whose module is not on the class path. */
final class MissingFormat {
  private static final String MODULE = "quern-image-formats";
  private static final List<String> TIFF = List.of("II*\0", "MM\0*", "II+\0", "MM\0+");

  private MissingFormat() {}

  /**
   * Returns a hint that names the module for a file's format; null if no module supports the
   * format.
   */
  static @Nullable String hint(byte[] encoded) {
    byte[] head = Arrays.copyOf(encoded, 12); // with zeros where the file is shorter
    String begin = new String(head, StandardCharsets.ISO_8859_1);
    if (begin.startsWith("RIFF") && begin.endsWith("WEBP")) {
      return hint("WebP");
    }
    return TIFF.contains(begin.substring(0, 4)) ? hint("TIFF") : null;
  }

  private static String hint(String format) {
    return format + " needs the module " + MODULE + " (dev.quern:" + MODULE + ")";
  }
}
