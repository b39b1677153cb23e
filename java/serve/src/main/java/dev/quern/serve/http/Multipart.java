package dev.quern.serve.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Parses multipart forms (RFC 7578), as {@code curl -F image=@cat.jpg} and browsers send them. */
public final class Multipart {
  private static final byte[] BLANK_LINE = bytes("\r\n\r\n");
  private static final String BOUNDARY = "boundary=";
  private static final int MOST_BOUNDARY = 70;
  private static final int MOST_HEAD = 8192;
  private static final int BAD_REQUEST = 400;

  private Multipart() {}

  /**
   * Returns the content of the first file in a form.
   *
   * @param contentType the content type with its boundary
   * @throws HttpError if the form is invalid or does not contain a file
   */
  public static byte[] firstFile(String contentType, byte[] body) {
    String dashes = "--" + boundary(contentType);
    byte[] first = bytes(dashes);
    byte[] delimiter = bytes("\r\n" + dashes);
    boolean begins =
        Arrays.equals(body, 0, Math.min(first.length, body.length), first, 0, first.length);
    int head = begins ? first.length : after(body, delimiter, 0);
    while (head >= 0) {
      int blank = find(body, BLANK_LINE, head, Math.min(body.length, head + MOST_HEAD));
      int next = blank < 0 ? -1 : find(body, delimiter, blank + 2, body.length);
      if (next < 0) {
        break;
      }
      String lines = new String(body, head, blank - head, StandardCharsets.ISO_8859_1);
      int begin = blank + BLANK_LINE.length;
      if (lines.toLowerCase(Locale.ROOT).contains("filename=")) {
        return Arrays.copyOfRange(body, Math.min(begin, next), next);
      }
      head = next + delimiter.length;
    }
    throw new HttpError(BAD_REQUEST, "predict: the form lacks a file");
  }

  private static String boundary(String contentType) {
    int at = contentType.toLowerCase(Locale.ROOT).indexOf(BOUNDARY);
    String boundary = at < 0 ? "" : contentType.substring(at + BOUNDARY.length());
    int end = boundary.indexOf(';');
    boundary = (end < 0 ? boundary : boundary.substring(0, end)).trim();
    if (boundary.length() > 1 && boundary.startsWith("\"") && boundary.endsWith("\"")) {
      boundary = boundary.substring(1, boundary.length() - 1);
    }
    if (boundary.isEmpty() || boundary.length() > MOST_BOUNDARY) {
      throw new HttpError(BAD_REQUEST, "predict: the form lacks a boundary");
    }
    return boundary;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int after(byte[] in, byte[] wanted, int from) {
    int at = find(in, wanted, from, in.length);
    return at < 0 ? -1 : at + wanted.length;
  }

  /**
   * Returns the index of {@code wanted} within a part, or -1. The wanted bytes start with a CR and
   * contain at most two, so each byte is examined at most three times.
   */
  private static int find(byte[] in, byte[] wanted, int from, int to) {
    for (int i = from; i <= to - wanted.length; i++) {
      if (in[i] == wanted[0] && Arrays.equals(in, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
