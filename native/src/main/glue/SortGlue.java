import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts what JavaCPP generates in order, code and the JSON for native-image. JavaCPP takes methods
 * as reflection hands them out and classes as their identity hashes fall, in another order in each
 * JVM and thread; sorted, the same header always gives the same bytes.
 *
 * <p>SortGlue FOLDER_OF_CODE FOLDER_OF_JSON
 */
class SortGlue {
  private static final String FUNCTION = " JNICALL Java_";
  private static final String NAMES = "static const char* JavaCPP_members[";
  private static final String OFFSETS = "static int JavaCPP_offsets[";
  private static final String CLASSES = "static const char* JavaCPP_classNames[";
  private static final String SIZES = "static int JavaCPP_memberOffsetSizes[";

  /** A call whose first number is that of a class. */
  private static final Pattern CLASS_NUMBER = Pattern.compile("(JavaCPP_\\w+\\(env, )(\\d+)");

  private final List<String> lines;

  private SortGlue(List<String> lines) {
    this.lines = new ArrayList<>(lines);
  }

  public static void main(String[] folders) throws IOException {
    for (Path file : files(folders[0], ".cpp")) {
      SortGlue glue = new SortGlue(Files.readAllLines(file));
      glue.sortClasses();
      glue.sortMembers();
      glue.sortFunctions();
      Files.write(file, glue.lines);
    }
    for (Path file : files(folders[1], "-config.json")) {
      Files.writeString(file, sortedEntries(Files.readString(file)));
    }
  }

  private static List<Path> files(String folder, String end) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files.filter(f -> f.toString().endsWith(end)).toList();
    }
  }

  /** A list's entries begin and end with a brace behind two spaces. */
  private static String sortedEntries(String json) {
    int start = json.indexOf("[\n  {\n");
    int end = json.lastIndexOf("\n  }\n]");
    if (start != 0 || end < 0) {
      return json; // no list
    }
    String[] entries = json.substring(start + 6, end + 1).split("  },\n  \\{\n");
    Arrays.sort(entries);
    return "[\n  {\n" + String.join("  },\n  {\n", entries) + "  }\n]" + json.substring(end + 6);
  }

  /** The table of classes, the three tables with a row for each, and calls by a class's number. */
  private void sortClasses() {
    int names = table(CLASSES);
    List<String> classes = new ArrayList<>();
    for (int row = names + 1; classes.isEmpty() || !lines.get(row - 1).endsWith("};"); row++) {
      String line = lines.get(row);
      classes.add(line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')));
    }
    List<String> sorted = classes.stream().sorted().toList();
    int[] from = sorted.stream().mapToInt(classes::indexOf).toArray();
    rows(names, from);
    rows(table(NAMES), from);
    rows(table(OFFSETS), from);
    int sizes = table(SIZES);
    if (sizes >= 0) {
      String line = lines.get(sizes);
      List<String> cells = cells(line, ", ");
      String[] moved = Arrays.stream(from).mapToObj(cells::get).toArray(String[]::new);
      String start = line.substring(0, line.indexOf("{ ") + 2);
      lines.set(sizes, start + String.join(", ", moved) + " };");
    }
    lines.replaceAll(
        line ->
            CLASS_NUMBER
                .matcher(line)
                .replaceAll(
                    m ->
                        m.group(1)
                            + sorted.indexOf(classes.get(Integer.parseInt(m.group(2))))));
  }

  /** A table's rows in another order: each line ends with a comma but the last, which ends it. */
  private void rows(int table, int[] from) {
    if (table < 0) {
      return;
    }
    List<String> old = List.copyOf(lines.subList(table + 1, table + 1 + from.length));
    for (int i = 0; i < from.length; i++) {
      String row = old.get(from[i]).replaceFirst("( };|,)$", "");
      lines.set(table + 1 + i, row + (i == from.length - 1 ? " };" : ","));
    }
  }

  /** Two tables with a row for each class: names of its members, and where they are. */
  private void sortMembers() {
    int names = table(NAMES);
    int offsets = table(OFFSETS);
    for (int row = 1; names >= 0 && lines.get(names + row).startsWith("        {"); row++) {
      List<String> name = cells(lines.get(names + row), ", ");
      List<String> offset = cells(lines.get(offsets + row), ", (?=offsetof\\()");
      if (name.size() != offset.size()) {
        throw new IllegalStateException("two tables of other sizes: " + name + " " + offset);
      }
      TreeMap<String, String> sorted = new TreeMap<>();
      for (int i = 1; i < name.size(); i++) { // the first one is the size
        sorted.put(name.get(i), offset.get(i));
      }
      replace(names + row, name.get(0), sorted.keySet().stream());
      replace(offsets + row, offset.get(0), sorted.values().stream());
    }
  }

  private int table(String start) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(start)) {
        return i;
      }
    }
    return -1;
  }

  private static List<String> cells(String line, String separator) {
    String inside = line.substring(line.indexOf("{ ") + 2, line.indexOf(" }"));
    return Arrays.asList(inside.split(separator));
  }

  private void replace(int line, String first, Stream<String> others) {
    String old = lines.get(line);
    String inside = String.join(", ", Stream.concat(Stream.of(first), others).toList());
    lines.set(line, "        { " + inside + old.substring(old.indexOf(" }")));
  }

  /** Each from its JNIEXPORT to the brace at a line's start; what stands between stays. */
  private void sortFunctions() {
    List<List<String>> functions = new ArrayList<>();
    List<String> result = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(FUNCTION) && lines.get(i).endsWith("{")) {
        int end = i + lines.subList(i, lines.size()).indexOf("}");
        functions.add(List.copyOf(lines.subList(i, end + 1)));
        places.add(result.size());
        i = end;
      } else {
        result.add(lines.get(i));
      }
    }
    functions.sort(Comparator.comparing(f -> f.get(0).substring(f.get(0).indexOf(FUNCTION))));
    for (int i = functions.size() - 1; i >= 0; i--) {
      result.addAll(places.get(i), functions.get(i));
    }
    lines.clear();
    lines.addAll(result);
  }
}
