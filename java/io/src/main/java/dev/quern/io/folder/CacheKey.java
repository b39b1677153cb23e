package dev.quern.io.folder;

import dev.quern.data.Preprocessing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The key of a cache of decoded pixels: 32 bytes that depend on the image files, their sizes and
 * times, the resizing, and the number of classes of masks.
 */
final class CacheKey {
  private CacheKey() {}

  static byte[] of(List<Picture> pictures, Preprocessing how, long limit, int classes) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // which every JVM supports
    }
    add(digest, how.size() + " " + how.fit() + " " + how.crop() + " " + how.channels());
    add(digest, pictures.size() + " " + limit + " " + classes);
    for (Picture p : pictures) {
      add(digest, p.name());
      add(digest, facts(p.file()));
      if (p.mask() != null) {
        add(digest, facts(p.mask()));
      }
    }
    return digest.digest();
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0); // which no name contains
  }

  private static String facts(Path file) {
    try {
      BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
      return a.size() + " " + a.lastModifiedTime().toMillis();
    } catch (IOException e) {
      return "none"; // then it is broken, and not in the cache
    }
  }
}
