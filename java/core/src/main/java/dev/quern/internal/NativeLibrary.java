package dev.quern.internal;

import dev.quern.error.NativeException;
import java.io.File;
import java.net.URL;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Loads our native library and hands it the one OpenBLAS that it may use: the file from the
 * openblas platform jar. A system library is never looked for.
 */
public final class NativeLibrary {
  private static final String OPENBLAS = "org.bytedeco:openblas:0.3.31-1.5.13";

  /** The first failure, kept so that every later use tells the same story. */
  private static final NativeException FAILURE = load();

  private NativeLibrary() {}

  /**
   * @throws NativeException if the library or OpenBLAS cannot be used; the message says which and
   *     what to add
   */
  public static void require() {
    if (FAILURE != null) {
      throw new NativeException(FAILURE.getMessage(), FAILURE);
    }
  }

  /** An interrupt would close the files, and the failure would be kept; the flag stays. */
  private static NativeException load() {
    boolean interrupted = Thread.interrupted();
    try {
      loadOurs();
      NativeRuntime.init(openblas().getAbsolutePath(), System.getenv("QUERN_ISA"));
      NativeRuntime.setThreads(defaultThreads());
      return null;
    } catch (NativeException e) {
      return e;
    } catch (RuntimeException e) {
      return new NativeException(e.getMessage(), e);
    } catch (OutOfMemoryError e) { // JavaCPP starts a thread; a heap may be small
      return new NativeException("native library: cannot be loaded: " + e.getMessage(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void loadOurs() {
    String name = "dev/quern/" + Loader.getPlatform() + "/" + System.mapLibraryName("jniquern");
    URL url = NativeLibrary.class.getClassLoader().getResource(name);
    if (url != null && url.getProtocol().equals("jar")) { // else loading says what is missing
      CachedLibrary.of("native library", url);
    }
    try {
      // before our own library, whose loading initialises Pointer, too, while it holds JavaCPP's
      // loader: a thread of another library that began with Pointer would wait for that, for ever
      Pointer.maxBytes();
      NativeRuntime.version();
    } catch (LinkageError e) {
      throw new NativeException(
          "native library: jniquern for "
              + Loader.getPlatform()
              + " is not on the class path or cannot be loaded; add the artifact dev.quern:quern-native with classifier "
              + Loader.getPlatform()
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** What the container grants. */
  private static int defaultThreads() {
    return Math.max(1, Math.min(64, Runtime.getRuntime().availableProcessors()));
  }

  private static File openblas() {
    String platform = Loader.getPlatform();
    String library = null;
    for (String name : libraries(platform)) {
      library = "org/bytedeco/openblas/" + platform + "/" + name;
      URL url = NativeLibrary.class.getClassLoader().getResource(library);
      if (url == null && !name.contains("openblas")) {
        continue; // not every platform's jar has every runtime library
      }
      if (url == null) {
        break;
      }
      File file = CachedLibrary.of("openblas", url);
      if (name.contains("openblas")) {
        return file;
      }
    }
    throw new NativeException(
        "openblas: "
            + library
            + " is not on the class path; add the artifact "
            + OPENBLAS
            + " with classifier "
            + platform
            + " (a system library is never used)");
  }

  /** OpenBLAS last: it finds the others beside itself. */
  private static List<String> libraries(String platform) {
    if (platform.startsWith("windows")) {
      return List.of("libopenblas.dll");
    }
    if (platform.startsWith("macosx")) {
      return List.of(
          "libgcc_s.1.1.dylib",
          "libquadmath.0.dylib",
          "libgfortran.5.dylib",
          "libopenblas.0.dylib");
    }
    return List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0");
  }
}
