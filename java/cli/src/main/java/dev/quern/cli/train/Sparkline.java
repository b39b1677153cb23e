package dev.quern.cli.train;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/** Formats a curve as one line of text, for example {@code █▆▄▂▁}. */
final class Sparkline {
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private Sparkline() {}

  /** Returns whether standard output can encode the bars. */
  static boolean isPrintable() {
    String encoding =
        System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
    try {
      return (encoding == null ? Charset.defaultCharset() : Charset.forName(encoding))
          .newEncoder()
          .canEncode(BARS);
    } catch (IllegalArgumentException e) {
      return false; // this JVM does not support the charset of the property
    }
  }

  /**
   * Returns a curve, scaled so that its smallest value is the lowest bar and its largest value the
   * highest. A value that is not finite becomes a space.
   *
   * @param width the maximum number of characters; with more values, each character represents the
   *     mean of several
   */
  static String of(List<Double> values, int width) {
    List<Double> points = means(values, width);
    double least = points.stream().filter(Double::isFinite).min(Double::compare).orElse(0.0);
    double most = points.stream().filter(Double::isFinite).max(Double::compare).orElse(0.0);
    StringBuilder line = new StringBuilder();
    for (double v : points) {
      if (Double.isFinite(v)) {
        double part = most > least ? (v - least) / (most - least) : 0;
        line.append(BARS.charAt((int) Math.round(part * (BARS.length() - 1))));
      } else {
        line.append(' ');
      }
    }
    return line.toString();
  }

  private static List<Double> means(List<Double> values, int width) {
    int count = Math.min(width, values.size());
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) values.size() * i / count);
      int to = (int) ((long) values.size() * (i + 1) / count);
      means.add(values.subList(from, to).stream().mapToDouble(v -> v).average().orElse(Double.NaN));
    }
    return means;
  }
}
