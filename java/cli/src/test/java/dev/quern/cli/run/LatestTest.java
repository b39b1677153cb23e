package dev.quern.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatestTest {
  @TempDir Path dir;
  private Path one;
  private Path two;

  @BeforeEach
  void makeRuns() throws IOException {
    one = Files.createDirectory(dir.resolve("2026-11-27T13-05-09"));
    two = Files.createDirectory(dir.resolve("2026-11-27T13-05-10"));
  }

  @Test
  void leadsToTheRunThatWasNamedLast() throws IOException {
    assertThat(Latest.of(dir)).isEmpty();
    Latest.lead(one);
    assertThat(Latest.of(dir)).contains(one);
    Latest.lead(two);
    assertThat(Latest.of(dir)).contains(two);
    assertThat(dir.resolve("latest").toRealPath()).isEqualTo(two.toRealPath());
    Latest.leadByFile(one);
    assertThat(dir.resolve("latest")).hasContent(one.getFileName().toString());
    assertThat(Latest.of(dir)).contains(one);
    Latest.lead(two);
    assertThat(Latest.of(dir)).contains(two);
    try (var all = Files.list(dir)) {
      assertThat(all).containsExactlyInAnyOrder(one, two, dir.resolve("latest"));
    }
  }

  @Test
  void isFollowedAnywhereInAPath() throws IOException {
    Path model = Path.of("latest", "model.safetensors");
    assertThat(Latest.follow(dir.resolve(model))).isEqualTo(dir.resolve(model));
    Latest.lead(one);
    assertThat(Latest.follow(dir.resolve(model))).isEqualTo(one.resolve("model.safetensors"));
    Latest.leadByFile(two);
    assertThat(Latest.follow(dir.resolve(model))).isEqualTo(two.resolve("model.safetensors"));
    assertThat(Latest.follow(dir.resolve("latest"))).isEqualTo(two);
    for (String other : new String[] {"latest", "a/latest/b", "/", "../latest", "x"}) {
      assertThat(Latest.follow(Path.of(other))).isEqualTo(Path.of(other));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".", "a/b", "/etc", "../x", "a\0b", "two\nlines/"})
  void leadsNowhereElse(String content) throws IOException {
    Files.writeString(dir.resolve("latest"), content);
    assertThat(Latest.of(dir)).isEmpty();
  }

  @Test
  void otherThingsOfTheNameStay() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("latest/x"));
    assertThat(Latest.of(dir)).isEmpty();
    assertThatThrownBy(() -> Latest.lead(one)).isInstanceOf(IOException.class);
    assertThat(folder).exists();
    Files.delete(folder);
    Files.delete(dir.resolve("latest"));
    Files.write(dir.resolve("latest"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(Latest.of(dir)).isEmpty();
    Files.writeString(dir.resolve("latest"), "x".repeat(300));
    assertThat(Latest.of(dir)).isEmpty();
  }

  @Test
  void isTakenBackUnlessItLeadsElsewhere() throws IOException {
    Latest.lead(two);
    Latest.back(one, Optional.empty());
    assertThat(Latest.of(dir)).contains(two);
    Latest.back(two, Optional.of(one));
    assertThat(Latest.of(dir)).contains(one);
    Latest.back(one, Optional.empty());
    assertThat(dir.resolve("latest")).doesNotExist();
  }
}
