package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that the script {@code quern} runs, and whose jars a build replaces meanwhile. */
@Timeout(60)
class LauncherRebuildTest {
  /** Needs a class of the other jar only when it has read a line. */
  private static final String MAIN =
      """
      package dev.quern.cli;
      public class Main {
        public static void main(String[] args) throws Exception {
          System.out.println("begun");
          System.in.read();
          System.out.println(late.Late.text());
        }
      }
      """;

  @TempDir Path dir;
  private Path home;
  private Path target;
  private Path jar;
  private Path lib;

  @BeforeEach
  void makeTree() throws IOException {
    assumeThat(System.getenv("PATH").split(":"))
        .as("without flock, the launcher makes no copies")
        .anyMatch(p -> Files.exists(Path.of(p, "flock")));
    home = Files.createDirectories(dir.resolve("tree"));
    Files.copy(Path.of(System.getProperty("quern.root"), "quern"), home.resolve("quern"));
    target = Files.createDirectories(home.resolve("java/cli/target"));
    jar = target.resolve("quern-cli.jar");
    lib = Files.createDirectories(target.resolve("lib")).resolve("late.jar");
    Files.writeString(home.resolve("pom.xml"), "");
    Files.setLastModifiedTime(
        home.resolve("pom.xml"), FileTime.from(Instant.now().minusSeconds(100)));
    build("first");
  }

  /** Writes the jars where they are, as Maven does. */
  private void build(String text) throws IOException {
    Path classes = Files.createDirectories(dir.resolve("classes"));
    String late =
        "package late; public class Late { public static String text() { return \""
            + text
            + "\"; } }";
    Path[] sources = {dir.resolve("Main.java"), dir.resolve("Late.java")};
    Files.writeString(sources[0], MAIN);
    Files.writeString(sources[1], late);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-d",
                classes.toString(),
                sources[0].toString(),
                sources[1].toString());
    assertThat(status).isZero();
    pack(jar, classes, "dev/quern/cli/Main.class");
    pack(lib, classes, "late/Late.class");
    Files.writeString(target.resolve("classpath.txt"), "");
  }

  private static void pack(Path jar, Path classes, String name) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(name));
      out.write(Files.readAllBytes(classes.resolve(name)));
    }
  }

  private Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", home.resolve("quern").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder.redirectErrorStream(true).start();
  }

  private static String end(Process p, BufferedReader lines) throws Exception {
    p.getOutputStream().write('\n');
    p.getOutputStream().close();
    String last = String.join("\n", lines.lines().toList());
    assertThat(p.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return last;
  }

  private int copies() throws IOException {
    try (var all = Files.list(home.resolve(".builds"))) {
      return (int) all.filter(Files::isDirectory).count();
    }
  }

  @Test
  void aRunEndsWithTheBuildThatItBeganWith() throws Exception {
    Process first = start();
    BufferedReader lines = first.inputReader();
    assertThat(lines.readLine()).isEqualTo("begun");
    build("second");
    Process second = start();
    BufferedReader others = second.inputReader();
    assertThat(others.readLine()).isEqualTo("begun");
    assertThat(copies()).as("one is in use").isEqualTo(2);
    Files.write(lib, new byte[0]);
    assertThat(end(first, lines)).isEqualTo("first");
    assertThat(end(second, others)).isEqualTo("second");

    build("third");
    Process third = start();
    assertThat(end(third, third.inputReader())).isEqualTo("begun\nthird");
    assertThat(copies()).as("nobody uses the others").isEqualTo(1);
  }

  /** So does what {@code mvn clean} takes away. */
  @Test
  void aRunEndsWithoutTheBuildsFolder() throws Exception {
    Process p = start();
    BufferedReader lines = p.inputReader();
    assertThat(lines.readLine()).isEqualTo("begun");
    Files.delete(lib);
    Files.delete(lib.getParent());
    Files.delete(jar);
    assertThat(end(p, lines)).isEqualTo("first");
  }

  /** As a build has that ended in this very instant, or on a machine whose clock is ahead. */
  @Test
  void aBuildOfTheFutureIsCopiedToo() throws Exception {
    Files.setLastModifiedTime(
        target.resolve("classpath.txt"), FileTime.from(Instant.now().plusSeconds(1000)));
    Process p = start();
    BufferedReader lines = p.inputReader();
    assertThat(lines.readLine()).isEqualTo("begun");
    Files.delete(lib);
    assertThat(end(p, lines)).isEqualTo("first");
  }
}
