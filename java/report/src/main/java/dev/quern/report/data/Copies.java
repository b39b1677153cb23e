package dev.quern.report.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Makes unmodifiable copies of maps, in the same order. */
final class Copies {
  private Copies() {}

  static <V> Map<String, V> map(Map<String, V> from) {
    if (from == null || from.values().stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("a map is null or contains a null");
    }
    return Collections.unmodifiableMap(new LinkedHashMap<>(from));
  }
}
