package dev.quern.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/** JavaCPP's cache folder for extracted libraries. */
final class CacheFolder {
  /** JavaCPP's system property that sets the cache folder. */
  static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  private static final String OLD_PROPERTY = "org.bytedeco.javacpp.cacheDir";

  private CacheFolder() {}

  /**
   * Sets a temporary cache folder if the user does not have a home folder. Without this setting,
   * JavaCPP would create a folder named "?", Java's value for a missing home, in the current
   * folder.
   */
  static void avoidHomelessness() {
    if (System.getProperty(PROPERTY) == null
        && System.getProperty(OLD_PROPERTY) == null
        && !isAbsolute(System.getProperty("user.home"))) {
      System.setProperty(PROPERTY, temporary().toString());
    }
  }

  private static boolean isAbsolute(String folderOrNull) {
    return folderOrNull != null && Path.of(folderOrNull).isAbsolute();
  }

  private static Path temporary() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        ".javacpp-" + System.getProperty("user.name"),
        "cache");
  }

  /**
   * Returns the cache folder.
   *
   * @throws IOException if no folder is writable
   */
  static Path get() throws IOException {
    return Loader.getCacheDir().toPath();
  }

  /** Returns the folders that JavaCPP tries, for a message. */
  static String candidates() {
    String chosen = System.getProperty(PROPERTY, System.getProperty(OLD_PROPERTY));
    Path home = Path.of(String.valueOf(System.getProperty("user.home")), ".javacpp", "cache");
    return (chosen == null ? "" : chosen + ", ") + home + ", " + temporary();
  }
}
