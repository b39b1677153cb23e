package dev.quern.summary;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Surefire's reports of all modules that this build tested. */
final class TestReports {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  private final Instant start;
  private final Map<String, Integer> skipped = new TreeMap<>();
  private int tests;

  TestReports(String start) {
    this.start = LocalDateTime.parse(start, TIME).toInstant(ZoneOffset.UTC);
  }

  /** A line for the number of tests, and one for each reason of skipped tests. */
  List<String> of(Path root) throws IOException {
    for (Path file : Summary.find(root, TestReports::isReport)) {
      if (!Files.getLastModifiedTime(file).toInstant().isBefore(start)) {
        read(file);
      }
    }
    int all = skipped.values().stream().mapToInt(i -> i).sum();
    List<String> lines = new ArrayList<>();
    lines.add("tests: " + tests + ", of which " + all + " skipped");
    skipped.forEach(
        (reason, n) -> lines.add("skipped: " + n + (n == 1 ? " test: " : " tests: ") + reason));
    return lines;
  }

  private static boolean isReport(Path file) {
    String name = file.getFileName().toString();
    return file.getParent().endsWith("surefire-reports")
        && name.startsWith("TEST-")
        && name.endsWith(".xml");
  }

  private void read(Path file) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    try (InputStream in = Files.newInputStream(file)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamReader.START_ELEMENT) {
          if (xml.getLocalName().equals("testcase")) {
            tests++;
          } else if (xml.getLocalName().equals("skipped")) {
            String message = xml.getAttributeValue(null, "message");
            skipped.merge(
                reason(message == null ? xml.getElementText() : message), 1, Integer::sum);
          }
        }
      }
    } catch (XMLStreamException e) {
      System.out.println("skipped: unknown, " + file + " cannot be read: " + e.getMessage());
    }
  }

  /** The sentence of a test, without the names and sentences of the libraries around it. */
  private static String reason(String message) {
    return message
        .replaceFirst("^\\s*[\\w.]+(Exception|Error):", "")
        .replaceFirst("^\\s*Assumption failed:", "")
        .replaceFirst("^\\s*assumption was not met due to:", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("at "))
        .findFirst()
        .orElse("no reason");
  }
}
