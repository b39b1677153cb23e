package dev.quern.io.file;

import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A reader and writer of comma-separated values according to RFC 4180, including quoted cells with
 * doubled quotes and line breaks.
 */
public final class Csv {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).get();

  private Csv() {}

  /**
   * A row of a CSV file.
   *
   * @param line the number of the row's first line, from 1
   */
  public record Row(int line, List<String> cells) {}

  /**
   * Parses all rows except empty lines. A byte order mark is skipped; spaces around a cell are
   * ignored.
   *
   * @param what the operation and file, for messages
   * @throws FormatException if a quote is not closed, or a character follows a closing quote
   */
  public static List<Row> rows(String what, String text) {
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    List<Row> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(new StringReader(body), FORMAT)) {
      rows(parser, rows::add);
    } catch (UncheckedIOException e) { // thrown while rows are read
      throw invalid(what, e.getCause());
    } catch (IOException e) {
      throw invalid(what, e);
    }
    return rows;
  }

  /** Returns the cells as a CSV line, without a line break; cells are quoted if necessary. */
  public static String line(List<String> cells) {
    return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
  }

  private static String cell(String text) {
    boolean bare = !text.isEmpty() && text.equals(text.strip());
    for (int i = 0; i < text.length(); i++) {
      bare &= ",\"\r\n".indexOf(text.charAt(i)) < 0;
    }
    return bare ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /**
   * Reads a file of strict UTF-8 row by row. Otherwise like {@link #rows}.
   *
   * @param operation the operation, with which messages begin
   * @param to a function that receives each row
   * @throws FormatException if the file is not a regular file, not UTF-8 or not CSV
   */
  public static void read(String operation, Path file, char separator, Consumer<Row> to) {
    String what = operation + ": " + file;
    try (RandomAccessFile in = RegularFile.open(operation, file);
        BufferedReader text =
            new BufferedReader(
                new InputStreamReader(
                    RegularFile.stream(in), StandardCharsets.UTF_8.newDecoder()))) {
      text.mark(1);
      if (text.read() != '\ufeff') {
        text.reset();
      }
      CSVFormat format = FORMAT.builder().setDelimiter(separator).get();
      try (CSVParser parser = CSVParser.parse(text, format)) {
        rows(parser, to);
      }
    } catch (UncheckedIOException e) { // thrown while rows are read
      throw failed(operation, file, what, e.getCause());
    } catch (IOException e) {
      throw failed(operation, file, what, e);
    }
  }

  private static void rows(CSVParser parser, Consumer<Row> to) {
    int line = 1;
    for (CSVRecord row : parser) {
      if (row.size() > 1 || !row.get(0).isEmpty()) {
        to.accept(new Row(line, List.of(row.values())));
      }
      line = (int) parser.getCurrentLineNumber() + 1;
    }
  }

  /** Converts an error of the parser, which has no exception type of its own for invalid CSV. */
  private static QuernException failed(
      String operation, Path file, String what, IOException cause) {
    if (cause instanceof CharacterCodingException) {
      return new FormatException(what + " is not UTF-8 text", cause);
    }
    return cause instanceof CSVException
        ? invalid(what, cause)
        : FileErrors.of(operation, file, cause);
  }

  /** Converts an error in parsing text from memory, whose only possible cause is invalid CSV. */
  private static FormatException invalid(String what, IOException e) {
    return new FormatException(what + ": not valid CSV: " + e.getMessage(), e);
  }
}
