package dev.quern.io.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Preprocessing;
import dev.quern.error.DownloadException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.io.ModelFile;
import dev.quern.io.dataset.DownloadListener;
import dev.quern.io.dataset.TestServer;
import dev.quern.io.file.SearchPath;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A made network comes from a server of the test's own into a folder of its own. */
class PretrainedCacheTest {
  @TempDir Path temp;
  private TestServer server;
  private Path folder;
  private Path original;
  private PretrainedCache cache;
  private Pretrained small;
  private final ModelData model = ModelData.untrained(Networks.byName("lenet"), 3);

  @BeforeEach
  void start() throws IOException {
    original = temp.resolve("lenet.safetensors");
    ModelFile.save(original, model);
    server = new TestServer(Files.readAllBytes(original));
    folder = temp.resolve("cache/models");
    cache = new PretrainedCache(List.of(folder), null, TestServer::downloader);
    small = entry("\"url\": \"" + server.uri("weights.safetensors") + "\",");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Pretrained entry(String more) {
    return Catalogue.read(
            """
            {"networks": [{"name": "small", "about": "made for a test", "input": [1, 28, 28],
              "preprocessing": {"mean": [0.25], "std": [0.5]}, "classes": [%s],
              "file": "small.safetensors", "bytes": %d, "sha256": "%s", %s
              "licence": "MIT", "origin": "this test"}]}
            """
                .formatted(
                    "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\"",
                    server.content.length,
                    TestServer.sha256(server.content),
                    more))
        .of("small");
  }

  private Path fetch() {
    return cache.fetch(small, DownloadListener.NONE);
  }

  private List<String> left() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private void failsWith(Class<? extends QuernException> type, Runnable work, String... parts) {
    assertThatThrownBy(work::run)
        .isInstanceOf(type)
        .hasMessageContainingAll(parts)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void fetchesOnceUnderItsOwnName() throws IOException {
    assertThat(cache.find(small)).isEmpty();
    Path file = fetch();
    assertThat(file)
        .isEqualTo(folder.resolve("small.safetensors"))
        .hasSameBinaryContentAs(original);
    assertThat(cache.find(small)).contains(file);
    assertThat(fetch()).isEqualTo(file);
    assertThat(server.requests()).containsExactly("whole");
    assertThat(left()).containsExactly("small.safetensors");
    assertThat(cache.folder()).isEqualTo(folder);
  }

  @Test
  void theModelHasWhatTheCatalogueAdds() {
    fetch();
    ModelData data = cache.data(small);
    assertThat(data.classes()).startsWith("a", "b").hasSize(10);
    assertThat(data.network().task().kind()).isEqualTo(Task.Kind.SINGLE_LABEL);
    Preprocessing how = data.preprocessing().values().iterator().next();
    assertThat(how.normalization().mean()).containsExactly(0.25f);
    assertThat(data.provenance())
        .containsEntry("pretrained", "small")
        .containsEntry("licence", "MIT")
        .containsEntry("origin", "this test")
        .containsEntry("sha256", small.sha256());
    model.weights().forEach((name, w) -> assertThat(data.weights().get(name)).isEqualTo(w));
    try (Model made = Model.of(data)) {
      assertThat(made.network().input()).isEqualTo(small.input());
    }
  }

  @Test
  void weightsFillABuiltInNetwork() {
    Pretrained weights = entry("\"network\": \"lenet\", \"names\": [\"own. =\"],");
    cache.add(weights, original);
    model
        .weights()
        .forEach((name, w) -> assertThat(cache.data(weights).weights().get(name)).isEqualTo(w));
    Pretrained other = entry("\"network\": \"notebook\",");
    failsWith(
        FormatException.class,
        () -> cache.data(other),
        "small",
        "lacks 0 weights of notebook and has 5 of");
  }

  @Test
  void onnxNeedsItsModule() throws IOException {
    Pretrained onnx =
        Catalogue.read(
                """
                {"networks": [{"name": "x", "about": "x", "input": [1], "preprocessing":
                  {"mean": [0], "std": [1]}, "classes": ["a", "b"], "file": "x.onnx", "bytes": %d,
                  "sha256": "%s", "licence": "MIT", "origin": "x"}]}
                """
                    .formatted(server.content.length, TestServer.sha256(server.content)))
            .of("x");
    cache.add(onnx, original);
    failsWith(NotFoundException.class, () -> cache.data(onnx), "x.onnx", "quern-onnx");
  }

  @Test
  void aCutDownloadIsResumed() throws IOException {
    server.cut(100_000).status(503).status(503).status(503);
    failsWith(DownloadException.class, this::fetch, "failed after 4 attempts", "small.safetensors");
    assertThat(left()).contains("small.safetensors.part");
    assertThat(cache.find(small)).isEmpty();
    assertThat(fetch()).hasSameBinaryContentAs(original);
    assertThat(server.requests()).hasSize(5).last().asString().startsWith("bytes=");
    assertThat(left()).containsExactly("small.safetensors");
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    server.content[server.content.length - 1] ^= 1;
    failsWith(DownloadException.class, this::fetch, "does not have SHA-256 " + small.sha256());
    assertThat(left()).isEmpty();
  }

  @Test
  void offlineSaysWhichFileToPutWhere() {
    server.close();
    failsWith(
        DownloadException.class,
        this::fetch,
        "failed after 4 attempts",
        "copy the file of " + small.bytes() + " bytes with SHA-256 " + small.sha256(),
        "to " + folder.resolve("small.safetensors"),
        "quern models get small --file FILE");
  }

  @Test
  void withoutAnAddressAFileIsAskedFor() {
    Pretrained own = entry("");
    failsWith(
        NotFoundException.class,
        () -> cache.fetch(own, DownloadListener.NONE),
        "pretrained: small: it has no download URL",
        own.sha256(),
        folder.toString(),
        "--file FILE");
    failsWith(NotFoundException.class, () -> cache.data(own), "is not in " + folder, "--file FILE");
    failsWith(
        NotFoundException.class, () -> cache.data(small), "\"quern models get small\" fetches it");
    Path file = cache.add(own, original);
    assertThat(cache.fetch(own, DownloadListener.NONE)).isEqualTo(file);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void anotherAddressServesTheFileToo() {
    Pretrained own = entry("");
    Path file = cache.fetch(own, server.uri("x.bin"), DownloadListener.NONE);
    assertThat(file)
        .isEqualTo(folder.resolve("small.safetensors"))
        .hasSameBinaryContentAs(original);
    failsWith(
        InvalidArgumentException.class,
        () ->
            PretrainedCache.in(temp.resolve("n")).fetch(own, URI.create("ftp://h/x"), (a, b) -> {}),
        "must be http or https");
  }

  @Test
  void addChecksAndCopies() throws IOException {
    Path file = cache.add(small, original);
    assertThat(file)
        .isEqualTo(folder.resolve("small.safetensors"))
        .hasSameBinaryContentAs(original);
    assertThat(cache.add(small, file)).isEqualTo(file);
    Path wrong = Files.write(temp.resolve("wrong"), new byte[(int) small.bytes()]);
    failsWith(
        FormatException.class, () -> cache.add(small, wrong), "wrong has SHA-256", small.sha256());
    failsWith(NotFoundException.class, () -> cache.add(small, temp.resolve("none")), "none");
    failsWith(FormatException.class, () -> cache.add(small, temp), "not a regular file");
    assertThat(left()).containsExactly("small.safetensors");
  }

  @Test
  void aChangedFileIsNotReadAndFetchedAgain() throws IOException {
    Path file = fetch();
    byte[] changed = server.content.clone();
    changed[changed.length - 1] ^= 1;
    Files.write(file, changed);
    failsWith(FormatException.class, () -> cache.data(small), file + " has SHA-256");
    assertThat(fetch()).hasSameBinaryContentAs(original);
    Files.write(file, new byte[3]);
    assertThat(cache.find(small)).isEmpty();
    assertThat(fetch()).hasSameBinaryContentAs(original);
  }

  @Test
  void theEnvironmentNamesFolderAndMirror() throws IOException {
    Path models = temp.resolve("models");
    Map<String, String> environment =
        Map.of(
            "QUERN_MODELS", models.toString(), "QUERN_MODELS_URL", server.uri("mirror").toString());
    PretrainedCache set = PretrainedCache.of(search(environment));
    assertThat(set.folder()).isEqualTo(models);
    Path file = set.fetch(entry(""), DownloadListener.NONE);
    assertThat(file)
        .isEqualTo(models.resolve("small.safetensors"))
        .hasSameBinaryContentAs(original);
    PretrainedCache unset = PretrainedCache.of(search(Map.of()));
    assertThat(unset.folder()).isEqualTo(temp.resolve("home/.cache/quern/models"));
    unset.add(small, original);
    Files.delete(file);
    assertThat(set.find(small)).contains(unset.folder().resolve("small.safetensors"));
    assertThatThrownBy(() -> PretrainedCache.of(search(Map.of("QUERN_MODELS_URL", "a b"))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("QUERN_MODELS_URL is not a URL: a b");
  }

  private SearchPath search(Map<String, String> environment) {
    return new SearchPath(environment, temp, temp.resolve("home"), "Linux", null);
  }

  @Test
  void manyAtOnceDoNotHarmEachOther() throws Exception {
    List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean adds = i % 2 == 0;
      Thread t = new Thread(() -> assertIntact(adds ? cache.add(small, original) : fetch()));
      t.setUncaughtExceptionHandler((thread, e) -> failed.add(e));
      all.add(t);
      t.start();
    }
    for (Thread t : all) {
      t.join();
    }
    assertThat(failed)
        .allSatisfy(
            e ->
                assertThat(e)
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("being written by another download"));
    assertThat(folder.resolve("small.safetensors")).hasSameBinaryContentAs(original);
    assertThat(left()).containsExactly("small.safetensors");
  }

  private void assertIntact(Path file) {
    assertThat(file).hasSameBinaryContentAs(original);
  }
}
