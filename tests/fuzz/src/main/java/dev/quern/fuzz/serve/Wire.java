package dev.quern.fuzz.serve;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection of a client that keeps to HTTP. */
final class Wire implements AutoCloseable {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int MOST_HEAD = 65_536;

  /** A response; status 0 where the server closed without one. */
  record Reply(int status, String head, byte[] body) {
    static final Reply NONE = new Reply(0, "", new byte[0]);

    boolean closes() {
      return status == 0 || head.toLowerCase(Locale.ROOT).contains("connection: close");
    }

    String text() {
      String start = new String(body, 0, Math.min(300, body.length), StandardCharsets.ISO_8859_1);
      return "status " + status + " " + start;
    }
  }

  private final Socket socket;
  private final InputStream in;

  Wire(int port) throws IOException {
    this(port, PATIENCE_MILLIS);
  }

  Wire(int port, int patienceMillis) throws IOException {
    socket = connect(port);
    socket.setSoTimeout(patienceMillis);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Waits for connections and bytes as long as a patient client. */
  static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static byte[] head(String method, String path, String... headers) {
    StringBuilder text =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] post(String path, byte[] body, String... headers) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Content-Length: " + body.length;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head("POST", path, all));
    out.writeBytes(body);
    return out.toByteArray();
  }

  /**
   * Sends a request and reads the response.
   *
   * @throws java.net.SocketTimeoutException if none comes in 30 s
   */
  Reply ask(byte[] request) throws IOException {
    try {
      socket.getOutputStream().write(request);
    } catch (IOException e) {
      // the server may have refused it before all was sent
    }
    return read(in);
  }

  static Reply read(InputStream in) throws IOException {
    String head = readHead(in);
    if (head.isEmpty()) {
      return Reply.NONE;
    }
    int status = Integer.parseInt(head.split(" ", 3)[1]);
    int length = length(head);
    byte[] body = in.readNBytes(length);
    return body.length < length ? Reply.NONE : new Reply(status, head, body);
  }

  /** Reads a response and keeps nothing of its body, which may be large; returns the status. */
  static int pass(InputStream in) throws IOException {
    String head = readHead(in);
    if (head.isEmpty()) {
      return 0;
    }
    in.skipNBytes(length(head));
    return Integer.parseInt(head.split(" ", 3)[1]);
  }

  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int last = 0;
    for (int next = in.read(); next >= 0 && all.size() < MOST_HEAD; next = in.read()) {
      all.write(next);
      last = last << 8 | next;
      if (last == 0x0d0a0d0a) {
        return all.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private static int length(String head) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Integer.parseInt(line.substring("content-length:".length()).strip());
      }
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
