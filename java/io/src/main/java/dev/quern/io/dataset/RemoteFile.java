package dev.quern.io.dataset;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.net.URI;

/**
 * A file to download, with its known size and checksum.
 *
 * @param uri the http or https address; the last part of its path is the file's name
 * @param bytes the exact size in bytes
 * @param sha256 the SHA-256 as 64 lower-case hexadecimal digits
 */
public record RemoteFile(URI uri, long bytes, String sha256) {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

  public RemoteFile {
    Require.present("download", "uri", uri);
    Require.present("download", "sha256", sha256);
    if (uri.getRawPath() == null || !uri.getRawPath().matches("(/[^/]+)*/" + NAME)) {
      throw new InvalidArgumentException("download: " + uri + " does not end in a plain file name");
    }
    if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
      throw new InvalidArgumentException("download: " + uri + " must be http or https");
    }
    if (uri.getHost() == null) {
      throw new InvalidArgumentException("download: " + uri + " has no host");
    }
    if (bytes < 1) {
      throw new InvalidArgumentException("download: size " + bytes + " must be at least 1 byte");
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new InvalidArgumentException(
          "download: checksum " + sha256 + " is not 64 lower-case hexadecimal digits");
    }
  }

  /** Checks that the name is a plain file name without folders, and returns it. */
  static String requireName(String name) {
    if (!Require.present("download", "name", name).matches(NAME)) {
      throw new InvalidArgumentException("download: " + name + " is not a plain file name");
    }
    return name;
  }

  /** Returns the name under which the downloaded file is stored. */
  public String fileName() {
    return uri.getRawPath().substring(uri.getRawPath().lastIndexOf('/') + 1);
  }
}
