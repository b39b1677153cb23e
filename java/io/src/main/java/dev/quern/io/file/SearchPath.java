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
 * The folders on this machine that are searched for data sets and pretrained networks.
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

  /** Returns the search path for this process's environment variables and system properties. */
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
   * Returns the folders of data sets: {@code QUERN_DATA} if set, {@code ./data}, the user's cache,
   * and the data of the installation.
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

  /**
   * Returns the folders of pretrained networks: {@code QUERN_MODELS} if set, and {@code models} in
   * the user's cache.
   */
  public List<Path> models() {
    List<Path> folders = new ArrayList<>();
    String models = environment.getOrDefault("QUERN_MODELS", "");
    if (!models.isEmpty()) {
      folders.add(path("QUERN_MODELS", models));
    }
    folders.add(cache().resolve("models"));
    return folders;
  }

  /** Returns the user's cache folder for Quern, according to the operating system's convention. */
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

  /**
   * Returns the folder that an environment variable names, or the default; by the XDG rules, a
   * relative path counts as unset.
   */
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
