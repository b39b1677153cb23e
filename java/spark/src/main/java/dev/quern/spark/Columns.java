package dev.quern.spark;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import java.util.Arrays;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/** Helper functions for the columns of a DataFrame. */
final class Columns {
  private Columns() {}

  /**
   * Returns the index of a column.
   *
   * @throws NotFoundException if the column does not exist
   */
  static int place(StructType schema, String name) {
    int place = Arrays.asList(schema.fieldNames()).indexOf(name);
    if (place < 0) {
      throw new NotFoundException(
          "spark: unknown column " + name + ", found " + String.join(", ", schema.fieldNames()));
    }
    return place;
  }

  /**
   * Returns the index of a numeric column.
   *
   * @throws InvalidArgumentException if the column is not numeric
   */
  static int numberPlace(StructType schema, String name) {
    int place = place(schema, name);
    DataType type = schema.fields()[place].dataType();
    if (!(type instanceof NumericType)) {
      throw new InvalidArgumentException(
          "spark: column " + name + " is " + type.simpleString() + ", not a number");
    }
    return place;
  }

  /**
   * Returns a schema with an additional column.
   *
   * @throws InvalidArgumentException if the column already exists
   */
  static StructType with(StructType schema, String name, DataType type) {
    if (Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new InvalidArgumentException("spark: column " + name + " already exists");
    }
    return schema.add(name, type, false);
  }
}
