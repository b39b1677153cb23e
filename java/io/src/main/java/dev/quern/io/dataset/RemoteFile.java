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
  public RemoteFile {
    Require.present("download", "uri", uri);
    Require.present("download", "sha256", sha256);
    if (uri.getRawPath() == null
        || !uri.getRawPath().matches("(/[^/]+)*/[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new InvalidArgumentException("download: " + uri + " does not end in a plain file name");
    }
    if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
      throw new InvalidArgumentException("download: " + uri + " is neither http nor https");
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

  /** The name that the file is stored under. */
  public String fileName() {
    return uri.getRawPath().substring(uri.getRawPath().lastIndexOf('/') + 1);
  }
}
