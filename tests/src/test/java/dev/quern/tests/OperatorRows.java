package dev.quern.tests;

import dev.quern.tests.Operators.Errors;
import dev.quern.tests.Operators.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Rows of operators that several JVMs found, each of which leaves a file in one folder, that of the
 * build.
 */
final class OperatorRows {
  private static final String FOLDER = System.getProperty("quern.operators.folder");

  private OperatorRows() {}

  /** Has this JVM's rows written when it ends, where the build says where. */
  static void writeAtTheEnd() {
    if (FOLDER != null) {
      Runtime.getRuntime().addShutdownHook(new Thread(OperatorRows::write));
    }
  }

  private static void write() {
    Map<Key, Errors> rows = Operators.rows();
    if (rows.isEmpty()) {
      return;
    }
    List<String> lines = rows.entrySet().stream().map(e -> line(e.getKey(), e.getValue())).toList();
    try {
      Path folder = Files.createDirectories(Path.of(FOLDER));
      Files.write(folder.resolve(ProcessHandle.current().pid() + ".txt"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Key key, Errors e) {
    return String.join(
        "\t",
        key.operator(),
        key.options(),
        Double.toString(e.reference()),
        Integer.toString(e.twins()),
        Double.toString(e.pyTorch()),
        Integer.toString(e.recorded()));
  }

  /** What all JVMs of this build found; without a build, this one. */
  static Map<Key, Errors> read() throws IOException {
    Map<Key, Errors> all = Operators.rows();
    if (FOLDER == null || !Files.exists(Path.of(FOLDER))) {
      return all;
    }
    try (Stream<Path> files = Files.list(Path.of(FOLDER))) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          String[] cells = line.split("\t", -1);
          Errors errors =
              new Errors(
                  Double.parseDouble(cells[2]),
                  Integer.parseInt(cells[3]),
                  Double.parseDouble(cells[4]),
                  Integer.parseInt(cells[5]));
          all.merge(new Key(cells[0], cells[1]), errors, Errors::and);
        }
      }
    }
    return all;
  }
}
