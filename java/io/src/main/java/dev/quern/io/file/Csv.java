package dev.quern.io.file;

import dev.quern.error.FormatException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Comma-separated values by RFC 4180: quotes, doubled quotes, line breaks in quotes. */
public final class Csv {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).get();

  private Csv() {}

  /**
   * @param line number of the row's first line, from 1
   */
  public record Row(int line, List<String> cells) {}

  /**
   * All rows except empty lines. A byte order mark is skipped; spaces around a cell do not count.
   *
   * @param what operation and file, for messages
   * @throws FormatException if a quote is not closed, or a character follows a closing quote
   */
  public static List<Row> rows(String what, String text) {
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    List<Row> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(new StringReader(body), FORMAT)) {
      int line = 1;
      for (CSVRecord row : parser) {
        if (row.size() > 1 || !row.get(0).isEmpty()) {
          rows.add(new Row(line, List.of(row.values())));
        }
        line = (int) parser.getCurrentLineNumber() + 1;
      }
    } catch (UncheckedIOException e) { // while rows are read
      throw invalid(what, e.getCause());
    } catch (IOException e) {
      throw invalid(what, e);
    }
    return rows;
  }

  /** The text is in memory, so that its form is the only reason to fail. */
  private static FormatException invalid(String what, IOException e) {
    return new FormatException(what + ": not valid CSV: " + e.getMessage(), e);
  }
}
