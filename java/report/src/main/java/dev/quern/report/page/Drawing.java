package dev.quern.report.page;

import dev.quern.report.data.NetworkData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws a network as boxes and edges, from top to bottom. Edges that span several rows are routed
 * around the boxes.
 */
final class Drawing {
  private static final int BOX_WIDTH = 230;
  private static final int BOX_HEIGHT = 30;
  private static final int ROW = 46;
  private static final int COLUMN = 260;
  private static final int MARGIN = 70;
  private static final int MOST = 600;

  private record Box(String name, String type, String output, int row, int column) {
    int x() {
      return MARGIN + column * COLUMN;
    }

    int y() {
      return 12 + row * ROW;
    }
  }

  private Drawing() {}

  /** Adds the drawing to a page, unless the network is too large. */
  static void put(Html html, NetworkData network) {
    if (network.layers().size() > MOST) {
      return;
    }
    Map<String, Box> boxes = boxes(network);
    int rows = boxes.values().stream().mapToInt(Box::row).max().orElse(0) + 1;
    int columns = boxes.values().stream().mapToInt(Box::column).max().orElse(0) + 1;
    int width = 2 * MARGIN + columns * COLUMN - (COLUMN - BOX_WIDTH);
    int height = 24 + rows * ROW;
    html.raw(
        String.format(
            Locale.ROOT,
            "<svg class=\"drawing\" role=\"img\" aria-label=\"the network's layers\""
                + " viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
            width,
            height,
            width,
            height));
    for (NetworkData.LayerData layer : network.layers()) {
      for (String input : layer.inputs()) {
        if (boxes.containsKey(input)) {
          html.raw(edge(boxes.get(input), boxes.get(layer.name())));
        }
      }
    }
    boxes.values().forEach(b -> put(html, b));
    html.raw("</svg>\n");
  }

  private static Map<String, Box> boxes(NetworkData network) {
    Map<String, Box> all = new LinkedHashMap<>();
    Map<Integer, Integer> used = new HashMap<>();
    for (String input : network.inputs()) {
      all.put(input, new Box(input, "input", "", 0, used.merge(0, 1, Integer::sum) - 1));
    }
    for (NetworkData.LayerData l : network.layers()) {
      int row =
          l.inputs().stream()
                  .filter(all::containsKey)
                  .mapToInt(i -> all.get(i).row())
                  .max()
                  .orElse(0)
              + 1;
      all.put(
          l.name(),
          new Box(l.name(), l.type(), l.output(), row, used.merge(row, 1, Integer::sum) - 1));
    }
    return all;
  }

  private static String edge(Box from, Box to) {
    int x1 = from.x() + BOX_WIDTH / 2;
    int y1 = from.y() + BOX_HEIGHT;
    int x2 = to.x() + BOX_WIDTH / 2;
    int y2 = to.y();
    if (to.row() == from.row() + 1) {
      return String.format(
          Locale.ROOT, "<path class=\"edge\" d=\"M%d %d L%d %d\"/>\n", x1, y1, x2, y2);
    }
    int out = from.x() + BOX_WIDTH;
    int in = to.x() + BOX_WIDTH;
    int side = Math.max(out, in) + 18 + Math.min(40, 4 * (to.row() - from.row()));
    return String.format(
        Locale.ROOT,
        "<path class=\"edge skip\" d=\"M%d %d C%d %d %d %d %d %d\"/>\n",
        out,
        from.y() + BOX_HEIGHT / 2,
        side,
        from.y() + BOX_HEIGHT / 2,
        side,
        to.y() + BOX_HEIGHT / 2,
        in,
        to.y() + BOX_HEIGHT / 2);
  }

  private static void put(Html html, Box b) {
    List<String> words = new ArrayList<>(List.of(b.type()));
    if (!b.output().isEmpty()) {
      words.add(b.output());
    }
    html.put(
        "<g><title>{}</title><rect class=\"box {}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\""
            + " rx=\"6\"/>",
        b.name() + ": " + String.join(" ", words),
        family(b.type()),
        b.x(),
        b.y(),
        BOX_WIDTH,
        BOX_HEIGHT);
    html.put(
        "<text x=\"{}\" y=\"{}\">{}</text>",
        b.x() + 10,
        b.y() + 20,
        shortened(b.type().equals("input") ? b.name() : b.type(), 20));
    html.put(
        "<text class=\"shape\" x=\"{}\" y=\"{}\">{}</text></g>\n",
        b.x() + BOX_WIDTH - 10,
        b.y() + 20,
        shortened(b.output(), 16));
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  /** Returns the group of a layer type; the group determines the color of the layer's box. */
  private static String family(String type) {
    String t = type.toLowerCase(Locale.ROOT);
    return t.contains("conv")
        ? "conv"
        : t.contains("norm")
            ? "norm"
            : t.contains("pool")
                ? "pool"
                : t.contains("linear") ? "linear" : t.equals("input") ? "input" : "other";
  }
}
