package dev.quern.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, written into a resource by the build. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"quern " + text()};
  }

  public static String text() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties all = new Properties();
      all.load(in);
      return all.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
