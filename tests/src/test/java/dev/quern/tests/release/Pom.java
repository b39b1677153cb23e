package dev.quern.tests.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A POM as it stands, asked by paths below its root such as {@code /scm/url}. */
record Pom(Path file, String xml, Document document) {
  private static final XPath XPATH = XPathFactory.newDefaultInstance().newXPath();

  static Pom read(Path file) throws IOException {
    try {
      Document document =
          DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file.toFile());
      return new Pom(file, Files.readString(file), document);
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** The first text at a path; empty without one. */
  String text(String path) {
    List<String> all = all(path);
    return all.isEmpty() ? "" : all.get(0);
  }

  List<String> all(String path) {
    try {
      NodeList found =
          (NodeList) XPATH.evaluate("/project" + path, document, XPathConstants.NODESET);
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < found.getLength(); i++) {
        texts.add(found.item(i).getTextContent().strip());
      }
      return texts;
    } catch (XPathExpressionException e) {
      throw new IllegalArgumentException(file + ": " + path, e);
    }
  }
}
