package dev.quern.serve;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Requests that are wrong in a way that a seed decides. */
final class Hostile {
  private static final String INFER = "/v2/models/small/infer";
  private static final String PREDICT = "/v1/models/small:predict";

  private static final List<byte[]> PICTURES =
      List.of(ServedModels.png(1), ServedModels.png(2), ServedModels.png(3));

  private final Random random;

  Hostile(long seed) {
    random = new Random(seed);
  }

  byte[] next() {
    byte[] right = right();
    return switch (random.nextInt(12)) {
      case 0 -> Arrays.copyOf(right, random.nextInt(right.length));
      case 1, 2, 3 -> flipped(right, 1 + random.nextInt(8));
      case 4 -> noise(random.nextInt(3000));
      case 5 -> head("POST", INFER, "Content-Length: " + pick(LENGTHS));
      case 6 -> RawClient.bytes(pick(LINES) + "\r\nHost: localhost\r\n\r\n");
      case 7 -> post(INFER, RawClient.bytes(json()), "");
      case 8 -> post(PREDICT, bomb(), "");
      case 9 -> chunked();
      case 10 -> post(PREDICT, form(), "Content-Type: multipart/form-data; boundary=" + pick(CUTS));
      default -> head("GET", "/v2", "X: " + "y".repeat(1 << random.nextInt(17)));
    };
  }

  private static final List<String> LENGTHS =
      List.of("-1", "99999999999999999999", "200000", "1e3", "", "0x10", "2147483648", "100000");
  private static final List<String> LINES =
      List.of(
          "GET",
          "GET / HTTP/9.9",
          "OPTIONS * HTTP/1.1",
          "CONNECT localhost:80 HTTP/1.1",
          "DELETE /v2/models/small HTTP/1.1",
          "GET /%zz HTTP/1.1",
          "GET /v2/models/%2e%2e%2f%2e%2e/ready HTTP/1.1",
          "GET /../../etc/passwd HTTP/1.1",
          "GET http://localhost/../secret HTTP/1.1",
          "POST /v2/models/" + "a".repeat(5000) + "/infer HTTP/1.1",
          "\u0000\u0001\u0002 / HTTP/1.1",
          "GET /v2/models/small/versions/99999999999/ready HTTP/1.1");
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final List<String> SIZES = List.of("zz", "0", "0\r\nx", "12c", "-1", "");
  private static final List<String> CUTS = List.of("cut", "\"cut\"", "", "-", "x".repeat(99));
  private static final List<String> ODD =
      List.of(
          "null",
          "[]",
          "{}",
          "-1",
          "1e999",
          "\"\"",
          "\"\\u0000\"",
          "true",
          "[[[[[[[[[[[[1",
          "NaN",
          "99999999999999999999999999",
          "[1,",
          "{\"a\":{\"b\":[{}]}}",
          "\"" + "z".repeat(2000) + "\"");

  private String pick(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** One that a client means. */
  byte[] right() {
    float[] values = ServedModels.values(random.nextLong(), 1);
    return switch (random.nextInt(4)) {
      case 0 -> post(PREDICT, picture(), "");
      case 1 -> post(INFER, RawClient.bytes(input("\"data\":" + Arrays.toString(values))), "");
      case 2 -> {
        byte[] json = RawClient.bytes(input("\"parameters\":{\"binary_data_size\":768}"));
        yield post(
            INFER,
            Client.joined(json, Client.bytes(values)),
            "Inference-Header-Content-Length: " + json.length);
      }
      default -> post(PREDICT, form(), "Content-Type: multipart/form-data; boundary=cut");
    };
  }

  private static String input(String rest) {
    return "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],"
        + rest
        + "}]}";
  }

  /** With something odd where something else is wanted. */
  private String json() {
    String name = random.nextBoolean() ? "\"input\"" : pick(ODD);
    String type = random.nextBoolean() ? "\"FP32\"" : pick(ODD);
    String shape = random.nextBoolean() ? "[1,3,8,8]" : pick(ODD);
    String json =
        "{\"id\":%s,\"parameters\":%s,\"outputs\":%s,\"inputs\":[{\"name\":%s,\"datatype\":%s,\"shape\":%s,\"data\":%s}]}"
            .formatted(pick(ODD), pick(ODD), pick(ODD), name, type, shape, pick(ODD));
    return random.nextInt(8) == 0 ? "[".repeat(50_000) : json;
  }

  private byte[] picture() {
    return PICTURES.get(random.nextInt(PICTURES.size()));
  }

  private byte[] bomb() {
    byte[] png = picture().clone();
    for (int i = 0; i < 4; i++) {
      png[16 + random.nextInt(8)] = (byte) random.nextInt(256); // its width and height
    }
    return png;
  }

  private byte[] form() {
    byte[] head =
        RawClient.bytes(
            "--cut\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n");
    byte[] whole = Client.joined(head, picture());
    return Client.joined(whole, RawClient.bytes("\r\n--cut--\r\n"));
  }

  /** Of a wrong size, cut, without their ends, or to a path that does not read them. */
  private byte[] chunked() {
    byte[] head = head("POST", random.nextInt(4) == 0 ? "/none" : INFER, CHUNKED);
    String size = random.nextBoolean() ? Integer.toHexString(random.nextInt()) : pick(SIZES);
    return Client.joined(head, Client.joined(RawClient.bytes(size + "\r\n"), noise(300)));
  }

  private byte[] noise(int length) {
    byte[] all = new byte[length];
    random.nextBytes(all);
    return all;
  }

  private byte[] flipped(byte[] right, int count) {
    byte[] wrong = right.clone();
    for (int i = 0; i < count; i++) {
      wrong[random.nextInt(wrong.length)] = (byte) random.nextInt(256);
    }
    return wrong;
  }

  private static byte[] post(String path, byte[] body, String header) {
    String length = "Content-Length: " + body.length;
    return Client.joined(
        head("POST", path, header.isEmpty() ? length : length + "\r\n" + header), body);
  }

  static byte[] head(String method, String path, String headers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n";
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return out.toByteArray();
  }
}
