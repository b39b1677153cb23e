package dev.quern.internal;

import dev.quern.error.NativeException;

/**
 * Checks the version of the loaded OpenBLAS. Other versions work if they contain the required
 * functions, but only one version is tested, and results are bit-identical only with the same
 * version.
 */
final class OpenBlasVersion {
  /** The version with which Quern is built and tested. */
  static final String TESTED = "0.3.31";

  /** System property that requires a version, such as {@code 0.3.31}. */
  static final String PROPERTY = "quern.openblas.version";

  private OpenBlasVersion() {}

  /**
   * Checks the version; without the property, logs a warning if the version is not the tested one.
   *
   * @param config OpenBLAS's configuration, {@code OpenBLAS 0.3.31 DYNAMIC_ARCH ...}
   * @throws NativeException if the property requires another version
   */
  static void check(String config) {
    String version = of(config);
    String demanded = System.getProperty(PROPERTY, "");
    if (!demanded.isEmpty()) {
      if (!demanded.equals(version)) {
        throw new NativeException(
            "openblas: found version " + version + ", " + PROPERTY + " requires " + demanded);
      }
    } else if (!version.equals(TESTED)) {
      System.getLogger("dev.quern.engine")
          .log(
              System.Logger.Level.WARNING,
              "OpenBLAS is "
                  + version
                  + ", Quern is tested with "
                  + TESTED
                  + ": results may differ in the last bits");
    }
  }

  /** Returns the version, which is the second word of the configuration. */
  static String of(String config) {
    String[] words = config.strip().split("\\s+");
    return words.length < 2 ? config.strip() : words[1];
  }
}
