package dev.quern.metric;

/** Formats a confusion matrix as CSV or as a table. */
final class ConfusionText {
  /** Maximum number of classes shown in a table. */
  private static final int SHOWN = 20;

  private static final String CORNER = "label";

  private ConfusionText() {}

  static String csv(ConfusionMatrix m) {
    StringBuilder text = new StringBuilder(CORNER);
    for (int answer = 0; answer < m.size(); answer++) {
      text.append(',').append(quoted(m.name(answer)));
    }
    text.append('\n');
    for (int label = 0; label < m.size(); label++) {
      text.append(quoted(m.name(label)));
      for (int answer = 0; answer < m.size(); answer++) {
        text.append(',').append(m.count(label, answer));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String quoted(String name) {
    boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  static String table(ConfusionMatrix m) {
    int shown = Math.min(SHOWN, m.size());
    TextTable table = new TextTable();
    table.cell(CORNER);
    for (int answer = 0; answer < shown; answer++) {
      table.cell(m.name(answer));
    }
    for (int label = 0; label < shown; label++) {
      table.line().cell(m.name(label));
      for (int answer = 0; answer < shown; answer++) {
        table.cell(Long.toString(m.count(label, answer)));
      }
    }
    String more = shown == m.size() ? "" : "and " + (m.size() - shown) + " more classes\n";
    return table + more;
  }
}
