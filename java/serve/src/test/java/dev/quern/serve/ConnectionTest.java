package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP itself: many requests on a connection, in advance, in pieces, and what is none. */
@Timeout(120)
class ConnectionTest extends SmallServer {
  @Test
  void requestsInAdvanceAreAnsweredInOrder() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] png = ServedModels.png(1);
    int each = 500;
    for (int i = 0; i < each; i++) {
      all.write(Hostile.head("POST", PREDICT, "Content-Length: " + png.length));
      all.write(png);
      all.write(Hostile.head("GET", "/none/" + i, "X: y"));
    }
    assertAnswers(all.toByteArray(), each, 200, 404);
  }

  /** Thousands in one piece do not nest. */
  @Test
  void manySmallOnes() throws IOException {
    int each = 20_000;
    String get = "GET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertAnswers(RawClient.bytes(get.repeat(each)), each, 200);
  }

  /** Sends all on one connection, while answers of these statuses are read so many times. */
  private void assertAnswers(byte[] all, int times, int... statuses) throws IOException {
    try (Socket socket = RawClient.connect(server)) {
      Thread sender = new Thread(() -> write(socket, all));
      sender.start();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < times; i++) {
        for (int status : statuses) {
          assertThat(RawClient.read(in).status()).isEqualTo(status);
        }
      }
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whose time is not over when they close. */
  @Test
  void thoseThatEndLeaveNothing() {
    byte[] get = Hostile.head("GET", "/v2", "Connection: close");
    long before = 0;
    int connections = Boolean.getBoolean("quern.full") ? 4000 : 2000;
    for (int i = 0; i < connections; i++) {
      if (i == connections / 4) {
        before = AbuseTest.heap();
      }
      assertThat(RawClient.send(server, get).status()).isEqualTo(200);
    }
    assertThat(AbuseTest.heap() - before).isLessThan(connections * 3L / 4 * 2000);
  }

  @Test
  void aByteAtATime() throws IOException {
    byte[] png = ServedModels.png(2);
    byte[] head = Hostile.head("POST", PREDICT, "Content-Length: " + png.length);
    try (Socket socket = RawClient.connect(server)) {
      for (byte b : Client.joined(head, png)) {
        socket.getOutputStream().write(b);
      }
      assertThat(RawClient.read(socket).status()).isEqualTo(200);
    }
  }

  @Test
  void chunks() {
    byte[] png = ServedModels.png(2);
    byte[] head = Hostile.head("POST", PREDICT, "Transfer-Encoding: chunked");
    byte[] size = RawClient.bytes(Integer.toHexString(png.length) + "\r\n");
    byte[] end = RawClient.bytes("\r\n0\r\n\r\n");
    byte[] whole = Client.joined(Client.joined(head, size), Client.joined(png, end));
    assertThat(RawClient.send(server, whole).status()).isEqualTo(200);
    byte[] broken = Client.joined(head, RawClient.bytes("-1\r\nx"));
    assertThat(RawClient.send(server, broken).status()).isEqualTo(400);
    ByteArrayOutputStream large = new ByteArrayOutputStream();
    large.writeBytes(head);
    for (int i = 0; i < 20; i++) {
      large.writeBytes(RawClient.bytes("2000\r\n" + "y".repeat(0x2000) + "\r\n"));
    }
    assertThat(RawClient.send(server, large.toByteArray()).status()).isEqualTo(413);
  }

  @Test
  void whoWaitsForASignGetsOne() throws IOException {
    byte[] png = ServedModels.png(1);
    String expect = "\r\nExpect: 100-continue";
    try (Socket socket = RawClient.connect(server)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      socket
          .getOutputStream()
          .write(Hostile.head("POST", PREDICT, "Content-Length: " + png.length + expect));
      assertThat(RawClient.read(in).status()).isEqualTo(100);
      socket.getOutputStream().write(png);
      assertThat(RawClient.read(in).status()).isEqualTo(200);
      socket
          .getOutputStream()
          .write(Hostile.head("POST", PREDICT, "Content-Length: 900000" + expect));
      assertThat(RawClient.read(in).status()).isEqualTo(413);
      assertThat(RawClient.read(in).closed()).as("the client may send its body or not").isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, GET",
    "400, GET /%zz HTTP/1.1",
    "400, GET / HTTP/x",
    "505, GET / HTTP/9.9",
    "404, OPTIONS * HTTP/1.1",
    "404, CONNECT localhost:80 HTTP/1.1"
  })
  void whatIsNoRequest(int status, String line) {
    byte[] request = RawClient.bytes(line + "\r\nHost: localhost\r\n\r\n");
    RawClient.Reply reply = RawClient.send(server, request);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).startsWith("{\"error\":\"");
  }

  @ParameterizedTest
  @CsvSource({"414, /v2/, 10000", "431, /v2, 100000"})
  void whatIsTooLong(int status, String path, int length) {
    String more = "y".repeat(length);
    byte[] request =
        status == 414
            ? Hostile.head("GET", path + more, "X: y")
            : Hostile.head("GET", path, "X: " + more);
    assertThat(RawClient.send(server, request).status()).isEqualTo(status);
  }

  @Test
  void twoLengths() {
    byte[] two = Hostile.head("POST", PREDICT, "Content-Length: 5\r\nContent-Length: 6");
    assertThat(RawClient.send(server, two).status()).isEqualTo(400);
  }

  @Test
  void oldClients() throws IOException {
    try (Socket socket = RawClient.connect(server)) {
      socket.getOutputStream().write(RawClient.bytes("GET /v2 HTTP/1.0\r\n\r\n"));
      assertThat(RawClient.read(socket).status()).isEqualTo(200);
      assertThat(RawClient.read(socket).closed()).isTrue();
    }
  }

  @Test
  void theHeadAlone() throws IOException {
    try (Socket socket = RawClient.connect(server)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      socket.getOutputStream().write(Hostile.head("HEAD", "/v2", "X: y"));
      socket.getOutputStream().write(Hostile.head("GET", "/v2", "X: y"));
      RawClient.Reply head = RawClient.head(in);
      RawClient.Reply get = RawClient.read(in);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.head()).isEqualToIgnoringCase(get.head());
      assertThat(get.body()).isNotEmpty();
    }
  }
}
