package dev.quern.tests;

import dev.quern.layer.FieldValues;
import dev.quern.layer.LayerField;
import dev.quern.layer.LayerField.Padding;
import dev.quern.layer.LayerType;
import dev.quern.network.LayerTypes;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of the manual's table of layers, from {@link LayerTypes}. */
final class LayerRows {
  private LayerRows() {}

  /** A row for the types that have the same options. */
  static String rows() {
    Map<String, String> types = new TreeMap<>();
    for (LayerType<?> type : LayerTypes.all()) {
      types.merge(options(type), "`" + type.name() + "`", (a, b) -> a + ", " + b);
    }
    return types.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(e -> "| " + e.getValue() + " | " + e.getKey() + " |\n")
        .collect(Collectors.joining());
  }

  private static String options(LayerType<?> type) {
    FieldValues before = new FieldValues();
    return type.fields().isEmpty()
        ? "none"
        : type.fields().stream().map(f -> option(f, before)).collect(Collectors.joining("; "));
  }

  private static String option(LayerField<?> field, FieldValues before) {
    if (field.otherwise() == null) {
      return field.name() + choices(field);
    }
    try {
      Object value = field.otherwise().apply(before);
      before.put(field.name(), value);
      return field.name() + " " + text(value) + choices(field);
    } catch (RuntimeException e) { // it follows a mandatory option
      return field.name() + " (default: kernel)";
    }
  }

  private static String choices(LayerField<?> field) {
    return switch (field.kind()) {
      case CHOICE ->
          Stream.of(field.choices().getEnumConstants())
              .map(LayerRows::text)
              .collect(Collectors.joining(", ", " (one of: ", ")"));
      case SIDES -> " (one number, or `[left, right, top, bottom]`)";
      case PADDING -> " (or `[left, right, top, bottom]`)";
      case PADDING_OR_SAME -> " (or `\"same\"`, or `[left, right, top, bottom]`)";
      default -> "";
    };
  }

  private static String text(Object value) {
    if (value instanceof Enum<?> e) {
      return "`" + e.name().toLowerCase(Locale.ROOT) + "`";
    }
    if (value instanceof Size s) {
      return Integer.toString(s.height());
    }
    if (value instanceof Size3 s) {
      return Integer.toString(s.depth());
    }
    if (value instanceof Padding p) {
      return Integer.toString(p.sides().left());
    }
    if (value instanceof Float f) {
      return Float.isInfinite(f)
          ? "(default: none)"
          : Float.toString(f).replaceFirst("[.]0$", "").replace(".0E", "e").replace('E', 'e');
    }
    return value.equals(Integer.MAX_VALUE) ? "(default: the axis's size)" : value.toString();
  }
}
