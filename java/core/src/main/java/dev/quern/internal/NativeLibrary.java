package dev.quern.internal;

import dev.quern.error.NativeException;
import dev.quern.presets.NativeFile;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Loads the native library and OpenBLAS from the files that {@link LibraryFiles} returns. The
 * library uses no other copy of OpenBLAS.
 */
public final class NativeLibrary {
  private static Path ours;
  private static Path openblas;

  /** The exception of a failed load, which every later use reports again; null after success. */
  private static final NativeException FAILURE = load();

  private NativeLibrary() {}

  /**
   * Loads the library if it is not loaded yet.
   *
   * @throws NativeException if the library or OpenBLAS cannot be used; the message names the file
   *     and the artifact to add
   */
  public static void require() {
    if (FAILURE != null) {
      throw new NativeException(FAILURE.getMessage(), FAILURE);
    }
  }

  /** Returns the file of Quern's library after it is loaded. */
  public static Path file() {
    return ours;
  }

  /** Returns the file of OpenBLAS after it is loaded. */
  public static Path openblasFile() {
    return openblas;
  }

  /** Returns JavaCPP's version; empty if JavaCPP's jar does not contain a version. */
  public static String javacppVersion() {
    try {
      String version = Loader.getVersion();
      return version == null ? "" : version;
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  /**
   * Loads the libraries and returns the exception of a failure, or null. The thread's interrupt
   * flag is cleared meanwhile, because an interrupt would make loading fail permanently.
   */
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
    } catch (OutOfMemoryError e) { // JavaCPP starts a thread, for which memory may be missing
      return new NativeException("native library: it cannot be loaded: " + e.getMessage(), e);
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
          "native library: JavaCPP's classes and Quern's are in two class loaders, but the"
              + " native methods of both are in one library: load the jars of javacpp and of Quern"
              + " with the same class loader");
    }
    try {
      // before our own library, whose loading initializes Pointer while it holds JavaCPP's loader
      // lock: a thread that initializes Pointer first would wait for that lock forever
      Pointer.maxBytes();
      Path loaded;
      synchronized (Loader.class) { // JavaCPP's lock must be acquired before the JVM's
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

  /**
   * Checks the library's version, because functions of another version may have other arguments.
   */
  private static void requireVersion(Path file, String version) {
    String wanted = NativeFile.version();
    if (!version.equals(wanted)) {
      throw new NativeException(
          "native library: "
              + file
              + " has version "
              + version
              + ", but the Java classes of quern-native have version "
              + wanted
              + ": use both jars in the same version");
    }
  }

  /** Returns the number of processors of the container, at most 64. */
  private static int defaultThreads() {
    return Math.max(1, Math.min(64, Runtime.getRuntime().availableProcessors()));
  }
}
