package dev.quern.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunedChoicesTest {
  @TempDir Path dir;

  private Path file() {
    return dir.resolve("a/b/choices.properties");
  }

  @Test
  void whatOneProcessFindsTheNextKnows() {
    TunedChoices one = new TunedChoices(file());
    assertThat(one.get("a cpu/x=1:2")).isNull();
    one.put("a cpu/x=1:2", "direct");
    assertThat(one.get("a cpu/x=1:2")).isEqualTo("direct");
    assertThat(new TunedChoices(file()).get("a cpu/x=1:2")).isEqualTo("direct");
  }

  @Test
  void whatOthersWroteMeanwhileStays() throws IOException {
    TunedChoices one = new TunedChoices(file());
    TunedChoices other = new TunedChoices(file());
    assertThat(one.get("a")).isNull();
    other.put("b", "gemm");
    one.put("a", "direct");
    TunedChoices later = new TunedChoices(file());
    assertThat(later.get("a")).isEqualTo("direct");
    assertThat(later.get("b")).isEqualTo("gemm");
    try (var files = Files.list(file().getParent())) {
      assertThat(files).as("no temporary file stays").containsExactly(file());
    }
  }

  @Test
  void damagedFileIsStartedAnew() throws IOException {
    Files.createDirectories(file().getParent());
    for (String damage : new String[] {"a=\\u12", "a=\\uzzzz", "x".repeat(2 << 20)}) {
      Files.writeString(file(), damage);
      TunedChoices choices = new TunedChoices(file());
      assertThat(choices.get("a")).isNull();
      choices.put("a", "direct");
      assertThat(new TunedChoices(file()).get("a")).isEqualTo("direct");
      assertThat(Files.size(file())).isLessThan(1000);
    }
  }

  @Test
  void withoutAFileChoicesLastAsLongAsTheProcess() throws IOException {
    Files.createDirectories(file()); // a folder is where the file should be
    Files.writeString(file().resolve("x"), "");
    for (Path none : new Path[] {null, file(), file().resolve("x/y")}) {
      TunedChoices choices = new TunedChoices(none);
      assertThat(choices.get("a")).isNull();
      choices.put("a", "direct");
      assertThat(choices.get("a")).isEqualTo("direct");
    }
    assertThat(file().resolve("x")).isEmptyFile();
  }

  @Test
  void liesWhereTheSystemKeepsCaches() {
    Path home = dir.resolve("home");
    Path set = dir.resolve("set");
    Map<String, String> environment =
        Map.of("XDG_CACHE_HOME", set.toString(), "LOCALAPPDATA", set.toString());
    assertThat(in(Map.of(), "Linux")).isEqualTo(home.resolve(".cache/quern"));
    assertThat(in(environment, "Linux")).isEqualTo(set.resolve("quern"));
    assertThat(in(Map.of("XDG_CACHE_HOME", "here"), "Linux"))
        .as("one that is not absolute counts as unset")
        .isEqualTo(home.resolve(".cache/quern"));
    assertThat(in(environment, "Mac OS X")).isEqualTo(home.resolve("Library/Caches/quern"));
    assertThat(in(environment, "Windows 11")).isEqualTo(set.resolve("quern/cache"));
    assertThat(in(Map.of(), "Windows 11")).isEqualTo(home.resolve("AppData/Local/quern/cache"));
    assertThat(TunedChoices.file(Map.of(), new Properties())).isNull();
  }

  private Path in(Map<String, String> environment, String os) {
    Properties system = new Properties();
    system.setProperty("os.name", os);
    system.setProperty("user.home", dir.resolve("home").toString());
    return TunedChoices.file(environment, system).getParent();
  }
}
