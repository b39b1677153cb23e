package dev.quern.io;

import dev.quern.io.folder.Part;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part and role of an array, derived from its name, such as {@code x_train}, {@code
 * test_labels} or {@code images}.
 *
 * @param part the part that the name contains; null if the name contains no part
 * @param role the role of the array; null if the name is unknown
 */
record ArrayName(@Nullable Part part, @Nullable Role role) {
  /** The role of an array in a data set. */
  enum Role {
    INPUTS,
    TARGETS,
    CLASSES
  }

  private static final Map<Role, List<String>> WORDS =
      Map.of(
          Role.INPUTS, List.of("x", "images", "inputs", "data"),
          Role.TARGETS, List.of("y", "labels", "targets"),
          Role.CLASSES, List.of("classes", "class_names"));

  static ArrayName of(String name) {
    String rest = name.toLowerCase(Locale.ROOT);
    Part part = Part.of(rest).orElse(null);
    if (part != null) {
      return new ArrayName(part, null);
    }
    int first = rest.indexOf('_');
    int last = rest.lastIndexOf('_');
    if (first >= 0) {
      Optional<Part> before = Part.of(rest.substring(0, first));
      Optional<Part> behind = Part.of(rest.substring(last + 1));
      part = before.or(() -> behind).orElse(null);
      rest =
          before.isPresent()
              ? rest.substring(first + 1)
              : behind.isPresent() ? rest.substring(0, last) : rest;
    }
    return new ArrayName(part, role(rest));
  }

  private static @Nullable Role role(String word) {
    for (Role role : Role.values()) {
      if (WORDS.get(role).contains(word)) {
        return role;
      }
    }
    return null;
  }
}
