package dev.quern.fuzz.api;

import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A map that has its entries when it is first read, and others, fewer or more later. */
final class FickleMap extends AbstractMap<Object, Object> {
  private final Draw draw;
  private final Map<Object, Object> entries;
  private int reads;

  FickleMap(Draw draw, Map<?, ?> entries) {
    this.draw = draw;
    this.entries = new LinkedHashMap<>(entries);
  }

  @Override
  public synchronized Set<Entry<Object, Object>> entrySet() {
    Map<Object, Object> now = new LinkedHashMap<>(entries);
    if (reads++ > 0) {
      switch (draw.below(4)) {
        case 0 -> now.clear();
        case 1 -> now.replaceAll((k, v) -> null);
        case 2 -> now.put("other", now.isEmpty() ? null : now.values().iterator().next());
        default -> now.put(null, null);
      }
    }
    return now.entrySet();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "FickleMap" + entries;
  }
}
