package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.quern.serve.http.HttpError;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON of strangers: as large and deep as they like, and read within a time. */
@Timeout(60)
class InferRequestTest {
  private static InferRequest read(String json, Runnable requireTime) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return InferRequest.read(bytes, bytes.length, requireTime);
  }

  private static String names(int count) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":0");
    }
    return json.append('}').toString();
  }

  /** Wherever they stand, also where nobody looks at them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "{\"x\":%s}",
        "{\"x\":[[{\"y\":%s}]]}",
        "{\"parameters\":%s}",
        "{\"parameters\":{\"x\":%s}}",
        "{\"inputs\":[%s]}",
        "{\"inputs\":[{\"parameters\":%s}]}",
        "{\"outputs\":[%s]}"
      })
  void namesAreBounded(String json) {
    assertThatThrownBy(() -> read(json.formatted(names(300_000)), () -> {}))
        .asInstanceOf(type(HttpError.class))
        .matches(e -> e.status() == 400)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("10000 names");
  }

  @Test
  void fewNamesAreNot() {
    assertThat(read("{\"x\":" + names(5000) + ",\"id\":\"7\"}", () -> {}).id()).isEqualTo("7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"x\":[%s]}", "{\"x\":{\"y\":[%s]}}", "{\"inputs\":[{\"data\":[%s]}]}"})
  void timeIsAskedFor(String json) {
    AtomicInteger asked = new AtomicInteger();
    Runnable time =
        () -> {
          if (asked.incrementAndGet() == 3) {
            throw new HttpError(503, "over");
          }
        };
    assertThatThrownBy(() -> read(json.formatted("0,".repeat(1_000_000) + "0"), time))
        .isInstanceOf(HttpError.class)
        .hasMessage("over");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"x\":%s",
        "{\"%s\":1}",
        "{\"id\":%s}",
        "{\"x\":[1,%s",
        "{\"inputs\":[{\"shape\":[%s]}]}",
        "{\"inputs\":[{\"shape\":[1],\"data\":[%s]}]}",
        "{\"parameters\":{\"x\":%s}}"
      })
  void messagesNameNoClasses(String json) {
    String[] odd = {
      "",
      "{",
      "]",
      "tru",
      "NaN",
      "\u0001",
      "\"\\q\"",
      "1e",
      "01",
      "'",
      "-",
      "1".repeat(5000),
      "[".repeat(5000),
      "{\"a\":".repeat(500),
      "99999999999999999999999",
      "\"" + "z".repeat(99_999)
    };
    for (String what : odd) {
      try {
        read(json.formatted(what), () -> {});
      } catch (HttpError e) {
        assertThat(e.status()).isEqualTo(400);
        assertThat(e.getMessage())
            .doesNotContainPattern("[A-Z][a-z]+[A-Z][a-z]|[a-z]\\.[a-zA-Z]|`");
      }
    }
  }
}
