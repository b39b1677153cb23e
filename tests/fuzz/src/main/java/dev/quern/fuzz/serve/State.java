package dev.quern.fuzz.serve;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the server's process has.
 *
 * @param heap used bytes
 * @param committed bytes of the heap that the JVM has
 * @param descriptors that are open; 0 where the system does not tell
 * @param threads how many by name, whose numbers are left out
 */
record State(long heap, long committed, long descriptors, Map<String, Integer> threads) {
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(heap).append(' ').append(committed).append(' ').append(descriptors).append(' ');
    threads.forEach((name, count) -> text.append(name).append('=').append(count).append(';'));
    return text.toString();
  }

  static State of(String text) {
    String[] words = text.split(" ", 4);
    Map<String, Integer> threads = new TreeMap<>();
    for (String one : words[3].split(";")) {
      int at = one.lastIndexOf('=');
      threads.put(one.substring(0, at), Integer.parseInt(one.substring(at + 1)));
    }
    return new State(
        Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), threads);
  }

  int allThreads() {
    return threads.values().stream().mapToInt(n -> n).sum();
  }
}
