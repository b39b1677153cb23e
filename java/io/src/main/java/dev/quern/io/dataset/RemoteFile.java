package dev.quern.io.dataset;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.net.URI;

/**
 * A file to be downloaded, with what is known of it beforehand.
 *
 * @param uri http or https; the last part of its path is the file's name
 * @param bytes its exact size
 * @param sha256 its SHA-256 in 64 lower-case hexadecimal digits
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
      throw new InvalidArgumentException("download: " + uri + " is neither http nor https");
    }
    if (uri.getHost() == null) {
      throw new InvalidArgumentException("download: " + uri + " has no host");
    }
    if (bytes < 1) {
      throw new InvalidArgumentException(
          "download: a size of " + bytes + " bytes must be at least 1");
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new InvalidArgumentException(
          "download: checksum " + sha256 + " is not 64 lower-case hexadecimal digits");
    }
  }

  /** A plain file name, which leads to no other folder. */
  static String requireName(String name) {
    if (!Require.present("download", "name", name).matches(NAME)) {
      throw new InvalidArgumentException("download: " + name + " is not a plain file name");
    }
    return name;
  }

  /** The name that the file is stored under. */
  public String fileName() {
    return uri.getRawPath().substring(uri.getRawPath().lastIndexOf('/') + 1);
  }
}
