package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Missing and foreign libraries: a message that says what to add, and never a system's OpenBLAS.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "library names here are Linux's")
class StartUpTest {
  private static final String OPENBLAS = "libopenblas.so.0";
  private static final String[] BESIDE = {"libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"};

  @TempDir private Path temporary;
  private String folder;

  @BeforeEach
  void nameFolder() {
    folder = "org/bytedeco/openblas/" + Engine.info().platform() + "/";
  }

  /** What was extracted before cannot help. */
  private ChildJvm child() {
    return new ChildJvm().option("-Dorg.bytedeco.javacpp.cachedir=" + temporary.resolve("cache"));
  }

  private static void assertRefused(ChildJvm child, String... texts) throws Exception {
    ChildJvm.Result result = child.run(LoadMain.class);
    assertThat(result.status()).as(result.output()).isEqualTo(LoadMain.REFUSED);
    assertThat(result.output())
        .startsWith("dev.quern.error.NativeException: ")
        .contains(texts)
        .hasLineCount(1);
  }

  /** Copies OpenBLAS and what it needs, changed by nobody. */
  private Path copyLibraries(Path to) throws IOException {
    Files.createDirectories(to);
    copy(OPENBLAS, to);
    for (String name : BESIDE) {
      copy(name, to);
    }
    return to.resolve(OPENBLAS);
  }

  private void copy(String name, Path to) throws IOException {
    try (InputStream in = StartUpTest.class.getClassLoader().getResourceAsStream(folder + name)) {
      if (in != null) {
        Files.copy(in, to.resolve(name));
      }
    }
  }

  @Test
  void withoutOpenBlasTheMessageSaysWhatToAdd() throws Exception {
    assertRefused(
        child().without(OPENBLAS),
        "openblas",
        "org.bytedeco:openblas:0.3.31-1.5.13",
        "classifier " + Engine.info().platform());
  }

  /** One that would work, where the system's loader looks first. */
  @Test
  void systemOpenBlasIsNotPicked() throws Exception {
    Path system = temporary.resolve("system");
    Path library = copyLibraries(system);
    Files.copy(library, system.resolve("libopenblas.so"));
    assertRefused(
        child()
            .without(OPENBLAS)
            .environment("LD_LIBRARY_PATH", system.toString())
            .option("-Djava.library.path=" + system),
        "org.bytedeco:openblas:0.3.31-1.5.13");
  }

  @Test
  void libraryThatIsNoOpenBlasIsRefused() throws Exception {
    Path fake = temporary.resolve("fake");
    Path library = copyLibraries(fake.resolve(folder));
    Path other = library.resolveSibling("libgcc_s.so.1");
    Files.delete(library);
    Files.copy(other, library);
    assertRefused(child().classPath(fake), "openblas: ", OPENBLAS, "is not an OpenBLAS");
  }

  @Test
  void fileThatIsNoLibraryIsRefused() throws Exception {
    Path fake = temporary.resolve("fake");
    Path library = copyLibraries(fake.resolve(folder));
    Files.writeString(library, "not a library");
    assertRefused(child().classPath(fake), "openblas: ", OPENBLAS, "cannot be loaded");
  }

  @Test
  void withoutOurLibraryTheMessageSaysWhatToAdd() throws Exception {
    assertRefused(
        child().without("libjniquern"),
        "native library: jniquern",
        "dev.quern:quern-native",
        "classifier " + Engine.info().platform());
  }

  private ChildJvm childWithJar() throws IOException {
    return NativeJar.use(child(), temporary);
  }

  private Path extracted() throws IOException {
    return NativeJar.extracted(temporary.resolve("cache"));
  }

  private Path extractedOpenBlas() throws IOException {
    try (Stream<Path> all = Files.walk(temporary.resolve("cache"))) {
      return all.filter(f -> f.endsWith("libopenblas.so.0")).findAny().orElseThrow();
    }
  }

  /** In place, with the time that the file has. */
  private static void overwrite(Path file, byte[] content) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, content, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    Files.setLastModifiedTime(file, time);
  }

  @Test
  void extractedCopyOfAnotherBuildIsNotUsed() throws Exception {
    assertRuns(childWithJar());
    byte[] library = Files.readAllBytes(extracted());
    overwrite(extracted(), new byte[library.length]);
    assertRuns(childWithJar());
    assertThat(extracted()).hasBinaryContent(library);
  }

  /** The test is that process: it holds JavaCPP's lock, as whoever extracts does. */
  @Test
  void copyThatAnotherProcessIsExtractingIsWaitedFor() throws Exception {
    assertRuns(childWithJar());
    Path openblas = extractedOpenBlas();
    byte[] library = Files.readAllBytes(openblas);
    Object file = Files.getAttribute(openblas, "unix:ino");
    CompletableFuture<Void> started = new CompletableFuture<>();
    try (FileChannel channel =
            FileChannel.open(temporary.resolve("cache/.lock"), StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();
      overwrite(openblas, Arrays.copyOf(library, library.length / 2));
      started.completeAsync(
          () -> {
            try {
              assertRuns(childWithJar());
              return null;
            } catch (Exception e) {
              throw new CompletionException(e);
            }
          });
      Thread.sleep(1500);
      overwrite(openblas, library);
    }
    started.join();
    assertThat(Files.getAttribute(openblas, "unix:ino")).isEqualTo(file);
  }

  private static void assertRuns(ChildJvm child) throws Exception {
    ChildJvm.Result result = child.run(LoadMain.class);
    assertThat(result.status()).as(result.output()).isZero();
  }
}
