package dev.quern.internal;

import dev.quern.error.NativeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Creates exceptions that explain why a library could not be extracted or loaded, and suggest a
 * remedy.
 */
final class LoadFailure {
  private static final Pattern GLIBC = Pattern.compile("version `(GLIBC_[0-9.]+)' not found");
  private static final Pattern MISSING =
      Pattern.compile("(\\S+): cannot open shared object file: No such file");
  private static final String ELSEWHERE =
      "choose another folder with -D" + CacheFolder.PROPERTY + "=FOLDER";

  private LoadFailure() {}

  /**
   * Returns the exception for a failed extraction.
   *
   * @param what beginning of the message
   * @param source the resource or file to extract
   */
  static NativeException extracting(String what, String source, IOException e) {
    String message = what + ": " + source + " cannot be extracted: " + e.getMessage();
    String reason = reasonOfExtracting(String.valueOf(e.getMessage()));
    return new NativeException(reason.isEmpty() ? message : message + "; " + reason, e);
  }

  private static String reasonOfExtracting(String message) {
    String m = message.toLowerCase(Locale.ROOT);
    if (m.contains("no space left") || m.contains("not enough space") || m.contains("quota")) {
      return "the disk of " + folder() + " is full: free 50 MB there, or " + ELSEWHERE;
    }
    if (m.contains("read-only")
        || m.contains("denied")
        || m.contains("could not create the cache")) {
      return "none of these folders can be written: " + CacheFolder.candidates() + "; " + ELSEWHERE;
    }
    return "";
  }

  private static String folder() {
    try {
      return CacheFolder.get().toString();
    } catch (IOException e) {
      return CacheFolder.candidates();
    }
  }

  /**
   * Returns the exception for a failed load.
   *
   * @param what beginning of the message
   * @param cause exception of the system's loader
   */
  static NativeException loading(String what, Path file, String platform, Throwable cause) {
    String said = String.valueOf(cause.getMessage()).replace(file + ": ", "").strip();
    return new NativeException(
        what
            + " for "
            + platform
            + ": "
            + file
            + " cannot be loaded: "
            + said
            + reason(file, platform, said),
        cause);
  }

  /** Returns an explanation to append to the loader's message; empty if the reason is unknown. */
  static String reason(Path file, String platform, String said) {
    Matcher glibc = GLIBC.matcher(said);
    if (glibc.find()) {
      return "; this system's C library is older than " + glibc.group(1) + ", use a newer system";
    }
    String musl = musl(mapped());
    if (!musl.isEmpty()) {
      return "; " + musl;
    }
    if (said.contains("failed to map segment") || said.contains("Operation not permitted")) {
      return "; the system forbids executing files in "
          + file.getParent()
          + " (noexec), "
          + ELSEWHERE;
    }
    if (isForeign(said)) {
      return "; the file is not built for " + platform;
    }
    Matcher missing = MISSING.matcher(said);
    if (missing.find() && Files.exists(file)) {
      return "; it needs " + missing.group(1) + ", which is neither in its folder nor installed";
    }
    return "";
  }

  private static boolean isForeign(String said) {
    return Stream.of(
            "wrong ELF class",
            "invalid ELF header",
            "file too short",
            "Possible cause",
            "incompatible architecture",
            "not a mach-o",
            "not a valid Win32")
        .anyMatch(said::contains);
  }

  /**
   * Returns an explanation if the process runs on musl instead of glibc, else an empty string.
   * Debian's musl lacks ld-linux and three symbols that OpenBLAS's libraries require:
   * _dl_find_object, register_printf_specifier and __issignalingf128.
   *
   * @param mapped the contents of {@code /proc/self/maps}
   */
  static String musl(String mapped) {
    return mapped.contains("/ld-musl-")
        ? "this system's C library is musl, Quern and OpenBLAS need glibc:"
            + " use an image of Debian or Ubuntu rather than Alpine"
        : "";
  }

  private static String mapped() {
    try {
      return Files.readString(Path.of("/proc/self/maps"));
    } catch (IOException e) {
      return "";
    }
  }
}
