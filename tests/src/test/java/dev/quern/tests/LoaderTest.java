package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What breaks first for users of a native library; each in a JVM of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "library names here are Linux's")
class LoaderTest {
  private static final String CACHE = "-Dorg.bytedeco.javacpp.cachedir=";
  private static final String[] OPENBLAS = {
    "libopenblas.so.0", "libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"
  };

  @TempDir private Path temporary;

  private static String platform() {
    return Engine.info().platform();
  }

  /** Nowhere else may libraries be extracted than in this folder or those of the options. */
  private ChildJvm child(Path cache) {
    return new ChildJvm().option(CACHE + cache);
  }

  private static void assertTrains(ChildJvm.Result result) {
    assertThat(result.output()).startsWith("loss 1.4583423");
    assertThat(result.status()).isZero();
  }

  private static void assertRefused(ChildJvm.Result result, String... texts) {
    assertThat(result.output())
        .startsWith("dev.quern.error.NativeException: ")
        .contains(texts)
        .hasLineCount(1);
    assertThat(result.status()).isEqualTo(LoadMain.REFUSED);
  }

  private static void copy(String resource, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (InputStream in = LoaderTest.class.getClassLoader().getResourceAsStream(resource)) {
      if (in != null) {
        Files.copy(in, to);
      }
    }
  }

  @Test
  void onlyAnotherPlatformsLibrary() throws Exception {
    Path other = temporary.resolve("other");
    copy(NativeJar.library(), other.resolve("dev/quern/windows-x86_64/jniquern.dll"));
    ChildJvm.Result result =
        child(temporary.resolve("cache"))
            .without("libjniquern")
            .classPath(other)
            .run(LoadMain.class);
    assertRefused(
        result,
        "native library: jniquern for " + platform(),
        NativeJar.library() + " is not on the class path, only that for windows-x86_64",
        "add the artifact dev.quern:quern-native with classifier " + platform());
  }

  @Test
  void infoTellsTheRestWithoutTheLibrary() throws Exception {
    ChildJvm.Result result =
        child(temporary.resolve("cache"))
            .without("libjniquern")
            .argument("info")
            .run(dev.quern.cli.Main.class);
    assertThat(result.output())
        .startsWith("quern ")
        .contains("properties       ", "org.bytedeco.javacpp.cachedir=" + temporary)
        .contains("quern: native library: jniquern for " + platform());
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void platformThatQuernDoesNotHave() throws Exception {
    ChildJvm.Result result =
        child(temporary.resolve("cache"))
            .option("-Dorg.bytedeco.javacpp.platform=linux-ppc64le")
            .run(LoadMain.class);
    assertRefused(result, "linux-ppc64le", "no library for this platform, only for [linux-x86_64,");
  }

  @ParameterizedTest
  @CsvSource({
    "not a library, the file is not built for",
    "'', the file is not built for",
  })
  void fileThatIsNoLibrary(String content, String reason) throws Exception {
    Path folder = Files.createDirectories(temporary.resolve("folder"));
    Path file = Files.writeString(folder.resolve("libjniquern.so"), content);
    ChildJvm.Result result =
        new ChildJvm().option("-Dquern.library.path=" + folder).run(LoadMain.class);
    assertThat(result.output()) // the JVM has its own warning
        .contains("dev.quern.error.NativeException: native library: jniquern for " + platform())
        .contains(file + " cannot be loaded: file too short; " + reason + " " + platform());
    assertThat(result.status()).isEqualTo(LoadMain.REFUSED);
  }

  /** An executable of another architecture: the first bytes of one for arm64, or for x86-64. */
  @Test
  void libraryOfAnotherArchitecture() throws Exception {
    Path file = temporary.resolve("libjniquern.so");
    copy(NativeJar.library(), file);
    byte[] library = Files.readAllBytes(file);
    library[18] = (byte) (library[18] == 62 ? 183 : 62); // ELF's e_machine: x86-64, AArch64
    library[19] = 0;
    Files.write(file, library);
    ChildJvm.Result result =
        new ChildJvm().option("-Dquern.library.path=" + temporary).run(LoadMain.class);
    assertRefused(result, "cannot be loaded: ", "the file is not built for " + platform());
  }

  /** Its functions may take other arguments. */
  @Test
  void libraryOfAnotherVersion() throws Exception {
    Path file = temporary.resolve("libjniquern.so");
    copy(NativeJar.library(), file);
    String version = Engine.info().version();
    String other = "9".repeat(version.length());
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, text.replace(version, other), StandardCharsets.ISO_8859_1);
    ChildJvm.Result result =
        new ChildJvm().option("-Dquern.library.path=" + temporary).run(LoadMain.class);
    assertRefused(
        result,
        file
            + " has version "
            + other
            + ", but the Java classes of quern-native have version "
            + version,
        "use both jars in the same version");
  }

  private Path folderWithAll() throws IOException {
    Path folder = temporary.resolve("folder");
    copy(NativeJar.library(), folder.resolve("libjniquern.so"));
    for (String name : OPENBLAS) {
      copy("org/bytedeco/openblas/" + platform() + "/" + name, folder.resolve(name));
    }
    return folder;
  }

  @Test
  void explicitFolderNeedsNoJarAndNoCache() throws Exception {
    ChildJvm.Result result =
        child(temporary.resolve("cache"))
            .without("libjniquern")
            .without("libopenblas")
            .option("-Dquern.library.path=" + folderWithAll())
            .run(LoadMain.class);
    assertTrains(result);
  }

  /** What helps where nothing can be extracted; the jars may stay. */
  @Test
  void explicitFolderWhereAllIsReadOnly() throws Exception {
    try (Mount readOnly = new Mount(temporary.resolve("read-only"), "ro")) {
      ChildJvm child = child(readOnly.folder().resolve("cache"));
      child.option("-Duser.home=" + readOnly.folder());
      child.option("-Djava.io.tmpdir=" + readOnly.folder());
      child.option("-Dquern.library.path=" + folderWithAll());
      assertTrains(NativeJar.use(child, temporary).run(LoadMain.class));
    }
  }

  static List<String> libraries() {
    return Suite.first(1, List.of("libopenblas.so.0", "libjniquern.so"));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void explicitFolderIsTheOnlyOne(String name) throws Exception {
    Path folder = folderWithAll();
    Files.delete(folder.resolve(name));
    ChildJvm.Result result =
        child(temporary.resolve("cache"))
            .option("-Dquern.library.path=" + folder)
            .run(LoadMain.class);
    assertRefused(
        result,
        folder.resolve(name) + " is not a file",
        "quern.library.path names the only folder that is searched");
  }

  @Test
  void readOnlyCacheIsPassedOver() throws Exception {
    try (Mount readOnly = new Mount(temporary.resolve("read-only"), "ro")) {
      ChildJvm child = child(readOnly.folder().resolve("cache"));
      child.option("-Duser.home=" + readOnly.folder());
      child.option("-Djava.io.tmpdir=" + temporary);
      assertTrains(NativeJar.use(child, temporary).run(LoadMain.class));
    }
  }

  @Test
  void nothingButReadOnlyFolders() throws Exception {
    try (Mount readOnly = new Mount(temporary.resolve("read-only"), "ro")) {
      ChildJvm child = child(readOnly.folder().resolve("cache"));
      child.option("-Duser.home=" + readOnly.folder());
      child.option("-Djava.io.tmpdir=" + readOnly.folder());
      assertRefused(
          NativeJar.use(child, temporary).run(LoadMain.class),
          "native library: ",
          "cannot be extracted",
          "none of these folders can be written: " + readOnly.folder().resolve("cache"),
          "-Dorg.bytedeco.javacpp.cachedir=FOLDER");
    }
  }

  @Test
  void cacheWhereNothingMayBeExecuted() throws Exception {
    try (Mount noexec = new Mount(temporary.resolve("noexec"), "noexec")) {
      ChildJvm child = NativeJar.use(child(noexec.folder()), temporary);
      assertRefused(
          child.run(LoadMain.class),
          "native library: jniquern for " + platform(),
          "cannot be loaded: ",
          "the system forbids executing files in " + noexec.folder(),
          "(noexec), choose another folder with -Dorg.bytedeco.javacpp.cachedir=FOLDER");
    }
  }

  static List<Arguments> smallDisks() {
    return Suite.first(
        1, List.of(Arguments.of("8m", "openblas: "), Arguments.of("64k", "native library: ")));
  }

  @ParameterizedTest
  @MethodSource("smallDisks")
  void fullDiskIsSaidAndForgotten(String size, String what) throws Exception {
    try (Mount full = new Mount(temporary.resolve("full"), "size=" + size)) {
      ChildJvm child = NativeJar.use(child(full.folder()), temporary);
      assertRefused(
          child.run(LoadMain.class),
          what,
          "cannot be extracted",
          "the disk of " + full.folder() + " is full");
      full.change("size=100m");
      assertTrains(child.run(LoadMain.class));
    }
  }

  @Test
  void noHome() throws Exception {
    Path here = Files.createDirectories(temporary.resolve("here"));
    ChildJvm child =
        new ChildJvm()
            .prefix("env", "-u", "HOME", "-C", here.toString())
            .option("-Duser.home=?") // as Java says where the user has no entry
            .option("-Djava.io.tmpdir=" + temporary);
    assertTrains(child.run(LoadMain.class));
    assertThat(here).isEmptyDirectory();
    assertThat(temporary.resolve(".javacpp-" + System.getProperty("user.name"))).exists();
  }

  @Test
  @Tag("full")
  void eightProcessesOnAnEmptyCache() throws Exception {
    ChildJvm child = NativeJar.use(child(temporary.resolve("cache")), temporary);
    List<Callable<ChildJvm.Result>> runs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      runs.add(() -> child.run(LoadMain.class));
    }
    ExecutorService pool = Executors.newFixedThreadPool(runs.size());
    try {
      for (Future<ChildJvm.Result> f : pool.invokeAll(runs)) {
        assertTrains(f.get());
      }
    } finally {
      pool.shutdown();
    }
  }

  /** Two builds whose jars have one name. Neither may write to the file that the other runs. */
  @Test
  @Tag("full")
  void processesOfTwoBuilds() throws Exception {
    List<ChildJvm> builds = new ArrayList<>();
    for (int build = 0; build < 2; build++) {
      Path folder = Files.createDirectories(temporary.resolve("build" + build));
      builds.add(NativeJar.use(child(temporary.resolve("cache")), folder, build * 4096));
    }
    for (int run = 0; run < 4; run++) {
      assertTrains(builds.get(run % 2).run(LoadMain.class));
    }
    try (Stream<Path> all = Files.walk(temporary.resolve("cache"))) {
      List<Path> files = all.toList();
      List<Path> ours = files.stream().filter(f -> f.endsWith("libjniquern.so")).toList();
      assertThat(ours).hasSize(2);
      assertThat(files).noneMatch(f -> f.toString().endsWith(".tmp"));
      Path openblas = files.stream().filter(f -> f.endsWith("libopenblas.so.0")).findAny().get();
      assertThat(Files.getPosixFilePermissions(ours.get(0)))
          .as("other users may read it, too")
          .isEqualTo(Files.getPosixFilePermissions(openblas));
    }
  }

  static List<String> orders() {
    return Suite.first(1, List.of("together", "after"));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void severalClassLoadersOfOneProcess(String order) throws Exception {
    ChildJvm.Result result =
        NativeJar.use(child(temporary.resolve("cache")), temporary)
            .argument(order)
            .run(LoadersMain.class);
    assertThat(result.output()).isEqualToIgnoringNewLines("[loss 1.4583423]");
    try (Stream<Path> all = Files.walk(temporary.resolve("cache"))) {
      List<Path> libraries = all.filter(f -> f.endsWith("libjniquern.so")).toList();
      assertThat(libraries).anyMatch(f -> f.getParent().toString().endsWith("-copy-2"));
      assertThat(libraries).as("none a link to another").noneMatch(Files::isSymbolicLink);
    }
    assertThat(result.status()).isZero();
  }

  /** JavaCPP allows its own memory to be four times the heap, and waits for the collector first. */
  @Test
  @Tag("full")
  void smallHeapAndMuchMemoryOutsideIt() throws Exception {
    ChildJvm.Result result = new ChildJvm().option("-Xmx64m").argument("large").run(LoadMain.class);
    assertThat(result.output()).matches("(?s)large \\d{3,4}\n.*loss 1.4583423.*");
    assertThat(result.status()).isZero();
  }

  @Test
  void javaCppOfAnotherClassLoader() throws Exception {
    ChildJvm.Result result =
        child(temporary.resolve("cache")).argument("shared").run(LoadersMain.class);
    assertThat(result.output())
        .contains("JavaCPP's classes and Quern's are in two class loaders")
        .contains("load the jars of javacpp and of Quern with the same class loader");
  }
}
