package dev.quern.spark;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.tensor.Shape;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * A column whose cells are read as samples of a network: images of Spark's image source, encoded
 * files of Spark's binary source, vectors, arrays of numbers, or numbers.
 *
 * @param place the index of the column in a row
 * @param dims the shape of a sample
 */
record FeatureColumn(String name, int place, Kind kind, long[] dims) implements Serializable {
  /** The kind of content of a cell. */
  enum Kind {
    PICTURE,
    ENCODED,
    VECTOR,
    ARRAY,
    NUMBER
  }

  private static final String OP = "spark";

  /** The fields of the structs that Spark's image source creates. */
  private static final List<String> PICTURE_FIELDS =
      List.of("height", "width", "nChannels", "data");

  /**
   * Returns a reader for a column of the schema.
   *
   * @throws InvalidArgumentException if the column is missing, or cells of its type are not samples
   */
  static FeatureColumn of(StructType schema, String name, Shape input) {
    int place = Columns.place(schema, name);
    DataType type = schema.fields()[place].dataType();
    boolean one = input.elements() == 1 && type instanceof NumericType;
    return new FeatureColumn(name, place, one ? Kind.NUMBER : kind(name, type), input.toArray());
  }

  private static Kind kind(String name, DataType type) {
    if (type instanceof BinaryType) {
      return Kind.ENCODED;
    } else if (type instanceof StructType s
        && List.of(s.fieldNames()).containsAll(PICTURE_FIELDS)) {
      return Kind.PICTURE;
    } else if (type.equals(SQLDataTypes.VectorType())) {
      return Kind.VECTOR;
    } else if (type instanceof ArrayType a && a.elementType() instanceof NumericType) {
      return Kind.ARRAY;
    }
    throw new InvalidArgumentException(
        OP
            + ": column "
            + name
            + " is "
            + type.simpleString()
            + ", expected images, binary files, vectors or arrays of numbers");
  }

  Shape shape() {
    return Shape.of(dims);
  }

  /** Returns whether samples are images rather than floats. */
  boolean areImages() {
    return kind == Kind.PICTURE || kind == Kind.ENCODED;
  }

  /**
   * Reads a row's image and resizes it to the network's input.
   *
   * @throws FormatException if the cell is not an image
   */
  Image image(Row row, Preprocessing how) {
    try {
      Image image =
          kind == Kind.ENCODED
              ? Image.read((byte[]) present(row))
              : SparkImage.of((Row) present(row));
      return how.resized(image, shape());
    } catch (QuernException e) {
      throw new FormatException("column " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a row's vector, array or number into {@code to}, from index {@code at} on.
   *
   * @throws FormatException if the number of values differs from the size of the network's input,
   *     or a value is not finite
   */
  void floats(Row row, float[] to, int at) {
    int length = (int) shape().elements();
    Object cell = present(row);
    if (cell instanceof Number n) {
      to[at] = finite(n.doubleValue());
      return;
    } else if (cell instanceof Vector v) {
      requireLength(v.size(), length);
      for (int i = 0; i < length; i++) {
        to[at + i] = finite(v.apply(i));
      }
      return;
    }
    List<?> values = row.getList(place);
    requireLength(values.size(), length);
    for (int i = 0; i < length; i++) {
      to[at + i] = finite(values.get(i) instanceof Number n ? n.doubleValue() : Double.NaN);
    }
  }

  private Object present(Row row) {
    Object cell = row.get(place);
    if (cell == null) {
      throw new FormatException("column " + name + " is null");
    }
    return cell;
  }

  private float finite(double value) {
    float v = (float) value;
    if (!Float.isFinite(v)) {
      throw new FormatException("column " + name + " has " + value + ", expected a finite number");
    }
    return v;
  }

  private void requireLength(int length, int wanted) {
    if (length != wanted) {
      throw new FormatException(
          "column " + name + " has " + length + " numbers, the network takes " + wanted);
    }
  }

  /** Returns the preprocessing for training, without normalization. */
  static Preprocessing plain(Shape input) {
    return Preprocessing.of(Normalization.unit(input));
  }
}
