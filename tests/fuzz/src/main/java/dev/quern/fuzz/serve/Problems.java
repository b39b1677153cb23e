package dev.quern.fuzz.serve;

import dev.quern.fuzz.Attack;
import dev.quern.fuzz.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What did not hold in a round, by sort: the first of each, and how many there were. */
final class Problems {
  private static final int SHOWN = 3;

  private final Map<String, StringBuilder> texts = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);

  synchronized void add(Kind kind, String sort, String text) {
    kinds.merge(kind, 1, Integer::sum);
    if (counts.merge(sort, 1, Integer::sum) <= SHOWN) {
      texts.computeIfAbsent(sort, s -> new StringBuilder()).append("  ").append(text).append('\n');
    }
  }

  synchronized boolean has(String sort) {
    return counts.containsKey(sort);
  }

  /**
   * @param round what was done
   * @param log the end of what the server printed
   */
  synchronized void require(String round, String log) {
    if (counts.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(round).append('\n');
    texts.forEach(
        (sort, t) ->
            text.append(sort).append(", ").append(counts.get(sort)).append(" times:\n").append(t));
    text.append("\nthe server printed:\n").append(log);
    Kind gravest = kinds.keySet().iterator().next();
    throw new Attack.Finding(gravest, counts.keySet().toString(), text.toString());
  }
}
