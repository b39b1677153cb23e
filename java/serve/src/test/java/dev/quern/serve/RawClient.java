package dev.quern.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Sends bytes, right or wrong, and reads what comes. */
final class RawClient {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

  private static final Reply NONE = new Reply(0, "", new byte[0]);

  private RawClient() {}

  /** An answer; status 0 where the server closed without one. */
  record Reply(int status, String head, byte[] body) {
    boolean closed() {
      return status == 0;
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static Socket connect(ModelServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Sends all, and reads the answer. */
  static Reply send(ModelServer server, byte[] request) {
    try (Socket socket = connect(server)) {
      try {
        socket.getOutputStream().write(request);
      } catch (IOException e) {
        // the server may have closed; it may have answered before
      }
      return read(socket);
    } catch (IOException e) {
      throw new IllegalStateException("no connection: " + e.getMessage(), e);
    }
  }

  /**
   * Reads one answer.
   *
   * @throws IllegalStateException if none comes, and the connection stays
   */
  static Reply read(Socket socket) {
    try {
      return read(socket.getInputStream());
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Reads the next one of several. */
  static Reply read(InputStream in) {
    Reply head = head(in);
    try {
      return new Reply(head.status, head.head, in.readNBytes(length(head.head)));
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Reads one that has no body. */
  static Reply head(InputStream in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int matched = 0; matched < BLANK_LINE.length; ) {
        int next = in.read();
        if (next < 0) {
          return NONE;
        }
        all.write(next);
        matched = next == BLANK_LINE[matched] ? matched + 1 : next == '\r' ? 1 : 0;
      }
      String head = all.toString(StandardCharsets.ISO_8859_1);
      return new Reply(Integer.parseInt(head.split(" ", 3)[1]), head, new byte[0]);
    } catch (SocketTimeoutException e) {
      throw new IllegalStateException("neither an answer nor an end", e);
    } catch (IOException e) {
      return NONE;
    }
  }

  private static int length(String head) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Integer.parseInt(line.substring(15).trim());
      }
    }
    return 0;
  }
}
