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
 * Unique output names for input images: the file's name without extension. If several files have
 * the same name, the output names begin with the files' folders. A name that is still not unique is
 * followed by a number.
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

  /** Returns the output name of an image; for an unknown image, the name of its file. */
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

  /** Returns the innermost folder that contains all images. */
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
