package dev.quern.cli.output;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A name for each of some images, without ending: the file's own, or where several files have one
 * name, with the folders in which they differ, and then with a number.
 */
final class PictureNames {
  private final Map<Path, String> names = new LinkedHashMap<>();

  PictureNames(List<Path> images) {
    Set<Path> all = new LinkedHashSet<>(images);
    Map<String, Long> own =
        all.stream().collect(Collectors.groupingBy(PictureNames::own, Collectors.counting()));
    Path common = common(all);
    Set<String> taken = new HashSet<>();
    for (Path image : all) {
      String name = own(image);
      if (own.get(name) > 1) {
        Path folder = common.relativize(folder(image));
        name = folder.toString().isEmpty() ? name : folder.resolve(name).toString();
      }
      String free = name;
      for (int i = 2; !taken.add(free); i++) {
        free = name + "-" + i;
      }
      names.put(image, free);
    }
  }

  /** The name of one of the images; its own for others. */
  String of(Path image) {
    return names.getOrDefault(image, own(image));
  }

  private static String own(Path image) {
    return String.valueOf(image.getFileName()).replaceFirst("[.][^.]*$", "");
  }

  private static Path folder(Path image) {
    Path folder = image.toAbsolutePath().normalize().getParent();
    return folder == null ? image.toAbsolutePath().getRoot() : folder;
  }

  /** The folder that all of them are below. */
  private static Path common(Set<Path> images) {
    Path common = null;
    for (Path image : images) {
      Path folder = folder(image);
      common = common == null ? folder : common;
      while (!folder.startsWith(common)) {
        common = common.getParent();
      }
    }
    return common;
  }
}
