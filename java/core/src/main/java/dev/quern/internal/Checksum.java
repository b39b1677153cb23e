package dev.quern.internal;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.util.zip.CRC32;

/** Size and CRC-32 of a library, which distinguish it from other builds and damaged files. */
record Checksum(long size, long crc) {
  /**
   * Returns the checksum of a resource: from the jar's directory or, outside a jar (as in a jlink
   * image), computed from the resource's bytes.
   */
  static Checksum of(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() >= 0) {
      return new Checksum(jar.getJarEntry().getSize(), jar.getJarEntry().getCrc());
    }
    try (InputStream in = connection.getInputStream()) {
      return of(in);
    }
  }

  static Checksum of(File file) throws IOException {
    try (InputStream in = new FileInputStream(file)) {
      return of(in);
    }
  }

  private static Checksum of(InputStream in) throws IOException {
    CRC32 crc = new CRC32();
    long size = 0;
    byte[] piece = new byte[1 << 16]; // in pieces, because the library may not fit into the heap
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      crc.update(piece, 0, n);
      size += n;
    }
    return new Checksum(size, crc.getValue());
  }

  boolean isOf(File file) throws IOException {
    return file.isFile() && file.length() == size && of(file).equals(this);
  }

  /** Returns the checksum as part of a folder's name. */
  @Override
  public String toString() {
    return Long.toHexString(crc) + "-" + size;
  }
}
