package dev.quern.serve.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request, read within limits, and its answer. */
public final class Request {
  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;

  private final HttpExchange exchange;
  private final long mostBytes;
  private int status;
  private long sent;

  public Request(HttpExchange exchange, long mostBytes) {
    this.exchange = exchange;
    this.mostBytes = mostBytes;
  }

  public String method() {
    return exchange.getRequestMethod();
  }

  /** As the client wrote it, so that an escaped slash is none. */
  public String path() {
    return exchange.getRequestURI().getRawPath();
  }

  /** Null where it is not there, or more than once. */
  public @Nullable String header(String name) {
    List<String> all = exchange.getRequestHeaders().getOrDefault(name, List.of());
    return all.size() == 1 ? all.get(0) : null;
  }

  /** In small letters, without parameters; empty where it is not there. */
  public String contentType() {
    String type = header("Content-Type");
    int end = type == null ? -1 : type.indexOf(';');
    return type == null
        ? ""
        : type.substring(0, end < 0 ? type.length() : end).trim().toLowerCase(Locale.ROOT);
  }

  /**
   * The body.
   *
   * @throws HttpError if it is longer than allowed, which is known before it is read where the
   *     client says how long it is
   */
  public byte[] body() throws IOException {
    String length = header("Content-Length");
    long said = -1;
    if (length != null) {
      try {
        said = Long.parseLong(length.trim());
      } catch (NumberFormatException e) {
        throw new HttpError(BAD_REQUEST, "Content-Length is no number");
      }
    }
    if (said > mostBytes) {
      throw tooLarge();
    }
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, mostBytes + 1));
    if (body.length > mostBytes) {
      throw tooLarge();
    }
    if (said >= 0 && body.length != said) {
      throw new HttpError(BAD_REQUEST, "the body is shorter than Content-Length");
    }
    return body;
  }

  private HttpError tooLarge() {
    return new HttpError(TOO_LARGE, "the body has more than " + mostBytes + " bytes");
  }

  public void setHeader(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  /** Answers, once. */
  public void answer(int code, String type, byte[]... parts) throws IOException {
    status = code;
    long length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    setHeader("Content-Type", type);
    setHeader("Cache-Control", "no-store");
    setHeader("X-Content-Type-Options", "nosniff");
    boolean head = method().equals("HEAD");
    exchange.sendResponseHeaders(code, head || length == 0 ? -1 : length);
    for (byte[] part : parts) {
      if (!head && part.length > 0) {
        exchange.getResponseBody().write(part);
        sent += part.length;
      }
    }
  }

  /** 0 before the answer. */
  public int status() {
    return status;
  }

  public long sent() {
    return sent;
  }

  public String client() {
    return String.valueOf(exchange.getRemoteAddress());
  }
}
