package dev.quern.serve.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The first file of a form, as {@code curl -F image=@cat.jpg} and browsers send it: RFC 7578. */
public final class Multipart {
  private static final byte[] BLANK_LINE = bytes("\r\n\r\n");
  private static final String BOUNDARY = "boundary=";
  private static final int MOST_BOUNDARY = 70;
  private static final int BAD_REQUEST = 400;

  private Multipart() {}

  /**
   * @param contentType with its boundary
   */
  public static byte[] firstFile(String contentType, byte[] body) {
    byte[] boundary = bytes("--" + boundary(contentType));
    int at = find(body, boundary, 0);
    while (at >= 0) {
      int head = at + boundary.length;
      int next = find(body, boundary, head);
      int blank = find(body, BLANK_LINE, head);
      if (next < 0 || blank < 0 || blank > next) {
        break;
      }
      String lines = new String(body, head, blank - head, StandardCharsets.ISO_8859_1);
      if (lines.toLowerCase(java.util.Locale.ROOT).contains("filename=")) {
        int begin = blank + BLANK_LINE.length;
        return Arrays.copyOfRange(body, begin, Math.max(begin, next - 2)); // less its line's end
      }
      at = next;
    }
    throw new HttpError(BAD_REQUEST, "predict: the form has no file");
  }

  private static String boundary(String contentType) {
    int at = contentType.indexOf(BOUNDARY);
    String boundary = at < 0 ? "" : contentType.substring(at + BOUNDARY.length());
    int end = boundary.indexOf(';');
    boundary = (end < 0 ? boundary : boundary.substring(0, end)).trim();
    if (boundary.length() > 1 && boundary.startsWith("\"") && boundary.endsWith("\"")) {
      boundary = boundary.substring(1, boundary.length() - 1);
    }
    if (boundary.isEmpty() || boundary.length() > MOST_BOUNDARY) {
      throw new HttpError(BAD_REQUEST, "predict: the form has no boundary");
    }
    return boundary;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Where {@code wanted} begins, from a place on; -1 if nowhere. */
  private static int find(byte[] in, byte[] wanted, int from) {
    for (int i = from; i <= in.length - wanted.length; i++) {
      if (Arrays.equals(in, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
