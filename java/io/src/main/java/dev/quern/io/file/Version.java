package dev.quern.io.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of Quern, which the build writes to a resource. */
public final class Version {
  public static final String TEXT = text();

  private Version() {}

  private static String text() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties all = new Properties();
      all.load(in);
      return all.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
