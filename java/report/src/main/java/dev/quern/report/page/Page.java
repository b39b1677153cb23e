package dev.quern.report.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** The frame of a self-contained HTML page, which does not load external resources. */
final class Page {
  private Page() {}

  /**
   * Returns an HTML page.
   *
   * @param connects whether the script may send requests to the page's server
   * @param body the markup of the body
   * @param data the JSON data for the script
   * @param script the resource name of the script
   */
  static String of(String title, boolean connects, String body, String data, String script) {
    List<String> scripts =
        List.of(resource("uPlot.iife.min.js"), resource("charts.js") + resource(script));
    StringBuilder hashes = new StringBuilder();
    scripts.forEach(s -> hashes.append(" 'sha256-").append(sha256(s)).append("'"));
    Html page = new Html();
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .raw("img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; ")
        .raw(connects ? "connect-src 'self'; " : "")
        .raw("script-src" + hashes + "\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .raw("<meta name=\"referrer\" content=\"no-referrer\">\n")
        // otherwise browsers request an icon from the server
        .raw("<link rel=\"icon\" href=\"data:,\">\n")
        .put("<title>{}</title>\n", title)
        .raw("<style>\n" + resource("uPlot.min.css") + resource("page.css") + "</style>\n")
        .raw("</head>\n<body>\n" + body)
        .raw("<script type=\"application/json\" id=\"data\">" + Html.json(data) + "</script>\n");
    scripts.forEach(s -> page.raw("<script>" + s + "</script>\n"));
    return page.raw("</body>\n</html>\n").toString();
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("quern-report has no " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
