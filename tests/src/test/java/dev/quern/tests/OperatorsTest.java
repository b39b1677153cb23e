package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.tests.Operators.Errors;
import dev.quern.tests.Operators.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Keeps tests/OPERATORS.md: after all other tests, in a run of its own, what they found is compared
 * with it, or written to it where the system property {@code quern.operators} is {@code write}.
 */
@Order(Integer.MAX_VALUE)
class OperatorsTest {
  private static final Path FILE = GoldenFile.root().resolve("tests/OPERATORS.md");

  /** Machines sum in different orders, but an order of magnitude is a mistake. */
  private static final double FACTOR = 10;

  /** Below this, errors are one rounding more or less. */
  private static final double LEAST = 1e-7;

  /** Float32 reaches it, Muon by its chain of products, too. A row above it is a mistake. */
  private static final double BOUND = 2e-5;

  private static final String HEAD =
      """
      # Operators

      Every operator and the options that tests set, with the largest error of native code against
      the double-precision twins in Java and against results recorded from PyTorch. Errors are
      differences relative to the largest magnitude of the expected tensor; 0 is exact. The last
      columns count the tensors that were compared. The tests write this file:

      ```
      mvn verify -Dquern.operators=write
      ```

      | operator | options | largest error against the twin | against PyTorch | tensors | recorded |
      |---|---|---|---|---|---|
      """;

  @Test
  void tableIsWhatTheTestsFound() throws IOException {
    Map<Key, Errors> found = OperatorRows.read();
    assumeThat(found).as("operators that ran before").isNotEmpty();
    assumeThat(System.getProperty("quern.golden")).as("other recorded results than ours").isNull();
    if (System.getProperty("quern.operators", "").equals("write")) {
      Files.writeString(FILE, text(found));
    }
    Map<Key, Errors> table = parse(Files.readString(FILE));
    String hint = "tests/OPERATORS.md (-Dquern.operators=write writes it anew)";
    assertThat(table.keySet()).as(hint).containsAll(found.keySet());
    if (isWholeSuite()) {
      assertThat(found.keySet()).as(hint).containsAll(table.keySet());
    }
    found.forEach(
        (key, errors) -> {
          assertWithin(key, errors.reference(), table.get(key).reference());
          assertWithin(key, errors.pyTorch(), table.get(key).pyTorch());
        });
  }

  @Test
  void noRowIsAboveTheBound() throws IOException {
    assumeThat(System.getProperty("quern.operators", "")).as("it is written now").isEmpty();
    assertThat(Operators.isHeard()).as("JUnit's extension that tells tests apart").isTrue();
    parse(Files.readString(FILE))
        .forEach(
            (key, errors) ->
                assertThat(Math.max(errors.reference(), errors.pyTorch()))
                    .as("error of %s in tests/OPERATORS.md", key)
                    .isLessThanOrEqualTo(BOUND));
  }

  /** Not where tests were chosen by name. */
  private static boolean isWholeSuite() {
    return System.getProperty("test") == null;
  }

  private static void assertWithin(Key key, double error, double recorded) {
    assertThat(error)
        .as("error of %s in tests/OPERATORS.md", key)
        .isLessThanOrEqualTo(FACTOR * Math.max(recorded, LEAST));
  }

  private static String text(Map<Key, Errors> rows) {
    StringBuilder text = new StringBuilder(HEAD);
    rows.forEach(
        (key, e) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %d | %d |%n",
                    key.operator(),
                    key.options(),
                    error(e.reference(), e.twins()),
                    error(e.pyTorch(), e.recorded()),
                    e.twins(),
                    e.recorded())));
    return text.toString();
  }

  private static String error(double error, int tensors) {
    return tensors == 0 ? "-" : error == 0 ? "0" : String.format(Locale.ROOT, "%.1e", error);
  }

  private static Map<Key, Errors> parse(String text) {
    Map<Key, Errors> rows = new TreeMap<>();
    text.lines()
        .filter(line -> line.startsWith("| "))
        .skip(1) // the heading
        .map(line -> line.split("\\|"))
        .forEach(
            cells ->
                rows.put(
                    new Key(cells[1].strip(), cells[2].strip()),
                    new Errors(
                        number(cells[3]), count(cells[5]), number(cells[4]), count(cells[6]))));
    return rows;
  }

  private static double number(String cell) {
    return cell.strip().equals("-") ? 0 : Double.parseDouble(cell);
  }

  private static int count(String cell) {
    return Integer.parseInt(cell.strip());
  }
}
