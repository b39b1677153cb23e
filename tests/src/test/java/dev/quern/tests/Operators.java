package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.optim.Optimizer;
import dev.quern.tests.OperatorTable.Errors;
import dev.quern.tests.OperatorTable.Key;
import dev.quern.tests.OperatorTable.Row;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Collects from the tests of a class how far native results were from the twins' and from
 * PyTorch's. After them it compares what it found with the class's rows of tests/OPERATORS.md, or
 * writes them where the system property {@code quern.operators} is {@code write}.
 */
public final class Operators implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  /** Machines sum in different orders, but an order of magnitude is a mistake. */
  private static final double FACTOR = 10;

  /** Below this, errors are one rounding more or less. */
  private static final double LEAST = 1e-7;

  private static final Map<Key, Errors> ROWS = new TreeMap<>();
  private static final ThreadLocal<Key> RUNNING = new ThreadLocal<>();
  private static volatile boolean heard;

  /** For JUnit, which finds this class as a service. */
  public Operators() {}

  /** A test says anew what it runs. */
  @Override
  public void beforeEach(ExtensionContext context) {
    heard = true;
    RUNNING.remove();
  }

  /** What another engine's test compares is no operator of this one. */
  @Override
  public void afterEach(ExtensionContext context) {
    RUNNING.remove();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Class<?> type = context.getRequiredTestClass();
    if (type.getEnclosingClass() != null) {
      return; // its rows are those of the class around it
    }
    Map<Key, Errors> found = taken();
    if (System.getProperty("quern.golden") != null) {
      return; // other recorded results than ours
    }
    // Some cases are only in the full suite, or not among tests that were chosen by name.
    boolean all = Boolean.getBoolean("quern.full") && System.getProperty("test") == null;
    String test = type.getSimpleName();
    if (System.getProperty("quern.operators", "").equals("write")) {
      OperatorTable.write(test, found, all);
    }
    check(test, found, all);
  }

  private static void check(String test, Map<Key, Errors> found, boolean all) {
    Map<Key, Row> own =
        OperatorTable.read().entrySet().stream()
            .filter(e -> e.getValue().tests().contains(test))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    String rows = "rows of " + test + " in tests/OPERATORS.md (-Dquern.operators=write)";
    assertThat(own.keySet()).as(rows).containsAll(found.keySet());
    if (all) {
      assertThat(found.keySet()).as(rows).containsAll(own.keySet());
    }
    found.forEach(
        (key, errors) -> {
          Errors recorded = own.get(key).errors();
          assertWithin(key, errors.reference(), recorded.reference());
          assertWithin(key, errors.pyTorch(), recorded.pyTorch());
        });
  }

  private static void assertWithin(Key key, double error, double recorded) {
    assertThat(error)
        .as("error of %s in tests/OPERATORS.md", key)
        .isLessThanOrEqualTo(FACTOR * Math.max(recorded, LEAST));
  }

  /**
   * Whether JUnit tells where tests begin, without which a row could take another test's errors.
   */
  static boolean isHeard() {
    return heard;
  }

  /**
   * Says what is compared from here on.
   *
   * @param operator as native code calls it; what is behind a colon does not matter
   * @param descriptionOrNull the layer, loss or optimizer
   */
  static void running(String operator, Object descriptionOrNull) {
    // adamw runs as adam with a decay of its own
    String name =
        descriptionOrNull instanceof Optimizer optimizer
            ? optimizer.type()
            : operator.replaceAll(":.*", "");
    RUNNING.set(new Key(name, descriptionOrNull == null ? "" : OptionNames.of(descriptionOrNull)));
  }

  /** Takes the error of one tensor, where the test has said whose it is. */
  static void againstReference(double error) {
    if (RUNNING.get() != null) {
      add(RUNNING.get(), new Errors(error, -1));
    }
  }

  static void againstPyTorch(GoldenCase c, double error) {
    String operator = c.operator().replace("optimizer.", "");
    add(new Key(operator, OptionNames.of(c.params())), new Errors(-1, error));
  }

  private static void add(Key key, Errors errors) {
    synchronized (ROWS) {
      ROWS.merge(key, errors, Errors::and);
    }
  }

  /** The rows since the last call. */
  private static Map<Key, Errors> taken() {
    synchronized (ROWS) {
      Map<Key, Errors> rows = new TreeMap<>(ROWS);
      ROWS.clear();
      return rows;
    }
  }
}
