package dev.quern.tests.release;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A POM as it stands, asked by paths below its root such as {@code /scm/url}. */
record Pom(Path file, String xml) {
  static Pom read(Path file) throws IOException {
    return new Pom(file, Files.readString(file));
  }

  /** The first text at a path; empty without one. */
  String text(String path) {
    List<String> all = all(path);
    return all.isEmpty() ? "" : all.get(0);
  }

  List<String> all(String path) {
    String anyNamespace = path.replaceAll("/([\\w.]+)", "/*[local-name()='$1']");
    try {
      NodeList found =
          (NodeList)
              XPathFactory.newInstance()
                  .newXPath()
                  .evaluate(
                      "/*[local-name()='project']" + anyNamespace,
                      new InputSource(new StringReader(xml)),
                      XPathConstants.NODESET);
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
