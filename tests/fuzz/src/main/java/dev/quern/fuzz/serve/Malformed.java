package dev.quern.fuzz.serve;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Requests that break HTTP's rules, or the protocol's. */
final class Malformed {
  private static final String END = "\r\nHost: localhost\r\n\r\n";

  private static final List<String> LINES =
      List.of(
          "GET",
          "GET / HTTP/9.9" + END,
          "OPTIONS * HTTP/1.1" + END,
          "CONNECT localhost:80 HTTP/1.1" + END,
          "GET /%zz HTTP/1.1" + END,
          "GET http://user@evil.example/v2 HTTP/1.1" + END,
          "GET /v2 HTTP/1.1\r\n\r\n",
          "GET /v2 HTTP/1.1\r\nHost: localhost:80@evil.example\r\n\r\n",
          "GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(100_000) + "\r\n\r\n",
          "GET /v2 HTTP/1.1\r\n" + "X: y\r\n".repeat(20_000) + "\r\n",
          "GET /" + "a/".repeat(50_000) + " HTTP/1.1" + END,
          "\u0000\u0001\u0002 / HTTP/1.1" + END,
          "\r\n".repeat(5000),
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "\u0016\u0003\u0001\u0002\u0000\u0001",
          "GET /v2 HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
          "GET /v2/health/ready HTTP/1.1\nHost: localhost\n\n");

  private static final List<String> FRAMES =
      List.of(
          "Content-Length: -1",
          "Content-Length: 99999999999999999999",
          "Content-Length: 0x10",
          "Content-Length: 17000000",
          "Content-Length: 5\r\nContent-Length: 6",
          "Content-Length: 5\r\nTransfer-Encoding: chunked",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: gzip, chunked",
          "Transfer-Encoding: gzip",
          "Expect: 100-continue\r\nContent-Length: 10",
          "Expect: nothing\r\nContent-Length: 10",
          "Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2",
          "Content-Encoding: gzip\r\nContent-Length: 20",
          "Inference-Header-Content-Length: 2147483648\r\nContent-Length: 20",
          "Content-Type: multipart/form-data; boundary=\"\"\r\nContent-Length: 20",
          "Content-Type: multipart/form-data; boundary="
              + "x".repeat(5000)
              + "\r\nContent-Length: 9");

  private static final List<String> BODIES =
      List.of(
          "",
          "zz\r\n",
          "ffffffffffffffff\r\nx",
          "-1\r\n",
          "0\r\n\r\n",
          "{}",
          "5;" + "x=y;".repeat(9999));

  private Malformed() {}

  static byte[] next(SplittableRandom random, List<Question> right) {
    switch (random.nextInt(3)) {
      case 0:
        return pick(LINES, random).getBytes(StandardCharsets.ISO_8859_1);
      case 1:
        String path = random.nextBoolean() ? "/v2/models/small/infer" : "/v1/models/free:predict";
        String head =
            new String(Wire.head("POST", path, pick(FRAMES, random)), StandardCharsets.ISO_8859_1);
        return (head + pick(BODIES, random)).getBytes(StandardCharsets.ISO_8859_1);
      default:
        byte[] bytes = right.get(random.nextInt(right.size())).request().clone();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    }
  }

  private static String pick(List<String> all, SplittableRandom random) {
    return all.get(random.nextInt(all.size()));
  }
}
