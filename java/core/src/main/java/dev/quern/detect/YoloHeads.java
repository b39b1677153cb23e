package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A decoder of raw YOLO heads. Each head is an output {@code [A (5 + C), H, W]}, or {@code [A, H,
 * W, 5 + C]} if {@code valuesLast}, with A anchors per cell and C classes. With the sigmoid s, the
 * boxes of the cell in column i and row j are
 *
 * <table>
 * <caption>Boxes, in pixels of the input</caption>
 * <tr><th></th><th>center x (y in the same way)</th><th>width (height in the same way)</th></tr>
 * <tr><td>v3</td><td>{@code stride (i + s(x))}</td><td>{@code anchor exp(w)}</td></tr>
 * <tr><td>v5, v7</td><td>{@code stride (i - 0.5 + 2 s(x))}</td>
 *     <td>{@code anchor (2 s(w))^2}</td></tr>
 * </table>
 *
 * and scores are {@code s(objectness) s(class)}. Redmon and Farhadi, "YOLOv3: An Incremental
 * Improvement", 2018, arXiv 1804.02767.
 *
 * @param heads the heads, at least one
 * @param version the version, which determines the formula of boxes
 * @param valuesLast whether the 5 + C values of a box are the last axis of an output
 */
public record YoloHeads(List<Head> heads, Version version, boolean valuesLast)
    implements BoxDecoder {
  /** The version of YOLO, which determines the formula of boxes. */
  public enum Version {
    V3,
    /** YOLOv5 and v7. */
    V5
  }

  /**
   * An anchor, in pixels of the input.
   *
   * @param width the width, above 0
   * @param height the height, above 0
   */
  public record Anchor(double width, double height) {
    public Anchor {
      if (!(width > 0 && height > 0 && width <= Float.MAX_VALUE && height <= Float.MAX_VALUE)) {
        throw new InvalidArgumentException(
            "yolo heads: anchor "
                + width
                + " x "
                + height
                + " must have a finite width and height above 0");
      }
    }
  }

  /**
   * A head: a network output with its stride and anchors.
   *
   * @param output the name of the output
   * @param stride the side of a cell in pixels of the input, at least 1
   * @param anchors the anchors, at least one
   */
  public record Head(String output, int stride, List<Anchor> anchors) {
    public Head {
      Require.present("yolo heads", "output", output);
      requireStride("yolo heads", stride);
      anchors = Require.all("yolo heads", "anchors", anchors);
      requireSome("yolo heads", "anchors", anchors);
    }
  }

  public YoloHeads {
    heads = Require.all("yolo heads", "heads", heads);
    requireSome("yolo heads", "heads", heads);
    Require.present("yolo heads", "version", version);
  }

  static void requireStride(String op, int stride) {
    if (stride < 1) {
      throw new InvalidArgumentException(op + ": stride " + stride + " must be at least 1");
    }
  }

  static void requireSome(String op, String what, List<?> all) {
    if (all.isEmpty()) {
      throw new InvalidArgumentException(op + ": the list of " + what + " is empty");
    }
  }

  @Override
  public List<String> outputs() {
    return heads.stream().map(Head::output).toList();
  }

  Rows rows(Map<String, Raw> outputs) {
    List<Rows> all = new ArrayList<>();
    heads.forEach(h -> all.add(new HeadRows(h, version, valuesLast, Raw.of(outputs, h.output))));
    return new JoinedRows(all, outputs());
  }

  private static final class HeadRows implements Rows {
    private final Head head;
    private final Version version;
    private final Raw raw;
    private final boolean valuesLast;
    private final int height;
    private final int width;
    private final int columns;

    HeadRows(Head head, Version version, boolean valuesLast, Raw output) {
      this.head = head;
      this.version = version;
      int anchors = head.anchors.size();
      String wanted =
          (valuesLast ? "[A, H, W, 5 + C]" : "[A (5 + C), H, W]") + " with A = " + anchors;
      this.valuesLast = valuesLast;
      raw = output.last(valuesLast ? 4 : 3, wanted);
      columns = valuesLast ? raw.dim(3) : raw.dim(0) / anchors;
      height = raw.dim(1);
      width = raw.dim(2);
      if (columns <= 5 || raw.dim(0) != (valuesLast ? anchors : anchors * (long) columns)) {
        throw output.wrong(wanted);
      }
    }

    private double at(int row, int column) {
      if (valuesLast) {
        return raw.at(row * columns + column);
      }
      int cells = height * width;
      return raw.at((row / cells * columns + column) * cells + row % cells);
    }

    @Override
    public int count() {
      return head.anchors.size() * height * width;
    }

    @Override
    public int classes() {
      return columns - 5;
    }

    @Override
    public int background() {
      return NO_BACKGROUND;
    }

    @Override
    public void scores(int row, double[] into) {
      double anything = Rows.sigmoid(at(row, 4));
      for (int c = 0; c < into.length; c++) {
        into[c] = anything * Rows.sigmoid(at(row, 5 + c));
      }
    }

    @Override
    public void box(int row, double[] corners) {
      Anchor anchor = head.anchors.get(row / (height * width));
      int cell = row % (height * width);
      Rows.centered(
          head.stride * (cell % width + shift(at(row, 0))),
          head.stride * (cell / width + shift(at(row, 1))),
          anchor.width * factor(at(row, 2)),
          anchor.height * factor(at(row, 3)),
          corners);
    }

    private double shift(double x) {
      return version == Version.V3 ? Rows.sigmoid(x) : 2 * Rows.sigmoid(x) - 0.5;
    }

    private double factor(double w) {
      double twice = 2 * Rows.sigmoid(w);
      return version == Version.V3 ? Math.exp(w) : twice * twice;
    }
  }
}
