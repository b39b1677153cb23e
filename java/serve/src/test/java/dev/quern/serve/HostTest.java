package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which host a request asks, in each way that a client can write it, and where its body ends. */
@Timeout(120)
class HostTest extends SmallServer {
  private int status(String line, String headers) {
    return RawClient.send(server, RawClient.bytes(line + "\r\n" + headers + "\r\n\r\n")).status();
  }

  private int get(String headers) {
    return status("GET /v2 HTTP/1.1", headers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "LocalHost.",
        "localhost.:80",
        "127.0.0.1:",
        "127.0.0.1:65535",
        "[::1]:1",
        "[0:0:0:0:0:0:0:1]"
      })
  void thisMachine(String host) {
    assertThat(get("Host: " + host)).isEqualTo(200);
    assertThat(status("GET http://" + host + "/v2 HTTP/1.1", "Host: x")).isEqualTo(200);
    assertThat(get("Host: " + host + "\r\nOrigin: http://" + host)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example:80",
        "evil.example.",
        "127.0.0.1.evil.example",
        "xlocalhost",
        "0.0.0.0",
        "127.1",
        "[::2]",
        "localhost.."
      })
  void others(String host) {
    assertThat(get("Host: " + host)).isEqualTo(403);
    assertThat(status("GET http://" + host + "/v2 HTTP/1.1", "Host: localhost")).isEqualTo(403);
    assertThat(get("Host: localhost\r\nOrigin: http://" + host)).isEqualTo(403);
    assertThat(get("Host: " + host + "\r\nOrigin: http://" + host)).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:80@evil.example",
        "localhost@evil.example",
        "user:x@localhost",
        "localhost:x",
        "localhost:99999",
        "localhost:-1",
        "local host",
        "localhost/x",
        "localhost, evil.example",
        "localhost#",
        "[::1",
        "::1",
        "localhost\\evil",
        "[localhost]",
        "."
      })
  void noHosts(String host) {
    assertThat(get("Host: " + host)).isEqualTo(400);
    assertThat(status("GET http://" + host + "/v2 HTTP/1.1", "Host: localhost"))
        .isIn(400, 404); // 404 where the name ends before what is wrong, which is a path then
    assertThat(get("Host: localhost\r\nOrigin: http://" + host)).isEqualTo(403);
  }

  @Test
  void oneHost() {
    assertThat(get("X: y")).isEqualTo(400);
    assertThat(get("Host:")).isEqualTo(400);
    assertThat(get("Host: localhost\r\nHost: localhost")).isEqualTo(400);
    assertThat(get("Host: localhost\r\nHost: evil.example")).isEqualTo(400);
    assertThat(status("GET http://localhost/v2 HTTP/1.1", "X: y")).isEqualTo(400);
    assertThat(status("GET /v2 HTTP/1.0", "X: y")).isEqualTo(200);
    assertThat(status("GET http://evil.example/v2 HTTP/1.0", "X: y")).isEqualTo(403);
    assertThat(status("GET /v2 HTTP/1.0", "Host: evil.example")).isEqualTo(403);
  }

  @Test
  void targets() {
    String host = "Host: localhost";
    assertThat(status("GET ftp://localhost/v2 HTTP/1.1", host)).isEqualTo(400);
    assertThat(status("GET //evil.example/v2 HTTP/1.1", host)).isEqualTo(404);
    assertThat(status("GET HTTPS://localhost/v2?q HTTP/1.1", host)).isEqualTo(200);
    assertThat(status("GET v2 HTTP/1.1", host)).isEqualTo(404);
  }

  @Test
  void origins() {
    for (String origin : new String[] {"http://LOCALHOST:80", "http://localhost"}) {
      assertThat(get("Host: localhost\r\nOrigin: " + origin)).isEqualTo(200);
    }
    assertThat(get("Host: localhost:443\r\nOrigin: https://localhost")).isEqualTo(200);
    for (String origin :
        new String[] {
          "null",
          "",
          "http://localhost:1",
          "http://127.0.0.1",
          "http://localhost/x",
          "file://",
          "ftp://localhost",
          "https://localhost:8",
          "http://"
        }) {
      assertThat(get("Host: localhost:80\r\nOrigin: " + origin)).as(origin).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "501 | HTTP/1.1 | gzip, chunked",
        "400 | HTTP/1.1 | chunked, gzip",
        "501 | HTTP/1.1 | gzip",
        "501 | HTTP/1.1 | identity",
        "501 | HTTP/1.1 | chunked, chunked",
        "501 | HTTP/1.1 | xchunked",
        "501 | HTTP/1.1 | chunked%Transfer-Encoding: chunked",
        "400 | HTTP/1.1 | chunked%Content-Length: 5",
        "400 | HTTP/1.1 | gzip%Content-Length: 5",
        "400 | HTTP/1.0 | chunked"
      })
  void whereABodyEndsIsKnown(int status, String version, String coding) throws IOException {
    String headers = "\r\nHost: localhost\r\nTransfer-Encoding: " + coding.replace("%", "\r\n");
    String hidden = "0\r\n\r\nGET /v2 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (Socket socket = RawClient.connect(server)) {
      socket
          .getOutputStream()
          .write(RawClient.bytes("POST " + INFER + " " + version + headers + "\r\n\r\n" + hidden));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      assertThat(RawClient.read(in).status()).isEqualTo(status);
      assertThat(RawClient.read(in).closed()).as("no second answer").isTrue();
    }
  }

  @Test
  void theSchemeOfATokenIsOfAnyCase() {
    String token = "0123456789abcdef";
    try (ModelServer secret = ModelServer.builder().token(token).build()) {
      Client other = new Client(secret);
      for (String scheme : new String[] {"Bearer ", "bearer ", "BEARER  "}) {
        assertThat(other.get("/v2", "Authorization", scheme + token).statusCode()).isEqualTo(200);
      }
      for (String wrong : new String[] {token, "Bearer" + token, "Basic " + token, "bearer x"}) {
        assertThat(other.get("/v2", "Authorization", wrong).statusCode()).isEqualTo(401);
      }
    }
  }
}
