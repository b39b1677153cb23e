package dev.quern.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The table in tests/OPERATORS.md, in the order of its rows. */
final class OperatorTable {
  static final Path FILE = GoldenFile.root().resolve("tests/OPERATORS.md");

  private static final String HEAD =
      """
      # Operators

      Every operator and the options that tests set, with the largest error of native code against
      the double-precision twins in Java and against results recorded from PyTorch. Errors are
      differences relative to the largest magnitude of the expected tensor; 0 is exact. Each test
      class checks the rows that name it, and writes them:

      ```
      mvn -Pfull verify -Dquern.operators=write
      ```

      A row that several classes share takes an error that has become smaller once the row is
      deleted.

      | operator | options | largest error against the twin | against PyTorch | tests |
      |---|---|---|---|---|
      """;

  /** The first two cells of a row. */
  record Key(String operator, String options) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Comparator.comparing(Key::operator).thenComparing(Key::options).compare(this, other);
    }
  }

  /** Largest errors, relative to the largest expected magnitude; -1 where nothing was compared. */
  record Errors(double reference, double pyTorch) {
    Errors and(Errors other) {
      return new Errors(Math.max(reference, other.reference), Math.max(pyTorch, other.pyTorch));
    }
  }

  /** The other cells: errors, and the test classes that measure them. */
  record Row(Errors errors, Set<String> tests) {}

  private OperatorTable() {}

  static Map<Key, Row> read() {
    try (FileChannel file = FileChannel.open(FILE, StandardOpenOption.READ)) {
      file.lock(0, Long.MAX_VALUE, true);
      return parse(text(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes what a test class has found into its rows.
   *
   * @param all whether these are all rows of the class, so that no other names it
   */
  static void write(String test, Map<Key, Errors> found, boolean all) {
    try (FileChannel file =
        FileChannel.open(FILE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      file.lock(); // JVMs side by side write to it
      Map<Key, Row> rows = parse(text(file));
      rows.forEach(
          (key, row) -> {
            if (all || found.containsKey(key)) {
              row.tests().remove(test);
            }
          });
      rows.values().removeIf(row -> row.tests().isEmpty());
      found.forEach(
          (key, errors) ->
              rows.merge(
                  key,
                  new Row(errors, new TreeSet<>(Set.of(test))),
                  (old, own) -> {
                    old.tests().add(test);
                    return new Row(old.errors().and(own.errors()), old.tests());
                  }));
      file.truncate(0);
      file.write(ByteBuffer.wrap(text(rows).getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(FileChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
    while (bytes.hasRemaining() && file.read(bytes) >= 0) {
      // until the end
    }
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  private static String text(Map<Key, Row> rows) {
    return rows.entrySet().stream()
        .map(
            e ->
                String.join(
                    " | ",
                    "| " + e.getKey().operator(),
                    e.getKey().options(),
                    error(e.getValue().errors().reference()),
                    error(e.getValue().errors().pyTorch()),
                    String.join(", ", e.getValue().tests()) + " |\n"))
        .collect(Collectors.joining("", HEAD, ""));
  }

  private static String error(double error) {
    return error < 0 ? "-" : error == 0 ? "0" : String.format(Locale.ROOT, "%.1e", error);
  }

  private static Map<Key, Row> parse(String text) {
    Map<Key, Row> rows = new TreeMap<>();
    text.lines()
        .filter(line -> line.startsWith("| "))
        .skip(1) // the heading
        .map(line -> line.split("\\|"))
        .forEach(
            cells ->
                rows.put(
                    new Key(cells[1].strip(), cells[2].strip()),
                    new Row(
                        new Errors(number(cells[3]), number(cells[4])),
                        new TreeSet<>(Set.of(cells[5].strip().split(", "))))));
    return rows;
  }

  private static double number(String cell) {
    return cell.strip().equals("-") ? -1 : Double.parseDouble(cell);
  }
}
