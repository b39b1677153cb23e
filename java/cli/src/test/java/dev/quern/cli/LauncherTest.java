package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code quern} in a tree of its own, with a Java and a Maven that only tell. */
@Timeout(60)
class LauncherTest {
  /** Prints how it was called. */
  private static final String JAVA =
      "#!/bin/sh\necho \"dir $PWD\"; echo \"locale ${LC_ALL:-none}\"\n"
          + "for a in \"$@\"; do echo \"[$a]\"; done\nexit 7\n";

  /** Does what a build does for the launcher, and counts. */
  private static final String MAVEN =
      "#!/bin/sh\n"
          + "sleep 0.3; echo \"$JAVA_HOME $*\" >> ../builds\n"
          + "touch java/cli/target/classpath.txt\n";

  private static final String[] TOOLS = {
    "dirname",
    "readlink",
    "sed",
    "find",
    "mkdir",
    "rm",
    "stty",
    "sh",
    "flock",
    "touch",
    "sleep",
    "cp",
    "mv",
    "date",
    "cksum",
    "grep",
    "head",
    "tail",
    "tee"
  };

  @TempDir Path dir;
  private Path home;
  private Path jdk;
  private Path bin;
  private Path stamp;

  /** What a run printed, the two streams together, and its exit status. */
  private record Run(int status, List<String> lines) {}

  @BeforeEach
  void makeTree() throws IOException {
    home = Files.createDirectories(dir.resolve("a tree"));
    Files.copy(Path.of(System.getProperty("quern.root"), "quern"), home.resolve("quern"));
    jdk = Files.createDirectories(dir.resolve("jdk/bin")).getParent();
    script(jdk.resolve("bin/java"), JAVA);
    script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.9\"\n");
    bin = Files.createDirectories(dir.resolve("bin"));
    for (String tool : TOOLS) {
      for (String place : new String[] {"/bin/", "/usr/bin/"}) {
        if (Files.exists(Path.of(place + tool)) && !Files.exists(bin.resolve(tool))) {
          Files.createSymbolicLink(bin.resolve(tool), Path.of(place + tool));
        }
      }
    }
    for (String tool : new String[] {"cmake", "g++"}) {
      script(bin.resolve(tool), "#!/bin/sh\n");
    }
    script(bin.resolve("mvn"), MAVEN);
    stamp = home.resolve("java/cli/target/classpath.txt");
    for (String source : new String[] {"pom.xml", "native/src/a.cpp", "java/cli/src/main/A.java"}) {
      touch(source, -100);
    }
    for (String jar : new String[] {"quern-cli.jar", "lib/quern-core.jar"}) {
      touch("java/cli/target/" + jar, -60);
    }
    touch("java/cli/target/classpath.txt", -50);
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private void touch(String name, int seconds) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }

  private ProcessBuilder launcher(Path script, String... args) {
    List<String> line = new ArrayList<>(List.of("sh", script.toString()));
    line.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(line).directory(dir.toFile()).redirectErrorStream(true);
    Map<String, String> env = builder.environment();
    env.keySet().removeIf(k -> k.startsWith("LC_") || k.startsWith("JAVA") || k.equals("LANG"));
    env.put("PATH", bin.toString());
    env.put("JAVA_HOME", jdk.toString());
    return builder;
  }

  private static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process p = builder.start();
    List<String> lines = p.inputReader().lines().toList();
    assertThat(p.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(p.exitValue(), lines);
  }

  private Run run(String... args) throws IOException, InterruptedException {
    return run(launcher(home.resolve("quern"), args));
  }

  private List<String> builds() throws IOException {
    Path log = dir.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

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
  void theNotebookGetsTheJvmsBestCompiler() throws Exception {
    assertThat(run("train").lines()).contains("[-XX:TieredStopAtLevel=1]");
    assertThat(run("notebook").lines()).doesNotContain("[-XX:TieredStopAtLevel=1]");
    assertThat(run("--debug", "notebook").lines()).doesNotContain("[-XX:TieredStopAtLevel=1]");
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
    assertThat(r.lines()).singleElement().asString().contains(jdk.toString(), "no bin/java");
  }

  @Test
  void acceptsLaterAndUnknownVersions() throws Exception {
    for (String release : new String[] {"JAVA_VERSION=\"25\"", "JAVA_VERSION=\"27-ea\"", ""}) {
      Files.writeString(jdk.resolve("release"), release + "\n");
      assertThat(run("info").lines()).as(release).contains("[info]");
    }
  }

  @Test
  void buildsWhatIsMissingOnce() throws Exception {
    Files.delete(stamp);
    Files.createDirectories(stamp.resolveSibling("lib"));
    Run r = run("info");
    assertThat(r.lines().get(0)).startsWith("quern: building");
    assertThat(r.lines()).contains("[info]");
    assertThat(builds())
        .singleElement()
        .asString()
        .startsWith(jdk.toRealPath() + " ")
        .contains("-DskipTests", "-Dnative.tiers=native", "-pl java/cli -am package");
    assertThat(stamp.resolveSibling("lib")).doesNotExist();
    assertThat(run("info").lines()).noneMatch(l -> l.startsWith("quern:"));
    assertThat(builds()).hasSize(1);
  }

  @Test
  void buildsWhereASourceIsNewer() throws Exception {
    touch("java/cli/src/test/ATest.java", -10);
    touch("native/target/x.o", -10);
    run("info");
    assertThat(builds()).isEmpty();
    touch("native/src/b.cpp", -10);
    run("info");
    assertThat(builds()).hasSize(1);
    touch("pom.xml", 100);
    run("info");
    assertThat(builds()).hasSize(2);
  }

  @Test
  void ofTwoStartedAtOnceOneBuilds() throws Exception {
    Files.delete(stamp);
    Process a = launcher(home.resolve("quern"), "info").start();
    Process b = launcher(home.resolve("quern"), "info").start();
    for (Process p : new Process[] {a, b}) {
      assertThat(p.inputReader().lines()).contains("[info]");
      assertThat(p.waitFor()).isEqualTo(7);
    }
    assertThat(builds()).hasSize(1);
  }

  @Test
  void namesEveryToolThatABuildLacks() throws Exception {
    Files.delete(stamp);
    Files.delete(bin.resolve("mvn"));
    Files.delete(bin.resolve("g++"));
    Files.delete(jdk.resolve("bin/javac"));
    Run r = run("info");
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines())
        .singleElement()
        .asString()
        .startsWith("quern: cannot build, for lack of: mvn g++ javac")
        .doesNotContain("cmake");
  }

  @Test
  void aBuildThatFailsEndsItAndSaysWhy() throws Exception {
    Files.delete(stamp);
    script(bin.resolve("mvn"), "#!/bin/sh\necho broken >&2\nexit 1\n");
    Run r = run("info");
    String log = home.toRealPath().resolve(".builds/build.log").toString();
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines())
        .containsExactly(
            "quern: building; the first time takes a minute or two",
            "broken",
            "quern: the build failed; " + log + " says more");
    script(
        bin.resolve("mvn"),
        "#!/bin/sh\nfor i in 1 2 3; do echo line; done; echo '[ERROR] a.cpp: odd'\nexit 1\n");
    assertThat(run("info").lines()).hasSize(3).contains("[ERROR] a.cpp: odd");
  }

  @Test
  void aBuildShowsItsModules() throws Exception {
    Files.delete(stamp);
    String told = "echo '[INFO] Building Quern: core 0.1.0-SNAPSHOT   [4/13]'; echo other\n";
    script(bin.resolve("mvn"), MAVEN + told);
    assertThat(run("info").lines())
        .containsSubsequence(
            "quern: building; the first time takes a minute or two",
            "quern: [4/13] Quern: core",
            "[info]")
        .doesNotContain("other");
  }

  @Test
  void buildsAllKernelsWhereThoseOfOneProcessorAreNotEnough() throws Exception {
    Files.delete(stamp);
    run("info");
    Path processor = home.resolve(".builds/processor");
    assertThat(processor).exists();
    ProcessBuilder asking = launcher(home.resolve("quern"), "info");
    asking.environment().put("QUERN_ISA", "baseline");
    assertThat(run(asking).lines()).contains("[info]");
    assertThat(run(asking).lines()).contains("[info]");
    assertThat(builds()).hasSize(2).last().asString().contains("-Dnative.tiers=all");
    assertThat(processor).doesNotExist();
    Files.writeString(processor, "another one\n");
    run("info");
    run("info");
    assertThat(builds()).hasSize(3).last().asString().contains("-Dnative.tiers=all");
  }

  @Test
  void bindingsStayWhereNothingOfThemHasChanged() throws Exception {
    Path cache = home.resolve("native/target/cmake/linux-x86_64/CMakeCache.txt");
    touch("native/target/cmake/linux-x86_64/CMakeCache.txt", -60);
    touch("native/include/quern.h", -60);
    Files.writeString(cache, "CMAKE_HOME_DIRECTORY:INTERNAL=" + home.toRealPath() + "/native\n");
    touch("native/src/a.cpp", 0);
    run("info");
    assertThat(builds()).last().asString().contains("-Dnative.bound=true");
    touch("native/include/quern.h", 100);
    run("info");
    assertThat(builds()).last().asString().contains("-Dnative.bound=false");
    touch("native/include/quern.h", -60);
    touch("native/src/a.cpp", 100);
    Files.writeString(cache, "CMAKE_HOME_DIRECTORY:INTERNAL=/another/clone/native\n");
    run("info"); // of a clone that was moved
    assertThat(builds()).hasSize(3).last().asString().contains("-Dnative.bound=false");
  }

  @Test
  void behindABuildThatWasKilledOrFullTheNextBeginsAnew() throws Exception {
    Files.delete(stamp);
    touch("native/target/half.o", -10);
    script(bin.resolve("mvn"), "#!/bin/sh\necho 'as: x.o: No space left on device'; kill $$\n");
    Run full = run("info");
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.lines())
        .hasSize(2)
        .contains("quern: the build failed: no space is left on the disk of " + home.toRealPath());
    assertThat(home.resolve("native/target/half.o")).exists();
    script(bin.resolve("mvn"), MAVEN);
    assertThat(run("info").lines()).contains("[info]");
    assertThat(home.resolve("native/target/half.o")).doesNotExist();
    touch("native/target/whole.o", -10);
    Files.delete(stamp);
    assertThat(run("info").lines()).contains("[info]");
    assertThat(home.resolve("native/target/whole.o")).exists();
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
