package dev.quern.io.file;

import dev.quern.error.InvalidArgumentException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folders in which data sets and pretrained networks are searched on this machine.
 *
 * @param environment the process's environment variables
 * @param working the working directory
 * @param home the user's home directory
 * @param system the operating system's name, as in the property {@code os.name}
 * @param quernHome Quern's installation folder, or null
 */
public record SearchPath(
    Map<String, String> environment,
    Path working,
    Path home,
    String system,
    @Nullable Path quernHome) {

  /** The variables and properties of this process. */
  public static SearchPath ofProcess() {
    String quernHome = System.getProperty("quern.home");
    return new SearchPath(
        System.getenv(),
        Path.of(""),
        Path.of(System.getProperty("user.home")),
        System.getProperty("os.name"),
        quernHome == null ? null : Path.of(quernHome));
  }

  /**
   * {@code QUERN_DATA} if set, {@code ./data}, the user's cache, and the data that came with Quern.
   */
  public List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    String data = environment.getOrDefault("QUERN_DATA", "");
    if (!data.isEmpty()) {
      folders.add(path("QUERN_DATA", data));
    }
    folders.add(working.resolve("data"));
    folders.add(cache());
    if (quernHome != null) {
      folders.add(quernHome.resolve("data"));
    }
    return folders;
  }

  /** {@code QUERN_MODELS} if set, and {@code models} in the user's cache. */
  public List<Path> models() {
    List<Path> folders = new ArrayList<>();
    String models = environment.getOrDefault("QUERN_MODELS", "");
    if (!models.isEmpty()) {
      folders.add(path("QUERN_MODELS", models));
    }
    folders.add(cache().resolve("models"));
    return folders;
  }

  /** Quern's folder in the user's cache, by the system's custom. */
  public Path cache() {
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("mac")) {
      return home.resolve("Library/Caches/quern");
    }
    if (os.startsWith("windows")) {
      return orElse("LOCALAPPDATA", home.resolve("AppData/Local"))
          .resolve("quern")
          .resolve("cache");
    }
    return orElse("XDG_CACHE_HOME", home.resolve(".cache")).resolve("quern");
  }

  /** The folder in a variable; by the XDG rules a relative path counts as unset. */
  private Path orElse(String variable, Path otherwise) {
    String value = environment.getOrDefault(variable, "");
    return !value.isEmpty() && path(variable, value).isAbsolute()
        ? path(variable, value)
        : otherwise;
  }

  private static Path path(String variable, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new InvalidArgumentException("environment: " + variable + " is not a path: " + value);
    }
  }
}
