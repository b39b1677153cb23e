package dev.quern.spark;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A column whose cells are read as labels or targets: a class, or numbers.
 *
 * @param place the index of the column in a row
 * @param classes the class names for single-label classification; otherwise empty
 * @param numbers the reader of numbers for other tasks; null for single-label classification
 */
record TargetColumn(String name, int place, String[] classes, @Nullable FeatureColumn numbers)
    implements Serializable {
  /**
   * Returns a reader for a column of the schema.
   *
   * @throws InvalidArgumentException if the column does not match the network's task
   */
  static TargetColumn of(StructType schema, String name, Network net) {
    int place = Columns.place(schema, name);
    if (Outputs.of(net) == Outputs.CLASS) {
      Columns.numberPlace(schema, name);
      String[] classes = net.task().classes().toArray(new String[0]);
      return new TargetColumn(name, place, named(classes, net), null);
    }
    FeatureColumn numbers = FeatureColumn.of(schema, name, net.output());
    if (numbers.areImages()) {
      throw new InvalidArgumentException("spark: column " + name + " has images, not numbers");
    }
    return new TargetColumn(name, place, new String[0], numbers);
  }

  private static String[] named(String[] classes, Network net) {
    if (classes.length > 0) {
      return classes;
    }
    String[] numbers = new String[(int) net.output().dim(0)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Integer.toString(i);
    }
    return numbers;
  }

  /** Returns the class index of a row. */
  int label(Row row) {
    Object cell = row.get(place);
    double value = cell instanceof Number n ? n.doubleValue() : Double.NaN;
    if (!(value >= 0 && value < classes.length && value == Math.rint(value))) {
      throw new FormatException(
          "column " + name + " is " + cell + ", not a class from 0 to " + (classes.length - 1));
    }
    return (int) value;
  }
}
