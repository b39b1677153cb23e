package dev.quern.presets;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Properties;

/** Loads a native library in the module that has the native methods, which needs the right to. */
public final class NativeFile {
  private NativeFile() {}

  /**
   * Loads the library unless it is; its native methods are found by the class loader of this class.
   *
   * @throws UnsatisfiedLinkError if it cannot be loaded
   */
  public static void load(Path file) {
    System.load(file.toAbsolutePath().toString());
  }

  /** The version of these bindings, which the library must have, too. */
  public static String version() {
    try (InputStream in = NativeFile.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
