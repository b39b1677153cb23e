package dev.quern.spark;

import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.network.Task;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The kind of a network's prediction for a row, determined by the network's task. */
enum Outputs {
  /** One of several mutually exclusive classes. */
  CLASS,
  /** Any number of labels, each present or absent. */
  LABELS,
  /** One number. */
  NUMBER,
  /** Several numbers. */
  NUMBERS;

  /**
   * Returns the kind of a network's prediction.
   *
   * @throws InvalidArgumentException if the network has several inputs or outputs, or a task other
   *     than single-label, multi-label and regression
   */
  static Outputs of(Network net) {
    Task.Kind kind = net.isSingle() ? net.task().kind() : Task.Kind.PLAIN;
    if (net.isSingle() && net.output().rank() == 1) {
      switch (kind) {
        case SINGLE_LABEL:
          return CLASS;
        case MULTI_LABEL:
          return LABELS;
        case REGRESSION:
          return net.output().dim(0) == 1 ? NUMBER : NUMBERS;
        default:
      }
    }
    throw new InvalidArgumentException(
        "spark: network "
            + net.name()
            + " of task "
            + kind.text()
            + " must predict a class, labels or numbers");
  }

  boolean haveProbabilities() {
    return this == CLASS || this == LABELS;
  }

  /**
   * Returns a schema with columns added under these names; a column with an empty name is omitted.
   */
  StructType added(StructType to, String raw, String probability, String prediction) {
    StructType with = to;
    if (haveProbabilities()) {
      with = with(with, raw, SQLDataTypes.VectorType());
      with = with(with, probability, SQLDataTypes.VectorType());
    }
    boolean one = this == CLASS || this == NUMBER;
    return with(with, prediction, one ? DataTypes.DoubleType : SQLDataTypes.VectorType());
  }

  private static StructType with(StructType to, String name, DataType type) {
    return name.isEmpty() ? to : Columns.with(to, name, type);
  }
}
