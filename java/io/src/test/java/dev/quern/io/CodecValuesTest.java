package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.predict.ModelData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What codecs of the application's own write into files and read there. */
@Timeout(120)
class CodecValuesTest {
  @TempDir Path folder;

  @AfterEach
  void forget() {
    Codecs.layers().forEach(Codecs::remove);
    Codecs.losses().forEach(Codecs::remove);
  }

  private static Map<String, Map<String, ?>> badValues() {
    Map<String, Map<String, ?>> all = new LinkedHashMap<>();
    all.put("the values are null", null);
    all.put("key type is reserved", Map.of("type", "conv2d"));
    all.put("key inputs is reserved", Map.of("inputs", List.of("x")));
    all.put("key a: NaN is not a string", Map.of("a", Double.NaN));
    all.put("key a: Infinity is not a string", Map.of("a", Float.POSITIVE_INFINITY));
    all.put("key a: a java.lang.Object is not a string", Map.of("a", new Object()));
    all.put(
        "key b: null is not a string",
        Map.of("a", Map.of("b", Collections.emptyMap()), "c", nulls()));
    all.put("unpaired surrogate", Map.of("a", "\ud800"));
    all.put("a string is longer than 65536", Map.of("a", "x".repeat(70_000)));
    all.put("a key is not a string", keyed());
    all.put("more than 10000 values", Map.of("a", Collections.nCopies(1 << 30, 1)));
    all.put("values or more than 16 levels", Map.of("a", deep()));
    all.put("threw java.lang.UnsupportedOperationException", throwing());
    return all;
  }

  private static Map<String, Object> nulls() {
    Map<String, Object> map = new HashMap<>();
    map.put("b", null);
    return map;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<String, Object> keyed() {
    return (Map) Map.of(1, 2);
  }

  private static List<Object> deep() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    return list;
  }

  private static Map<String, Object> throwing() {
    return new AbstractMap<>() {
      @Override
      public Set<Entry<String, Object>> entrySet() {
        throw new UnsupportedOperationException("mine");
      }
    };
  }

  @Test
  void whatWritingFailsByIsAFormatException() {
    badValues()
        .forEach(
            (why, values) -> {
              Codecs.layer(Swish.NAME, Swish.class, s -> values, in -> new Swish(1));
              Path file = folder.resolve("untouched");
              assertThatThrownBy(
                      () -> ModelFile.save(file, ModelData.untrained(Swish.network(), 1)))
                  .as(why)
                  .isInstanceOf(FormatException.class)
                  .hasMessageContaining("network: layer swish: codec of layer acme.swish")
                  .hasMessageContaining(why);
              assertThat(Files.exists(file)).isFalse();
            });
  }

  @Test
  void valuesOfEveryKindComeBack() {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("text", "ä\u2028\"");
    written.put("flag", true);
    written.put("int", Integer.MIN_VALUE);
    written.put("long", Long.MAX_VALUE);
    written.put("float", 0.1f);
    written.put("double", Math.PI);
    written.put("list", List.of(1.5, 2, -3f));
    written.put("texts", List.of("a", "b"));
    written.put("map", Map.of("inner", 7));
    List<Object> read = new ArrayList<>();
    Codecs.layer(
        Swish.NAME,
        Swish.class,
        s -> written,
        in -> {
          assertThat(in.has("text")).isTrue();
          assertThat(in.has("none")).isFalse();
          read.add(in.text("text"));
          read.add(in.flag("flag", false));
          read.add(in.integer("int"));
          read.add((long) in.number("long"));
          read.add((float) in.number("float"));
          read.add(in.number("double"));
          assertThat(in.numbers("list")).containsExactly(1.5, 2, -3);
          read.add(in.texts("texts"));
          read.add(in.values("map").integer("inner"));
          read.add(in.integer("none", 3));
          read.add(in.number("none", 0.5));
          read.add(in.text("none", "x"));
          return new Swish(1);
        });
    String text = NetworkJson.write(Swish.network());
    NetworkJson.read(text);
    assertThatThrownBy(
            () -> NetworkJson.read(text.replace("\"inner\":7", "\"inner\":7,\"iner\":8")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("key \"iner\": unknown");
    read.subList(11, read.size()).clear(); // what the refused one read, too
    assertThat(read)
        .containsExactly(
            "ä\u2028\"",
            true,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            0.1f,
            Math.PI,
            List.of("a", "b"),
            7,
            3,
            0.5,
            "x");
  }
}
