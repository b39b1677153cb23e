package dev.quern.io.table;

import dev.quern.error.FormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The role of each column of a table: label, target, feature, split or weight. */
final class Columns {
  private final String what;
  private final List<String> header;

  /** The index of the label column; negative if there is none. */
  final int label;

  final int split;
  final int weight;
  final int[] targets;
  final int[] features;

  private Columns(String what, List<String> header, TableOptions of) {
    this.what = what;
    this.header = header;
    requireHeader();
    Map<String, String> roles = new LinkedHashMap<>();
    label = one(roles, "label", of.label());
    targets = all(roles, "target", of.targets());
    split = one(roles, "split", of.split());
    weight = one(roles, "weight", of.weight());
    all(roles, "ignored", of.ignored());
    features = of.features().isEmpty() ? others(roles) : all(roles, "feature", of.features());
    if (features.length == 0) {
      throw new FormatException(what + ": none of the columns " + header + " remains for features");
    }
  }

  /**
   * Determines the role of each column in a header.
   *
   * @param what the operation and file, for messages
   * @throws FormatException if the header is invalid, or lacks a column that an option names
   */
  static Columns of(String what, List<String> header, TableOptions options) {
    return new Columns(what, header, options);
  }

  /** Returns the name of a column in the header. */
  String name(int column) {
    return header.get(column);
  }

  List<String> names(int[] columns) {
    List<String> names = new ArrayList<>();
    for (int column : columns) {
      names.add(header.get(column));
    }
    return names;
  }

  int size() {
    return header.size();
  }

  private void requireHeader() {
    Set<String> seen = new HashSet<>();
    boolean numbers = true;
    for (String name : header) {
      if (!name.isEmpty() && !seen.add(name)) {
        throw new FormatException(
            what + ": line 1 names the column " + Numbers.shown(name) + " twice");
      }
      numbers &= Numbers.isNumber(name);
    }
    if (numbers) {
      throw new FormatException(
          what + ": line 1 has only numbers, expected the names of the columns");
    }
  }

  private int one(Map<String, String> roles, String role, @Nullable String name) {
    return name == null ? -1 : all(roles, role, List.of(name))[0];
  }

  private int[] all(Map<String, String> roles, String role, List<String> names) {
    int[] columns = new int[names.size()];
    for (int i = 0; i < columns.length; i++) {
      String name = names.get(i);
      columns[i] = header.indexOf(name);
      if (columns[i] < 0) {
        throw new FormatException(
            what
                + ": line 1 has no "
                + role
                + " column "
                + Numbers.shown(name)
                + ", only "
                + header);
      }
      String before = roles.put(name, role);
      if (before != null) {
        throw new FormatException(
            what
                + ": column "
                + Numbers.shown(name)
                + " cannot be both "
                + before
                + " and "
                + role);
      }
    }
    return columns;
  }

  /** Returns the columns without a role, except columns without a name, such as a row index. */
  private int[] others(Map<String, String> roles) {
    return IntStream.range(0, header.size())
        .filter(i -> !header.get(i).isEmpty() && !roles.containsKey(header.get(i)))
        .toArray();
  }
}
