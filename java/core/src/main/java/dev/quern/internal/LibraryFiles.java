package dev.quern.internal;

import dev.quern.error.NativeException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Locations of the native library and OpenBLAS: the folder in the system property {@code
 * quern.library.path} or, by default, files extracted from the jars of this platform. System
 * libraries are never used.
 */
final class LibraryFiles {
  static final String PROPERTY = "quern.library.path";

  /** Beginning of messages about Quern's own library. */
  static final String OURS = "native library";

  static final String THEIRS = "openblas";

  private static final String OPENBLAS = "org.bytedeco:openblas:0.3.31-1.5.13";
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-arm64");

  private final String platform;
  private final Path folderOrNull;

  LibraryFiles(String platform) {
    String folder = System.getProperty(PROPERTY, "");
    this.platform = platform;
    this.folderOrNull = folder.isEmpty() ? null : Path.of(folder);
  }

  Path ours() {
    String name = fileName(platform);
    if (folderOrNull != null) {
      return inFolder(OURS, name);
    }
    URL url = find("dev/quern/" + platform + "/" + name);
    if (url == null) {
      throw new NativeException(missingOurs(name));
    }
    return extracted(OURS, url, OwnLibrary::of);
  }

  private static String fileName(String platform) {
    if (platform.startsWith("windows")) {
      return "jniquern.dll";
    }
    return "libjniquern" + (platform.startsWith("macosx") ? ".dylib" : ".so");
  }

  private static URL find(String resource) {
    return LibraryFiles.class.getClassLoader().getResource(resource);
  }

  /** Finds or creates the extracted file of a library. */
  private interface Extraction {
    Path of(URL url) throws IOException;
  }

  /**
   * Returns the file of a library, extracted if it is in a jar. A library in a folder is used
   * directly, because there is no checksum for it.
   */
  private static Path extracted(String what, URL url, Extraction extraction) {
    try {
      return url.getProtocol().equals("file") ? Path.of(url.toURI()) : extraction.of(url);
    } catch (IOException e) {
      throw LoadFailure.extracting(what, url.toString(), e);
    } catch (URISyntaxException e) {
      throw new NativeException(what + ": " + url + " is not the URL of a file", e);
    }
  }

  private Path inFolder(String what, String name) {
    Path file = folderOrNull.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new NativeException(
          what
              + ": "
              + file
              + " is not a file; "
              + PROPERTY
              + " names the only folder that is searched");
    }
    return file.toAbsolutePath();
  }

  private String missingOurs(String name) {
    String start =
        "native library: jniquern for "
            + platform
            + ": dev/quern/"
            + platform
            + "/"
            + name
            + " is not on the class path";
    if (!PLATFORMS.contains(platform)) {
      return start + "; Quern has no library for this platform, only for " + PLATFORMS;
    }
    List<String> others =
        PLATFORMS.stream().filter(p -> find("dev/quern/" + p + "/" + fileName(p)) != null).toList();
    return start
        + (others.isEmpty() ? "" : ", only that for " + String.join(", ", others))
        + "; add the artifact dev.quern:quern-native with classifier "
        + platform
        + module("dev.quern.bindings");
  }

  /** Returns the module to add to a jlink image, for a message; empty on a class path. */
  private String module(String name) {
    return LibraryFiles.class.getModule().isNamed()
        ? " (in an image of jlink: its module " + name + "." + platform.replace('-', '.') + ")"
        : "";
  }

  /** Returns OpenBLAS's file, extracted next to the libraries that it requires. */
  Path openblas() {
    String name = "";
    for (String library : libraries()) {
      name = library;
      boolean main = library.contains("openblas");
      if (folderOrNull != null) {
        if (main) {
          return inFolder(THEIRS, library);
        }
        continue;
      }
      URL url = find("org/bytedeco/openblas/" + platform + "/" + library);
      if (url == null && main) {
        break;
      }
      if (url != null) { // not every platform's jar has every runtime library
        Path file = extracted(THEIRS, url, CachedLibrary::of);
        if (main) {
          return file;
        }
      }
    }
    throw new NativeException(
        "openblas: org/bytedeco/openblas/"
            + platform
            + "/"
            + name
            + " is not on the class path; add the artifact "
            + OPENBLAS
            + " with classifier "
            + platform
            + module("org.bytedeco.openblas")
            + " (a system library is never used)");
  }

  /** Returns the names of the libraries to extract: those that OpenBLAS requires, then OpenBLAS. */
  private List<String> libraries() {
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
