package dev.quern.internal;

import dev.quern.error.NativeException;
import dev.quern.presets.NativeFile;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Loads our native library and hands it the one OpenBLAS that it may use. {@link LibraryFiles} says
 * where they come from.
 */
public final class NativeLibrary {
  private static Path ours;
  private static Path openblas;

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

  /** The file of our library, once it is loaded. */
  public static Path file() {
    return ours;
  }

  /** The file of OpenBLAS, once it is loaded. */
  public static Path openblasFile() {
    return openblas;
  }

  /** JavaCPP's version; empty where its jar does not say it. */
  public static String javacppVersion() {
    try {
      String version = Loader.getVersion();
      return version == null ? "" : version;
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  /** An interrupt would close the files, and the failure would be kept; the flag stays. */
  private static NativeException load() {
    boolean interrupted = Thread.interrupted();
    try {
      CacheFolder.avoidHomelessness();
      LibraryFiles files = new LibraryFiles(Loader.getPlatform());
      ours = loadOurs(files.ours());
      openblas = files.openblas();
      initialize();
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

  private static void initialize() {
    try {
      NativeRuntime.init(openblas.toString(), System.getenv("QUERN_ISA"));
    } catch (NativeException e) {
      String reason = LoadFailure.reason(openblas, Loader.getPlatform(), e.getMessage());
      throw reason.isEmpty() ? e : new NativeException(e.getMessage() + reason, e);
    }
    OpenBlasVersion.check(NativeRuntime.openblasConfig());
    NativeRuntime.setThreads(defaultThreads());
  }

  private static Path loadOurs(Path file) {
    if (Pointer.class.getClassLoader() != NativeFile.class.getClassLoader()) {
      throw new NativeException(
          "native library: JavaCPP's classes and Quern's are in two class loaders, and native methods"
              + " of both in one library: put the jars of javacpp and of Quern side by side");
    }
    try {
      // before our own library, whose loading initialises Pointer, too, while it holds JavaCPP's
      // loader: a thread of another library that began with Pointer would wait for that, for ever
      Pointer.maxBytes();
      Path loaded;
      synchronized (Loader.class) { // JavaCPP's own lock, which comes before those of the JVM
        loaded = LibraryCopies.load(file, NativeFile::load);
      }
      requireVersion(file, NativeRuntime.version());
      return loaded;
    } catch (LinkageError e) {
      throw LoadFailure.loading("native library: jniquern", file, Loader.getPlatform(), e);
    } catch (IOException e) {
      throw LoadFailure.extracting("native library", file.toString(), e);
    }
  }

  /** Of another version, its functions may take other arguments. */
  private static void requireVersion(Path file, String version) {
    String wanted = NativeFile.version();
    if (!version.equals(wanted)) {
      throw new NativeException(
          "native library: "
              + file
              + " is of version "
              + version
              + ", but the Java classes of quern-native are of "
              + wanted
              + ": take both jars of one version");
    }
  }

  /** What the container grants. */
  private static int defaultThreads() {
    return Math.max(1, Math.min(64, Runtime.getRuntime().availableProcessors()));
  }
}
