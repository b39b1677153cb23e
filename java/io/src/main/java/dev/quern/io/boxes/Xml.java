package dev.quern.io.boxes;

import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import java.io.StringReader;
import java.nio.file.Path;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A parser of small XML files of UTF-8 text, at most {@link #MOST_BYTES} bytes and {@link
 * #MOST_DEPTH} levels. Document types, custom entities and external references are rejected.
 */
final class Xml {
  static final int MOST_BYTES = 16 << 20;
  static final int MOST_DEPTH = 32;

  private Xml() {}

  /** A receiver of the elements of an XML file. */
  interface Told {
    /**
     * Receives an element.
     *
     * @param path the path of the element from the root, separated by /
     * @param text the text of the element, without surrounding spaces
     */
    void element(String path, String text);
  }

  /**
   * Parses a file.
   *
   * @param begins called at the start of each element, with empty text
   * @param ends called at the end of each element, with its text
   * @throws FormatException if the file is not XML within the limits of this class
   */
  static void read(Path file, Told begins, Told ends) {
    String text = RegularFile.readText(BoxFolder.OP, file, MOST_BYTES);
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLReporter((message, type, info, at) -> {}); // which would print warnings
    try {
      read(file, factory.createXMLStreamReader(new StringReader(text)), begins, ends);
    } catch (XMLStreamException | RuntimeException e) {
      if (e instanceof FormatException wrong) {
        throw wrong;
      }
      String why = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      throw new FormatException(BoxFolder.OP + ": " + file + ": not XML: " + why, e);
    }
  }

  private static void read(Path file, XMLStreamReader in, Told begins, Told ends)
      throws XMLStreamException {
    StringBuilder path = new StringBuilder();
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (++depth > MOST_DEPTH) {
            throw wrong(file, "it has more than " + MOST_DEPTH + " levels");
          }
          path.append(depth == 1 ? "" : "/").append(in.getLocalName());
          text.setLength(0);
          begins.element(path.toString(), "");
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(in.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          ends.element(path.toString(), text.toString().strip());
          path.setLength(--depth == 0 ? 0 : path.lastIndexOf("/"));
          text.setLength(0);
        }
        case XMLStreamConstants.DTD -> throw wrong(file, "a document type is not supported");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw wrong(file, "entity " + in.getLocalName() + " is not known");
        default -> {} // comments
      }
    }
  }

  private static FormatException wrong(Path file, String why) {
    return new FormatException(BoxFolder.OP + ": " + file + ": " + why);
  }
}
