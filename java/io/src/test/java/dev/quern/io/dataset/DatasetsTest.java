package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.SearchPath;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetsTest {
  @TempDir Path temp;
  private final Map<KnownDataset, Archive> archives = new HashMap<>();

  private Dataset load(String name, Path dataDir, boolean download) {
    SearchPath search =
        new SearchPath(
            Map.of("QUERN_DATA", temp.resolve("env").toString()),
            temp.resolve("work"),
            temp.resolve("home"),
            "Linux",
            temp.resolve("install"));
    Downloader downloader = new Downloader(Duration.ofSeconds(5), Duration.ZERO);
    return new Datasets(search, () -> downloader, archives)
        .find(Datasets.known(name), Split.TEST, dataDir, download, DownloadListener.NONE);
  }

  /** One image whose single pixel tells where it was found. */
  private static void writeIdx(Path folder, int pixel) throws IOException {
    Files.createDirectories(folder);
    Idx.write(
        folder,
        Split.TEST,
        new IdxFile(new int[] {1, 1, 1}, new byte[] {(byte) pixel}),
        new IdxFile(new int[] {1}, new byte[] {9}));
  }

  private static int pixel(Dataset data) {
    var pixel = java.nio.ByteBuffer.allocate(1);
    data.copyBytes(0, pixel);
    return pixel.get(0);
  }

  @Test
  void looksInTheUsualPlacesInOrder() throws IOException {
    List<Path> places =
        List.of(
            temp.resolve("install/data"),
            temp.resolve("home/.cache/quern"),
            temp.resolve("work/data"),
            temp.resolve("env"));
    for (int i = 0; i < places.size(); i++) {
      writeIdx(places.get(i).resolve("mnist"), i);
      assertThat(pixel(load("mnist", null, false))).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "mnist", "MNIST/raw"})
  void looksInTheFolderAndItsSubfolders(String sub) throws IOException {
    writeIdx(temp.resolve("given").resolve(sub), 7);
    Dataset data = load("mnist", temp.resolve("given"), false);
    assertThat(pixel(data)).isEqualTo(7);
    assertThat(data.name()).isEqualTo("mnist");
    assertThat(data.classes()).startsWith("0", "1").endsWith("9");
  }

  @Test
  void tellsDataSetsWithTheSameFileNamesApart() throws IOException {
    writeIdx(temp.resolve("given/mnist"), 1);
    writeIdx(temp.resolve("given/fashion-mnist"), 2);
    writeIdx(temp.resolve("given/fashion-mnist-sample"), 3);
    assertThat(pixel(load("fashion-mnist", temp.resolve("given"), false))).isEqualTo(2);
    assertThat(pixel(load("fashion-mnist-sample", temp.resolve("given"), false))).isEqualTo(3);
    assertThat(load("fashion-mnist", temp.resolve("given"), false).classes())
        .endsWith("Ankle boot");
    assertThatThrownBy(() -> load("mnist", temp.resolve("given/fashion-mnist"), false))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void cifar100IsTwoDataSetsOfTheSameFiles() throws IOException {
    Cifar100Files.write(
        Files.createDirectories(temp.resolve("env/cifar100")), Cifar100Layout.BINARY);
    for (String name : List.of("cifar100", "cifar100-coarse")) {
      for (String folder : List.of("env", "env/cifar100", "env/cifar100/cifar-100-binary")) {
        assertThatThrownBy(() -> load(name, temp.resolve(folder), false))
            .isInstanceOf(FormatException.class) // it is found, and small
            .hasMessageContaining("are not 10000 records of 3074");
      }
    }
  }

  @Test
  void aGivenFolderIsTheOnlyOne() throws IOException {
    writeIdx(temp.resolve("env/mnist"), 1);
    assertThatThrownBy(() -> load("mnist", temp.resolve("given"), false))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(temp.resolve("given").toString())
        .hasMessageNotContaining(temp.resolve("env").toString());
  }

  @Test
  void brokenFilesAreNotPassedOver() throws IOException {
    writeIdx(temp.resolve("env/mnist"), 1);
    writeIdx(temp.resolve("work/data/mnist"), 2);
    Files.writeString(temp.resolve("env/mnist/t10k-images-idx3-ubyte.gz"), "broken");
    assertThatThrownBy(() -> load("mnist", null, false)).isInstanceOf(FormatException.class);
  }

  @Test
  void whatIsMissingIsAnErrorThatSaysWhereAndHow() {
    archives.putAll(Archive.published());
    assertThatThrownBy(() -> load("cifar10", null, false))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContainingAll(
            temp.resolve("env").toString(),
            temp.resolve("work/data").toString(),
            temp.resolve("home/.cache/quern").toString(),
            "--download",
            "170 MB",
            "www.cs.toronto.edu");
    assertThatThrownBy(() -> load("cifar100", null, false))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContainingAll("--download", "169 MB", "cifar-100-binary.tar.gz");
    for (boolean download : new boolean[] {false, true}) {
      assertThatThrownBy(() -> load("svhn", temp, download))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContainingAll("test_32x32.mat", "into " + temp.resolve("svhn"));
      assertThatThrownBy(() -> load("fashion-mnist", temp, download))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContainingAll("dataset-fashion-mnist", "train-images-idx3-ubyte.gz");
      assertThatThrownBy(() -> load("mnist", temp, download))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("t10k-labels-idx1-ubyte.gz");
    }
  }

  @Test
  void theSamplesJarIsTheLastPlace() throws IOException {
    Path jar = temp.resolve("jar");
    writeIdx(jar.resolve("dev/quern/samples/fashion-mnist-sample"), 5);
    Dataset data = beside(jar, () -> load("fashion-mnist-sample", null, false));
    assertThat(pixel(data)).isEqualTo(5);
    assertThat(data.name()).isEqualTo("fashion-mnist-sample");
    assertThat(data.classes()).startsWith("T-shirt/top");
    Path given = temp.resolve("given");
    assertThatThrownBy(() -> beside(jar, () -> load("fashion-mnist-sample", given, false)))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> beside(jar, () -> load("mnist", null, false)))
        .isInstanceOf(NotFoundException.class);
    writeIdx(temp.resolve("install/data/fashion-mnist-sample"), 6);
    data = beside(jar, () -> load("fashion-mnist-sample", null, false));
    assertThat(pixel(data)).isEqualTo(6);
  }

  @Test
  void aMissingOrBrokenSamplesJarIsAnErrorThatNamesIt() throws IOException {
    assertThatThrownBy(() -> load("fashion-mnist-sample", null, false))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("dev.quern:quern-samples");
    Path jar = temp.resolve("jar");
    Path folder = jar.resolve("dev/quern/samples/fashion-mnist-sample");
    writeIdx(folder, 5);
    Files.writeString(folder.resolve("t10k-images-idx3-ubyte.gz"), "broken");
    assertThatThrownBy(() -> beside(jar, () -> load("fashion-mnist-sample", null, false)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("t10k-images-idx3-ubyte.gz: not gzip");
    writeIdx(folder, 5);
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
    assertThatThrownBy(() -> beside(jar, () -> load("fashion-mnist-sample", null, false)))
        .isInstanceOf(FileAccessException.class)
        .hasMessageContaining("t10k-labels-idx1-ubyte.gz");
  }

  /** With a folder that only the thread's class loader has. */
  private static Dataset beside(Path folder, Supplier<Dataset> load) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return load.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void refusesUnknownNames() {
    assertThatThrownBy(
            () -> Datasets.load("imagenet", Split.TEST, temp, false, DownloadListener.NONE))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(
            "imagenet is not one of cifar10, cifar100, cifar100-coarse, svhn, mnist, fashion-mnist,"
                + " fashion-mnist-sample");
    assertThatThrownBy(() -> Datasets.load(null, Split.TEST))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void downloadsIntoTheCacheOrTheGivenFolder() throws IOException {
    TarBuilder tar = new TarBuilder();
    tar.file("cifar-10-batches-bin/batches.meta.txt", String.join("\n", CifarFiles.CLASSES));
    tar.file("cifar-10-batches-bin/test_batch.bin", new byte[10_000 * 3073]);
    try (TestServer server = new TestServer(tar.bytes())) {
      archives.put(
          KnownDataset.CIFAR10,
          new Archive(server.file("cifar-10-binary.tar.gz"), "cifar-10-batches-bin", 64 << 20));
      assertThat(load("cifar10", null, true).size()).isEqualTo(10_000);
      assertThat(temp.resolve("home/.cache/quern/cifar-10-batches-bin/test_batch.bin")).exists();
      assertThat(load("cifar10", temp.resolve("given"), true).size()).isEqualTo(10_000);
      assertThat(load("cifar10", temp.resolve("given/cifar-10-batches-bin"), true).size())
          .isEqualTo(10_000);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void theCacheFollowsTheSystemsCustom() {
    Path home = temp.resolve("home");
    assertThat(cache(Map.of(), "Linux")).isEqualTo(home.resolve(".cache/quern"));
    assertThat(cache(Map.of("XDG_CACHE_HOME", temp + "/xdg"), "Linux"))
        .isEqualTo(temp.resolve("xdg/quern"));
    assertThat(cache(Map.of("XDG_CACHE_HOME", "relative"), "Linux"))
        .isEqualTo(home.resolve(".cache/quern"));
    assertThat(cache(Map.of("XDG_CACHE_HOME", ""), "FreeBSD"))
        .isEqualTo(home.resolve(".cache/quern"));
    assertThat(cache(Map.of(), "Mac OS X")).isEqualTo(home.resolve("Library/Caches/quern"));
    assertThat(cache(Map.of("LOCALAPPDATA", temp + "/local"), "Windows 11"))
        .isEqualTo(temp.resolve("local/quern/cache"));
    assertThat(cache(Map.of(), "Windows 11")).isEqualTo(home.resolve("AppData/Local/quern/cache"));
  }

  private Path cache(Map<String, String> environment, String system) {
    return new SearchPath(environment, temp, temp.resolve("home"), system, null).cache();
  }
}
