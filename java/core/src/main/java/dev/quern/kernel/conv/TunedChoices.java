package dev.quern.kernel.conv;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The fastest convolution implementations, stored for later processes in a properties file in the
 * user's cache folder. If the file cannot be read or written, the choices are kept for this process
 * only, without an error. Not thread-safe.
 */
final class TunedChoices {
  private static final String NAME = "conv2d-tuning.properties";

  /**
   * Maximum size of the file in bytes (a few thousand choices); a larger file is ignored and
   * replaced.
   */
  private static final long LARGEST = 1 << 20;

  private static TunedChoices process;

  /** The file of the choices; null if the system does not define a cache folder. */
  private final Path file;

  private final Map<String, String> found = new HashMap<>();
  private Properties known;

  TunedChoices(Path fileOrNull) {
    file = fileOrNull;
  }

  /** Returns the process-wide instance. */
  static synchronized TunedChoices ofProcess() {
    if (process == null) {
      process = new TunedChoices(file(System.getenv(), System.getProperties()));
    }
    return process;
  }

  /** Returns the file's path in the cache folder, which also contains downloaded data sets. */
  static Path file(Map<String, String> environment, Properties system) {
    String os = system.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    try {
      Path home = Path.of(system.getProperty("user.home", ""));
      Path folder;
      if (os.startsWith("mac")) {
        folder = home.resolve("Library/Caches/quern");
      } else if (os.startsWith("windows")) {
        folder = orElse(environment.get("LOCALAPPDATA"), home.resolve("AppData/Local"));
        folder = folder.resolve("quern").resolve("cache");
      } else {
        folder = orElse(environment.get("XDG_CACHE_HOME"), home.resolve(".cache"));
        folder = folder.resolve("quern");
      }
      return folder.isAbsolute() ? folder.resolve(NAME) : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Returns a folder from the environment, or {@code otherwise} if it is unset or relative. */
  private static Path orElse(String valueOrNull, Path otherwise) {
    return valueOrNull != null && Path.of(valueOrNull).isAbsolute()
        ? Path.of(valueOrNull)
        : otherwise;
  }

  /** Returns the name of the stored implementation; null if there is none. */
  String get(String key) {
    if (known == null) {
      known = read();
    }
    return found.getOrDefault(key, known.getProperty(key));
  }

  /** Stores a choice in the file, and keeps choices that other processes have written. */
  void put(String key, String name) {
    found.put(key, name);
    Properties all = read();
    all.putAll(found);
    write(all);
  }

  private Properties read() {
    Properties all = new Properties();
    if (file == null) {
      return all;
    }
    try {
      if (Files.size(file) <= LARGEST) {
        try (InputStream in = Files.newInputStream(file)) {
          all.load(in);
        }
      }
      return all;
    } catch (IOException | RuntimeException e) {
      return new Properties(); // a missing, unreadable or damaged file counts as empty
    }
  }

  /** Writes the file atomically. */
  private void write(Properties all) {
    if (file == null) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Path temporary = Files.createTempFile(file.getParent(), "." + NAME, ".tmp");
      try {
        try (OutputStream out = Files.newOutputStream(temporary)) {
          all.store(out, "The fastest conv2d implementations, found under QUERN_TUNE=1");
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException | RuntimeException e) {
      // the next process measures again
    }
  }

  @Override
  public String toString() {
    return file == null ? "memory" : file.toString();
  }
}
