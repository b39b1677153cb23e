package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/**
 * The number and the names of a scorer's classes.
 *
 * @param operation the operation's name in messages
 * @param names the names of the {@code count} classes; empty to use their indices
 */
record ClassNames(String operation, int count, List<String> names) {
  static ClassNames of(String operation, int count, List<String> names) {
    List<String> all = Require.all(operation, "names", names);
    if (count < 1) {
      throw new InvalidArgumentException(operation + ": outputs " + count + " must be at least 1");
    }
    if (!all.isEmpty() && all.size() != count) {
      throw new InvalidArgumentException(
          operation + ": " + all.size() + " names do not fit " + count + " outputs");
    }
    return new ClassNames(operation, count, all);
  }

  String name(int c) {
    return names.isEmpty() ? Integer.toString(c) : names.get(c);
  }

  void requireLabel(int label) {
    if (label < 0 || label >= count) {
      throw new InvalidArgumentException(
          operation + ": label " + label + " is outside [0, " + count + ")");
    }
  }

  /**
   * Checks that there is one output for each class of each sample.
   *
   * @throws ShapeException if there are more or fewer outputs
   */
  void requireRows(int samples, int outputs) {
    if (samples < 0 || outputs != (long) samples * count) {
      throw new ShapeException(
          operation + ": expected " + samples + "x" + count + " outputs, found " + outputs);
    }
  }

  void requireSome(long samples) {
    if (samples == 0) {
      throw new InvalidArgumentException(operation + ": no samples have been added");
    }
  }

  double mean(IntToDoubleFunction score) {
    double sum = 0;
    for (int c = 0; c < count; c++) {
      sum += score.applyAsDouble(c);
    }
    return sum / count;
  }

  /** Returns the rows of a report, one per class. */
  List<Report.Row> rows(IntFunction<Map<String, Double>> scores, IntToLongFunction support) {
    List<Report.Row> all = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      all.add(new Report.Row(name(c), support.applyAsLong(c), scores.apply(c)));
    }
    return all;
  }
}
