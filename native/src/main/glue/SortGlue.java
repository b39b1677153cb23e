import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Puts the code that JavaCPP generates in order. JavaCPP takes methods as reflection hands them
 * out, in another order in each JVM; sorted, the same header always gives the same library.
 */
class SortGlue {
  private static final String FUNCTION = " JNICALL Java_";
  private static final String NAMES = "static const char* JavaCPP_members[";
  private static final String OFFSETS = "static int JavaCPP_offsets[";

  private final List<String> lines;

  private SortGlue(List<String> lines) {
    this.lines = new ArrayList<>(lines);
  }

  public static void main(String[] folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder[0]))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cpp")).toList()) {
        SortGlue glue = new SortGlue(Files.readAllLines(file));
        glue.sortMembers();
        glue.sortFunctions();
        Files.write(file, glue.lines);
      }
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
