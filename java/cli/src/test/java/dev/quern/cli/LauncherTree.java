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
import org.junit.jupiter.api.io.TempDir;

/** The script {@code quern} in a tree of its own, with a Java and a Maven that only tell. */
abstract class LauncherTree {
  /** Prints how it was called. */
  private static final String JAVA =
      "#!/bin/sh\necho \"dir $PWD\"; echo \"locale ${LC_ALL:-none}\"\n"
          + "for a in \"$@\"; do echo \"[$a]\"; done\nexit 7\n";

  /** Does what a build does for the launcher, and counts. */
  static final String MAVEN =
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
  Path home;
  Path jdk;
  Path bin;
  Path stamp;

  /** What a run printed, the two streams together, and its exit status. */
  record Run(int status, List<String> lines) {}

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

  static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  void touch(String name, int seconds) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }

  ProcessBuilder launcher(Path script, String... args) {
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

  static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process p = builder.start();
    List<String> lines = p.inputReader().lines().toList();
    assertThat(p.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(p.exitValue(), lines);
  }

  Run run(String... args) throws IOException, InterruptedException {
    return run(launcher(home.resolve("quern"), args));
  }

  List<String> builds() throws IOException {
    Path log = dir.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }
}
