package dev.quern.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** A small text file of the Linux kernel; an unreadable file counts as empty. */
final class KernelFile {
  private final List<String> lines;

  KernelFile(Path path) {
    lines = read(path);
  }

  private static List<String> read(Path path) {
    try {
      // decodes leniently: mountinfo may contain a file name that is not UTF-8
      return List.of(new String(Files.readAllBytes(path), StandardCharsets.UTF_8).split("\n"));
    } catch (IOException | SecurityException e) {
      return List.of();
    }
  }

  List<String> lines() {
    return lines;
  }

  /** Returns the number in the first line; empty if the line is not a number. */
  OptionalLong number() {
    return lines.isEmpty() ? OptionalLong.empty() : parse(lines.get(0));
  }

  /**
   * Returns the number after {@code name} in the first line that begins with this word; empty if
   * there is no such line.
   */
  OptionalLong field(String name) {
    for (String line : lines) {
      if (line.startsWith(name) && line.length() > name.length()) {
        char next = line.charAt(name.length());
        if (next == ' ' || next == '\t') {
          return parse(line.substring(name.length()));
        }
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong parse(String text) {
    String number = text.endsWith(" kB") ? text.substring(0, text.length() - 3) : text;
    try {
      long value = Long.parseLong(number.strip());
      return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // "max", or garbage
    }
  }
}
