package dev.quern.tests;

import dev.quern.optim.Optimizer;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Collects from the tests of all operators how far native results were from the twins' and from
 * PyTorch's, for the table that {@link OperatorsTest} keeps.
 */
public final class Operators implements BeforeEachCallback, AfterEachCallback {
  /** A row of the table. */
  record Key(String operator, String options) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return Comparator.comparing(Key::operator).thenComparing(Key::options).compare(this, other);
    }
  }

  /**
   * What a row says: largest errors, relative to the largest expected magnitude, and how many
   * tensors were compared.
   */
  record Errors(double reference, int twins, double pyTorch, int recorded) {
    Errors and(Errors other) {
      return new Errors(
          Math.max(reference, other.reference),
          twins + other.twins,
          Math.max(pyTorch, other.pyTorch),
          recorded + other.recorded);
    }
  }

  private static final Map<Key, Errors> ROWS = Collections.synchronizedMap(new TreeMap<>());
  private static final ThreadLocal<Key> RUNNING = new ThreadLocal<>();
  private static volatile boolean heard;

  static {
    OperatorRows.writeAtTheEnd();
  }

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
      ROWS.merge(RUNNING.get(), new Errors(error, 1, 0, 0), Errors::and);
    }
  }

  static void againstPyTorch(GoldenCase c, double error) {
    String operator = c.operator().replace("optimizer.", "");
    ROWS.merge(
        new Key(operator, OptionNames.of(c.params())), new Errors(0, 0, error, 1), Errors::and);
  }

  /** This JVM's rows so far. */
  static Map<Key, Errors> rows() {
    synchronized (ROWS) {
      return new TreeMap<>(ROWS);
    }
  }
}
