package dev.quern.cli.run;

import java.nio.file.Path;
import java.util.List;

/** Short names of folders: their paths without the common beginning. */
final class ShortNames {
  private ShortNames() {}

  /**
   * Returns each path without the names with which all paths begin; if all paths are equal, returns
   * the last name of each.
   */
  static List<String> of(List<Path> folders) {
    List<Path> all = folders.stream().map(f -> f.toAbsolutePath().normalize()).toList();
    int shortest = all.stream().mapToInt(Path::getNameCount).min().orElse(0);
    int common = 0;
    while (common < shortest - 1 && isCommon(all, common)) {
      common++;
    }
    int from = common;
    return all.stream()
        .map(
            f ->
                f.getNameCount() == 0
                    ? f.toString()
                    : f.subpath(from, f.getNameCount()).toString().replace('\\', '/'))
        .toList();
  }

  private static boolean isCommon(List<Path> all, int place) {
    return all.stream().map(f -> f.getName(place)).distinct().count() == 1;
  }
}
