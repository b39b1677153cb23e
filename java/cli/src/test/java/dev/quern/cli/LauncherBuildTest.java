package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the script {@code quern} builds, what it builds, and what it says. */
@Timeout(60)
class LauncherBuildTest extends LauncherTree {
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
    ProcessBuilder nonsense = launcher(home.resolve("quern"), "info");
    nonsense.environment().put("QUERN_ISA", "sse9");
    run(nonsense);
    assertThat(builds()).hasSize(2);
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
}
