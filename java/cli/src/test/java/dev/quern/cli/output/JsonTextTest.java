package dev.quern.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  @Test
  void valuesAreOfTheirOwnKinds() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("diverged", true);
    all.put("text", "true");
    all.put("number", 2.5);
    all.put("none", null);
    all.put("nan", Double.NaN);
    all.put("list", Arrays.asList(false, 1));
    all.put("rows", new long[][] {{1, 2}, {}});
    assertThat(JsonText.of(all))
        .isEqualTo(
            "{\"diverged\":true,\"text\":\"true\",\"number\":2.5,\"none\":null,\"nan\":null,"
                + "\"list\":[false,1],\"rows\":[[1,2],[]]}");
    assertThat(JsonText.of(List.of())).isEqualTo("[]");
  }

  @Test
  void stringsAreEscaped() {
    assertThat(JsonText.object(json -> json.writeStringField("k", "a\"b\\c\n\u0001é")))
        .isEqualTo("{\"k\":\"a\\\"b\\\\c\\n\\u0001é\"}");
  }

  @Test
  void decimalsHaveTheirDigits() {
    assertThat(JsonText.of(Arrays.asList(JsonText.decimal(2.005, 2), JsonText.decimal(1e6, 0))))
        .isEqualTo("[2.00,1000000]");
    assertThat(JsonText.of(JsonText.decimal(0, 5))).isEqualTo("0.00000");
    assertThat(JsonText.of(JsonText.decimal(Double.NaN, 2))).isEqualTo("null");
  }
}
