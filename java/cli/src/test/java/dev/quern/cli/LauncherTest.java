package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the script {@code quern} finds Java and runs the command line. */
@Timeout(60)
class LauncherTest extends LauncherTree {
  @Test
  void passesArgumentsFolderAndExitStatus() throws Exception {
    Run r = run("predict", "a b.png", "", "*", "$HOME", "--x=\"1\"");
    assertThat(r.status()).isEqualTo(7);
    assertThat(r.lines()).startsWith("dir " + dir.toRealPath());
    int main = r.lines().indexOf("[dev.quern.cli.Main]");
    assertThat(r.lines().subList(main + 1, r.lines().size()))
        .containsExactly("[predict]", "[a b.png]", "[]", "[*]", "[$HOME]", "[--x=\"1\"]");
    assertThat(r.lines().subList(0, main))
        .contains(
            "[--enable-native-access=ALL-UNNAMED]",
            "[-Dquern.home=" + home.toRealPath() + "]",
            "[-Dquern.terminal=false]",
            "[-cp]",
            "[" + copy() + "/*:" + copy() + "/lib/*]");
    assertThat(builds()).isEmpty();
  }

  /** The copy of the build that runs begin with now. */
  private Path copy() throws IOException {
    Path copies = home.toRealPath().resolve(".builds");
    return copies.resolve(Files.readString(copies.resolve("newest")).strip());
  }

  private List<Path> copies() throws IOException {
    try (var all = Files.list(home.toRealPath().resolve(".builds"))) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  @Test
  void aBuildIsCopiedOnce() throws Exception {
    run("info");
    Path first = copy();
    assertThat(first.resolve("quern-cli.jar")).exists();
    assertThat(first.resolve("lib/quern-core.jar")).exists();
    run("info");
    assertThat(copies()).containsExactly(first);
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(2)));
    Files.delete(first.resolve("quern-cli.jar"));
    run("info");
    assertThat(copies()).hasSize(1).doesNotContain(first);
    assertThat(copy().resolve("quern-cli.jar")).exists();
  }

  @Test
  void withoutACopyTheBuildItselfRuns() throws Exception {
    Path target = home.toRealPath().resolve("java/cli/target");
    String own = "[" + target + "/*:" + target + "/lib/*]";
    Files.delete(target.resolve("quern-cli.jar")); // cannot be copied
    assertThat(run("info").lines()).contains(own).noneMatch(l -> l.startsWith("cp"));
    assertThat(copies()).isEmpty();
    touch("java/cli/target/quern-cli.jar", -60);
    Files.delete(bin.resolve("flock"));
    assertThat(run("info").lines()).contains(own);
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    Path other = Files.createDirectories(dir.resolve("other/deep"));
    Path relative = Files.createSymbolicLink(other.resolve("q"), Path.of("../../a tree/quern"));
    Path absolute = Files.createSymbolicLink(dir.resolve("q2"), relative);
    for (Path link : new Path[] {relative, absolute}) {
      assertThat(run(launcher(link, "info")).lines())
          .contains("[-Dquern.home=" + home.toRealPath() + "]", "[info]");
    }
  }

  @Test
  void takesJavaFromThePathToo() throws Exception {
    ProcessBuilder builder = launcher(home.resolve("quern"), "info");
    builder.environment().remove("JAVA_HOME");
    assertThat(run(builder).lines())
        .containsExactly("quern: Java 17 or later is needed: install a JDK, or set JAVA_HOME");
    Files.createSymbolicLink(bin.resolve("java"), jdk.resolve("bin/java"));
    assertThat(run(builder).lines()).contains("[info]");
  }

  @Test
  void refusesAJavaThatIsTooOld() throws Exception {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    Run r = run("info");
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines())
        .containsExactly("quern: Java 17 or later is needed, " + jdk + "/bin/java is 11");
    Files.delete(jdk.resolve("release"));
    script(jdk.resolve("bin/java"), "#!/bin/sh\necho 'java version \"1.8.0_292\"' >&2\n");
    assertThat(run("info").lines()).singleElement().asString().endsWith("bin/java is 8");
  }

  @Test
  void refusesAJavaHomeWithoutJava() throws Exception {
    Files.delete(jdk.resolve("bin/java"));
    Run r = run("info");
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines())
        .singleElement()
        .asString()
        .contains(jdk.toString(), "does not contain bin/java");
  }

  @Test
  void acceptsLaterAndUnknownVersions() throws Exception {
    for (String release : new String[] {"JAVA_VERSION=\"25\"", "JAVA_VERSION=\"27-ea\"", ""}) {
      Files.writeString(jdk.resolve("release"), release + "\n");
      assertThat(run("info").lines()).as(release).contains("[info]");
    }
  }

  @Test
  void localeAllowsFileNamesBeyondAscii() throws Exception {
    assertThat(run("info").lines()).contains("locale C.UTF-8");
    ProcessBuilder utf8 = launcher(home.resolve("quern"), "info");
    utf8.environment().put("LANG", "C.UTF-8");
    assertThat(run(utf8).lines()).contains("locale none");
    ProcessBuilder missing = launcher(home.resolve("quern"), "info");
    missing.environment().put("LANG", "xx_XX.UTF-8");
    // what the command says of a locale that is not installed
    script(bin.resolve("locale"), "#!/bin/sh\necho ANSI_X3.4-1968\n");
    assertThat(run(missing).lines()).contains("locale C.UTF-8");
  }
}
