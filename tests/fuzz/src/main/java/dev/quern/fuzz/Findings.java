package dev.quern.fuzz;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of findings: a reproducer each, {@code ATTACK-KIND-SEED-CASE.txt}, which begins with
 * the arguments that run the case again, and beside it {@code .input} where there is one: that
 * makes the case again whatever its seed. Of one sort, by its error's innermost lines, the first
 * few are kept; all are counted.
 */
final class Findings {
  private static final int KEPT = 3;
  private final Path folder;
  private final Map<String, Integer> sorts = new HashMap<>();

  Findings(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  static Kind kindOf(Throwable t) {
    return t instanceof Attack.Finding finding ? finding.kind() : Kind.UNTYPED;
  }

  /** Keeps a finding of a case, with its input. */
  void add(String attack, Kind kind, long seed, long number, Throwable t, byte[] input)
      throws IOException {
    StringWriter text = new StringWriter();
    t.printStackTrace(new PrintWriter(text, true));
    add(attack, kind, seed, number, sort(t), text.toString(), input);
  }

  synchronized void add(
      String attack, Kind kind, long seed, long number, String sort, String text, byte[] input)
      throws IOException {
    Files.writeString(
        folder.resolve("count.txt"),
        attack + " " + kind.word() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (sorts.merge(attack + kind + sort, 1, Integer::sum) > KEPT) {
      return;
    }
    String name = attack + "-" + kind.word() + "-" + seed + "-" + number;
    String replay =
        "--attacks "
            + attack
            + (input.length > 0
                ? " --input " + folder.resolve(name + ".input")
                : " --seed " + seed + " --first " + number + " --cases 1");
    Files.writeString(folder.resolve(name + ".txt"), replay + "\n\n" + text);
    if (input.length > 0) {
      Files.write(folder.resolve(name + ".input"), input);
    }
  }

  /** How many of each kind an attack has found, repeated ones too. */
  Map<Kind, Integer> counts(String attack) throws IOException {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    Path file = folder.resolve("count.txt");
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    for (Kind kind : Kind.values()) {
      counts.put(
          kind, (int) lines.stream().filter(l -> l.equals(attack + " " + kind.word())).count());
    }
    return counts;
  }

  private static String sort(Throwable t) {
    StringBuilder sort = new StringBuilder(t.getClass().getName());
    if (t instanceof Attack.Finding finding) {
      sort.append(' ').append(finding.sort());
    }
    Stream.of(t.getStackTrace()).limit(3).forEach(frame -> sort.append(' ').append(frame));
    return t.getCause() == null || t.getCause() == t ? sort.toString() : sort + sort(t.getCause());
  }
}
