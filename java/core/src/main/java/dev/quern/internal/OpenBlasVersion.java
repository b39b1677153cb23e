package dev.quern.internal;

import dev.quern.error.NativeException;

/**
 * The version of OpenBLAS that was loaded. Any that has what we call works; but one version alone
 * gives bit-identical results, and one alone has been tested.
 */
final class OpenBlasVersion {
  /** The version that Quern is built and tested with. */
  static final String TESTED = "0.3.31";

  /** The system property that demands one, such as {@code 0.3.31}. */
  static final String PROPERTY = "quern.openblas.version";

  private OpenBlasVersion() {}

  /**
   * @param config OpenBLAS's description of itself, {@code OpenBLAS 0.3.31 DYNAMIC_ARCH ...}
   * @throws NativeException if another version is required
   */
  static void check(String config) {
    String version = of(config);
    String demanded = System.getProperty(PROPERTY, "");
    if (!demanded.isEmpty()) {
      if (!demanded.equals(version)) {
        throw new NativeException(
            "openblas: version " + version + ", but " + PROPERTY + " demands " + demanded);
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

  /** The second word. */
  static String of(String config) {
    String[] words = config.strip().split("\\s+");
    return words.length < 2 ? config.strip() : words[1];
  }
}
