package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.folder.Part;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The arrays with known names in a file or folder. The files remain open until this object is
 * closed.
 */
final class ArrayFinder implements AutoCloseable {
  /**
   * The prefix of the format names in Quern's own safetensors files: data sets, models and
   * checkpoints.
   */
  private static final String OURS = "quern-";

  private static final String CLASSES = "classes.txt";
  private static final int MOST_TEXT = 1 << 20;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<ArrayName.Role, Map<Part, ArrayEntry>> found =
      new EnumMap<>(ArrayName.Role.class);
  private final List<String> others = new ArrayList<>();
  private @Nullable List<String> classes;

  private ArrayFinder() {
    for (ArrayName.Role role : ArrayName.Role.values()) {
      found.put(role, new EnumMap<>(Part.class));
    }
  }

  static boolean isAt(Path path) {
    if (!Files.isDirectory(path)) {
      return Files.exists(path) && (isNumpy(path) || isArrays(path));
    }
    try {
      List<Path> files = files(path);
      return files.stream().noneMatch(ArrayFinder::isDatasetFile)
          && files.stream().anyMatch(ArrayFinder::isArrays);
    } catch (QuernException e) {
      return false;
    }
  }

  private static boolean isNumpy(Path file) {
    return file.toString().endsWith(".npy") || file.toString().endsWith(".npz");
  }

  private static boolean isDatasetFile(Path file) {
    String name = file.getFileName().toString();
    return (name.equals("train.safetensors") || name.equals("test.safetensors")) && !isArrays(file);
  }

  /**
   * Returns whether a file contains an array with a known name. For a corrupt NumPy file the result
   * depends on the file's own name, so that opening the file reports the error; other corrupt files
   * are ignored.
   */
  private static boolean isArrays(Path file) {
    List<String> names;
    if (isNumpy(file)) {
      try (NumpyFile in = NumpyFile.open(file)) {
        names = in.names();
      } catch (QuernException e) {
        ArrayName own = ArrayName.of(name(file));
        return own.role() != null || own.part() != null;
      }
    } else {
      try (SafetensorsFile in = SafetensorsFile.open(file)) {
        // other tools write "pt" or "np" as the format
        names = in.metadata().getOrDefault("format", "").startsWith(OURS) ? List.of() : in.names();
      } catch (QuernException e) {
        return false;
      }
    }
    return names.stream().anyMatch(n -> ArrayName.of(n).role() != null);
  }

  /** Returns the name of the file or folder, without its extension. */
  static String name(Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    return last == null
        ? ArrayFiles.OP
        : last.toString().replaceFirst("\\.(npy|npz|safetensors)$", "");
  }

  static ArrayFinder in(Path path) {
    if (!Files.exists(path)) {
      throw new NotFoundException(ArrayFiles.OP + ": " + path + " does not exist");
    }
    ArrayFinder finder = new ArrayFinder();
    boolean whole = false;
    try {
      for (Path file : Files.isDirectory(path) ? files(path) : List.of(path)) {
        finder.add(file);
      }
      Path names = path.resolve(CLASSES);
      if (Files.isDirectory(path) && Files.exists(names)) {
        finder.classes = RegularFile.readNames(ArrayFiles.OP, names, MOST_TEXT);
      }
      finder.require(path);
      whole = true;
      return finder;
    } finally {
      if (!whole) {
        finder.close();
      }
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().matches("[^.].*\\.(npy|npz|safetensors)"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileErrors.of(ArrayFiles.OP, folder, e);
    }
  }

  private void add(Path file) {
    List<ArrayEntry> arrays;
    if (!isNumpy(file)) {
      SafetensorsFile in = SafetensorsFile.open(file);
      open.add(in);
      arrays = in.arrays();
      String text = in.metadata().get("classes");
      if (text != null) {
        String what = ArrayFiles.OP + ": " + file + ": metadata";
        classes =
            new JsonFields(
                    what,
                    Json.NODES.objectNode().set("classes", Json.parse(what + ": classes", text)))
                .texts("classes");
      }
    } else {
      NumpyFile in = NumpyFile.open(file);
      open.add(in);
      arrays = in.arrays();
    }
    Part of = ArrayName.of(name(file)).part();
    for (ArrayEntry array : arrays) {
      ArrayName name = ArrayName.of(array.name());
      Part part = name.part() == null ? of : name.part();
      if (name.role() == null) {
        others.add(array.name());
      } else if (found.get(name.role()).put(part == null ? Part.TRAIN : part, array) != null) {
        throw new FormatException(
            array.what() + ": it is a second array for the same samples as " + array.name());
      }
    }
  }

  private void require(Path path) {
    Map<Part, ArrayEntry> inputs = all(ArrayName.Role.INPUTS);
    Map<Part, ArrayEntry> targets = all(ArrayName.Role.TARGETS);
    if (inputs.isEmpty() || !inputs.keySet().equals(targets.keySet())) {
      throw new FormatException(
          ArrayFiles.OP
              + ": "
              + path
              + " has samples "
              + names(inputs)
              + ", labels or targets "
              + names(targets)
              + " and others "
              + others
              + "; expected arrays x and y, images and labels, or inputs and targets, optionally"
              + " with the suffix _train, _val or _test");
    }
  }

  private static List<String> names(Map<Part, ArrayEntry> arrays) {
    return arrays.values().stream().map(ArrayEntry::name).toList();
  }

  /** Returns the arrays of a role, by part: training, validation or test. */
  Map<Part, ArrayEntry> all(ArrayName.Role role) {
    return found.get(role);
  }

  /** Returns the class names in the files; null if there are none. */
  @Nullable List<String> classes() {
    for (ArrayEntry array : all(ArrayName.Role.CLASSES).values()) {
      return array.texts().get();
    }
    return classes;
  }

  @Override
  public void close() {
    for (AutoCloseable file : open) {
      if (file instanceof NumpyFile numpy) {
        numpy.close();
      } else if (file instanceof SafetensorsFile safetensors) {
        safetensors.close();
      }
    }
  }
}
