package dev.quern.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
  private static final String TYPE = "multipart/form-data; boundary=cut";
  private static final String FILE = "Content-Disposition: form-data; filename=\"a\"\r\n\r\n";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String file(String type, String body) {
    return new String(Multipart.firstFile(type, bytes(body)), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theFirstFile() {
    String form = "--cut\r\n\r\nnote\r\n--cut\r\n" + FILE + "\r\n--cu\r\n--cut--\r\n";
    assertThat(file(TYPE, form)).isEqualTo("\r\n--cu");
    assertThat(file("multipart/form-data; Boundary=\"cut\"; a=b", form)).isEqualTo("\r\n--cu");
    assertThat(file(TYPE, "before\r\n" + form)).isEqualTo("\r\n--cu");
    assertThat(file(TYPE, "--cut\r\n" + FILE + "\r\n--cut--")).isEmpty();
    assertThat(file(TYPE, "--cut\r\n" + FILE + "a--cut--b\r\n--cut--")).isEqualTo("a--cut--b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--cut",
        "--cut--",
        "--cut\r\n\r\n",
        "--cut\r\n" + FILE,
        "--cut\r\n" + FILE + "cut before its end",
        "--cut\r\nno file\r\n\r\nx\r\n--cut--",
        "\r\n--cut--\r\n--cut"
      })
  void broken(String body) {
    assertThatThrownBy(() -> file(TYPE, body)).isInstanceOf(HttpError.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"multipart/form-data", "x; boundary=", "x; boundary=\"\"", "null"})
  void noBoundary(String type) {
    assertThatThrownBy(() -> file(type, "--\r\n" + FILE + "\r\n--")).isInstanceOf(HttpError.class);
  }

  /** Twice as much takes twice as long, whatever is in it: 16 MiB are no matter. */
  @Test
  void hostileBodies() {
    String dashes = "-".repeat(68);
    byte[] ends = bytes("\r\n--" + dashes);
    byte[] almost = new byte[16 << 20];
    byte[] many = new byte[16 << 20];
    byte[] part = bytes("\r\n--cut\r\n\r\n");
    Arrays.fill(almost, (byte) '-');
    for (int i = 0; i + ends.length < almost.length; i += ends.length - 1) {
      System.arraycopy(ends, 0, almost, i, ends.length - 1);
    }
    for (int i = 0; i + part.length < many.length; i += part.length) {
      System.arraycopy(part, 0, many, i, part.length);
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertThatThrownBy(() -> Multipart.firstFile("x; boundary=" + dashes, almost))
              .isInstanceOf(HttpError.class);
          assertThatThrownBy(() -> Multipart.firstFile(TYPE, many)).isInstanceOf(HttpError.class);
        });
  }
}
