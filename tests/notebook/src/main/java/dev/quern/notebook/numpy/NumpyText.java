package dev.quern.notebook.numpy;

import dev.quern.tensor.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Values as Python and NumPy print them. */
final class NumpyText {
  private static final int DIGITS_OF_A_DOUBLE = 17;

  private NumpyText() {}

  /** A shape as a tuple: {@code (10000, 1, 28, 28)}, and {@code (10,)} for one axis. */
  static String tuple(Shape shape) {
    String dims =
        Arrays.stream(shape.toArray()).mapToObj(Long::toString).collect(Collectors.joining(", "));
    return shape.rank() == 1 ? "(" + dims + ",)" : "(" + dims + ")";
  }

  /** An integer array: {@code [10000 121]}, each number as wide as the widest. */
  static String array(long... values) {
    int width = Arrays.stream(values).mapToInt(v -> Long.toString(v).length()).max().orElse(1);
    return Arrays.stream(values)
        .mapToObj(v -> String.format("%" + width + "d", v))
        .collect(Collectors.joining(" ", "[", "]"));
  }

  /**
   * The shortest decimal number that reads back as this double, without an exponent: {@code
   * 8.283770071058346}, {@code 10.0}. (Java 17's own text has a digit too many for some.)
   */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    BigDecimal exact = new BigDecimal(value);
    int digits = 1;
    while (digits < DIGITS_OF_A_DOUBLE
        && exact.round(new MathContext(digits)).doubleValue() != value) {
      digits++;
    }
    String text = exact.round(new MathContext(digits)).stripTrailingZeros().toPlainString();
    return text.contains(".") ? text : text + ".0";
  }
}
