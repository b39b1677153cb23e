package dev.quern.serve.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request, read within limits, and its answer. Of one thread. */
public final class Request implements AutoCloseable {
  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;
  private static final int BUSY = 503;
  private static final int DRAINED = 8;
  private static final int FIRST_BYTES = 1 << 16;

  private final HttpExchange exchange;
  private final InputStream in;
  private final Budget budget;
  private final long mostBytes;
  private long held;
  private int status;
  private long sent;

  public Request(HttpExchange exchange, long mostBytes, Budget budget) {
    this.exchange = exchange;
    this.mostBytes = mostBytes;
    this.budget = budget;
    in = exchange.getRequestBody(); // a connection whose body nobody asked for is cut by the JDK
  }

  public String method() {
    return exchange.getRequestMethod();
  }

  /** As the client wrote it, so that an escaped slash is none; empty where there is none. */
  public String path() {
    String path = exchange.getRequestURI().getRawPath();
    return path == null ? "" : path;
  }

  /**
   * Null where it is not there.
   *
   * @throws HttpError if it is there more than once, so that nobody can know which counts
   */
  public @Nullable String header(String name) {
    List<String> all = exchange.getRequestHeaders().getOrDefault(name, List.of());
    if (all.size() > 1) {
      throw new HttpError(BAD_REQUEST, "the header " + name + " is there more than once");
    }
    return all.isEmpty() ? null : all.get(0);
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
   * The body. It takes memory as it comes, so that who only says that much will come costs nothing.
   *
   * @throws HttpError if it is longer than allowed, which is known before it is read where the
   *     client says how long it is; if it ends too early; if there is no room
   * @throws IOException if its chunks are broken: the connection is to be closed without an answer,
   *     for the JDK's server no longer knows where the next request begins, and with assertions on
   *     it ends where that is answered
   */
  public byte[] body() throws IOException {
    long said = length();
    if (said > mostBytes) {
      throw tooLarge();
    }
    long most = said < 0 ? mostBytes : said;
    try {
      byte[] body = read(most);
      if (said >= 0 && body.length != said) {
        throw new HttpError(BAD_REQUEST, "the body is shorter than Content-Length");
      }
      if (said < 0 && in.read() >= 0) {
        throw tooLarge();
      }
      return body;
    } catch (IOException | IndexOutOfBoundsException e) { // which the JDK throws at a chunk of -1
      if (isChunked()) {
        throw new IOException("the chunks are broken", e);
      }
      throw new HttpError(BAD_REQUEST, "the body is cut");
    }
  }

  private boolean isChunked() {
    return exchange.getRequestHeaders().containsKey("Transfer-Encoding");
  }

  /** -1 where the client does not say. */
  private long length() {
    String length = header("Content-Length");
    if (length == null) {
      return -1;
    }
    try {
      long bytes = Long.parseLong(length.trim());
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // it is said below
    }
    throw new HttpError(BAD_REQUEST, "Content-Length is no number of bytes");
  }

  private byte[] read(long most) throws IOException {
    int size = (int) Math.min(most, FIRST_BYTES);
    hold(size);
    byte[] body = new byte[size];
    int count = in.readNBytes(body, 0, size);
    while (count == size && size < most) {
      int next = (int) Math.min(most, 2L * size);
      hold(next - size);
      body = Arrays.copyOf(body, next);
      count += in.readNBytes(body, size, next - size);
      size = next;
    }
    return count == size ? body : Arrays.copyOf(body, count);
  }

  private HttpError tooLarge() {
    return new HttpError(TOO_LARGE, "the body has more than " + mostBytes + " bytes");
  }

  /**
   * Counts memory that the request needs until it is answered.
   *
   * @throws HttpError if other requests have left too little
   */
  public void hold(long bytes) {
    if (!budget.take(bytes, held)) {
      throw new HttpError(BUSY, "other requests hold the memory that there is for them");
    }
    held += bytes;
  }

  public void setHeader(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  /** Answers, once. */
  public void answer(int code, String type, byte[]... parts) throws IOException {
    long length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    status = code;
    setHeader("Content-Type", type);
    setHeader("Cache-Control", "no-store");
    setHeader("X-Content-Type-Options", "nosniff");
    if (method().equals("HEAD")) {
      setHeader("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(code, -1);
      return;
    }
    exchange.sendResponseHeaders(code, length == 0 ? -1 : length);
    for (byte[] part : parts) {
      if (part.length > 0) {
        exchange.getResponseBody().write(part);
        sent += part.length;
      }
    }
  }

  /**
   * Reads on what a refused client still sends, some times what a body may have, when the answer
   * has left: one that is cut while it sends does not read why.
   */
  public void drain() throws IOException {
    if (status < BAD_REQUEST || sent == 0 || isChunked()) {
      return; // of chunks the JDK reads on itself, see body()
    }
    exchange.getResponseBody().flush();
    byte[] some = new byte[FIRST_BYTES];
    long left = DRAINED * mostBytes;
    for (int n = 0; n >= 0 && left > 0; left -= n) {
      n = in.read(some);
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

  /**
   * Ends the exchange, and holds nothing any more. An answer is ended first: the JDK's server
   * counts a connection whose exchange ends otherwise among its open ones until the client's time
   * is over.
   */
  @Override
  public void close() throws IOException {
    budget.give(held);
    held = 0;
    try (exchange) {
      if (sent > 0 && !isChunked()) {
        exchange.getResponseBody().close();
      }
    }
  }
}
