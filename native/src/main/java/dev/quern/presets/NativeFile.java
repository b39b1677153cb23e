package dev.quern.presets;

import java.nio.file.Path;

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
}
