package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.DownloadException;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloaderTest {
  private static final int SIZE = 300_000;
  private static final Duration IDLE = Duration.ofSeconds(30);

  @TempDir Path temp;
  private TestServer server;
  private RemoteFile file;
  private final Downloader downloader = new Downloader(IDLE, Duration.ZERO);
  private final List<Long> heard = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    byte[] content = new byte[SIZE];
    new Random(1).nextBytes(content);
    server = new TestServer(content);
    file = server.file("file.bin");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path fetch() {
    return downloader.fetch(
        file,
        temp,
        (bytes, total) -> {
          heard.add(bytes);
          assertThat(total).isEqualTo(SIZE);
        });
  }

  private void failsWith(String... messages) {
    assertThatThrownBy(this::fetch)
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining(file.uri().toString())
        .hasMessageContainingAll(messages);
  }

  private List<String> left() throws IOException {
    try (Stream<Path> all = Files.list(temp)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void fetchesAWholeFileWithProgress() throws IOException {
    Path got = fetch();
    assertThat(got).isEqualTo(temp.resolve("file.bin")).hasBinaryContent(server.content);
    assertThat(left()).containsExactly("file.bin");
    assertThat(heard).isSorted().startsWith(0L).endsWith((long) SIZE);
  }

  @Test
  void doesNotFetchAgainWhatIsThere() {
    fetch();
    fetch();
    assertThat(server.requests()).containsExactly("whole");
  }

  @Test
  void replacesAFileOfTheSameNameWithOtherContent() throws IOException {
    Files.writeString(temp.resolve("file.bin"), "older");
    assertThat(fetch()).hasBinaryContent(server.content);
  }

  @Test
  void resumesWhereTheConnectionWasCut() throws IOException {
    server.cut(100_000).cut(50_000);
    assertThat(fetch()).hasBinaryContent(server.content);
    assertThat(server.requests())
        .hasSize(3)
        .startsWith("whole")
        .allMatch(r -> r.matches("whole|bytes=[1-9]\\d+-"));
    assertThat(left()).containsExactly("file.bin");
  }

  @Test
  void aLaterCallResumesAnEarlierOne() {
    server.cut(100_000).status(503).status(503).status(503);
    failsWith("failed after 4 attempts", "status 503", "resumes at byte");
    heard.clear();
    assertThat(fetch()).hasBinaryContent(server.content);
    assertThat(heard.get(0)).isPositive();
    assertThat(server.requests()).hasSize(5);
  }

  @Test
  void startsAfreshWhereTheServerIgnoresRanges() {
    server.ranges = false;
    server.cut(100_000);
    assertThat(fetch()).hasBinaryContent(server.content);
  }

  @Test
  void startsAfreshWhereTheFileHasChanged() {
    server.cut(100_000).status(500).status(500).status(500);
    failsWith("failed after 4 attempts");
    new Random(2).nextBytes(server.content);
    server.etag = "\"v2\"";
    file = server.file("file.bin");
    assertThat(fetch()).hasBinaryContent(server.content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "W/\"weak\""})
  void startsAfreshWithoutAStrongValidator(String etag) {
    server.etag = etag.isEmpty() ? null : etag;
    server.cut(100_000);
    assertThat(fetch()).hasBinaryContent(server.content);
    assertThat(server.requests()).containsExactly("whole", "whole");
  }

  @Test
  void startsAfreshWhereTheServerRefusesToResume() {
    server.cut(100_000).status(416);
    assertThat(fetch()).hasBinaryContent(server.content);
    assertThat(server.requests()).hasSize(3).endsWith("whole");
  }

  @Test
  void aTamperedFileIsDeleted() throws IOException {
    server.content[12_345] ^= 1;
    failsWith("does not have SHA-256 " + file.sha256());
    assertThat(left()).isEmpty();
  }

  @Test
  void aTamperedPartIsDeletedToo() throws IOException {
    server.cut(100_000).status(503).status(503).status(503);
    failsWith("failed after 4 attempts");
    Path part = temp.resolve("file.bin.part");
    byte[] bytes = Files.readAllBytes(part);
    bytes[7] ^= 1;
    Files.write(part, bytes);
    failsWith("does not have SHA-256");
    assertThat(left()).isEmpty();
    assertThat(fetch()).hasBinaryContent(server.content);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void anotherSizeIsRefusedAtOnce(int difference) throws IOException {
    file = new RemoteFile(file.uri(), SIZE + difference, file.sha256());
    assertThatThrownBy(() -> downloader.fetch(file, temp, DownloadListener.NONE))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining(SIZE + " bytes, expected " + (SIZE + difference));
    assertThat(server.requests()).hasSize(1);
    assertThat(left()).isEmpty();
  }

  @Test
  void moreThanPromisedIsNeverWritten() throws IOException {
    server.announce = false;
    file = new RemoteFile(file.uri(), 1000, file.sha256());
    assertThatThrownBy(() -> downloader.fetch(file, temp, DownloadListener.NONE))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("the server sent more than 1000 bytes");
    assertThat(left()).isEmpty();
  }

  @Test
  void lessThanPromisedIsGivenUpAfterAFewAttempts() {
    server.announce = false;
    server.etag = null;
    file = new RemoteFile(file.uri(), SIZE + 1L, file.sha256());
    assertThatThrownBy(() -> downloader.fetch(file, temp, DownloadListener.NONE))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("failed after 4 attempts")
        .hasMessageContaining("after 300000 of 300001 bytes");
    assertThat(server.requests()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 410})
  void aRefusalIsNotRepeated(int status) throws IOException {
    server.status(status);
    failsWith("status " + status);
    assertThat(server.requests()).hasSize(1);
    assertThat(left()).isEmpty();
  }

  @Test
  void aSilentServerDoesNotHoldTheCaller() {
    server.silent(100_000);
    Downloader impatient = new Downloader(Duration.ofMillis(700), Duration.ZERO);
    assertThat(impatient.fetch(file, temp, DownloadListener.NONE)).hasBinaryContent(server.content);
    assertThat(server.requests()).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 206 Partial\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 302 Found\r\nLocation: :::\r\n\r\n",
        "no HTTP at all\r\n\r\n",
        ""
      })
  void aMalformedAnswerIsATypedError(String answer) throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> answerAll(listening, answer));
      server.start();
      file =
          new RemoteFile(
              URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/x"),
              SIZE,
              file.sha256());
      failsWith("failed after 4 attempts");
    }
    assertThat(left()).isEmpty();
  }

  private static void answerAll(ServerSocket listening, String answer) {
    try {
      while (true) {
        try (Socket client = listening.accept()) {
          client.getInputStream().read(new byte[4096]);
          client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  @Test
  void aServerThatIsNotThereIsATypedError() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    file = new RemoteFile(URI.create("http://127.0.0.1:" + port + "/x.bin"), SIZE, file.sha256());
    failsWith("failed after 4 attempts", "no connection");
  }

  @Test
  void twoDownloadsOfOneFileDoNotMix() {
    List<QuernException> second = new ArrayList<>();
    downloader.fetch(
        file,
        temp,
        (bytes, total) -> {
          if (bytes == 0) {
            try {
              downloader.fetch(file, temp, DownloadListener.NONE);
            } catch (QuernException e) {
              second.add(e);
            }
          }
        });
    assertThat(second).singleElement().isInstanceOf(DownloadException.class);
    assertThat(second.get(0)).hasMessageContaining("another download");
    assertThat(temp.resolve("file.bin")).hasBinaryContent(server.content);
  }

  @Test
  void anUnwritableFolderIsATypedError() throws IOException {
    Path plain = Files.writeString(temp.resolve("plain"), "");
    assertThatThrownBy(() -> downloader.fetch(file, plain.resolve("in"), DownloadListener.NONE))
        .isInstanceOf(FileAccessException.class);
  }

  @Test
  void remoteFilesAreCheckedWhenMade() {
    String sum = file.sha256();
    for (String uri :
        List.of(
            "ftp://h/x", "http://h/", "http://h/..", "http://h/a%2fb", "http://h/.x", "http:/x")) {
      assertThatThrownBy(() -> new RemoteFile(URI.create(uri), 1, sum))
          .as(uri)
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> new RemoteFile(file.uri(), 0, sum))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new RemoteFile(file.uri(), 1, sum.toUpperCase()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aFileMayHaveAnotherName() throws IOException {
    Path got = downloader.fetch(file, temp, "other.bin", DownloadListener.NONE);
    assertThat(got).isEqualTo(temp.resolve("other.bin")).hasBinaryContent(server.content);
    assertThat(left()).containsExactly("other.bin");
    for (String name : List.of("", "..", "a/b", ".x")) {
      assertThatThrownBy(() -> downloader.fetch(file, temp, name, DownloadListener.NONE))
          .as(name)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is not a plain file name");
    }
  }

  @Test
  void unpacksAFolderAndDropsTheArchive() throws IOException {
    server.content = new TarBuilder().file("top/a.txt", "a").file("top/sub/b.txt", "b").bytes();
    Path folder =
        downloader.fetchFolder(
            server.file("x.tar.gz"), temp, "top", 1 << 20, DownloadListener.NONE);
    assertThat(folder).isEqualTo(temp.resolve("top"));
    assertThat(folder.resolve("sub/b.txt")).hasContent("b");
    assertThat(left()).containsExactly("top");
  }

  @Test
  void nothingIsUnpackedOfATamperedOrUnsafeArchive() throws IOException {
    server.content = new TarBuilder().file("top/a.txt", "a").bytes();
    RemoteFile promised = server.file("x.tar.gz");
    server.content[20] ^= 1;
    assertThatThrownBy(
            () -> downloader.fetchFolder(promised, temp, "top", 1 << 20, DownloadListener.NONE))
        .isInstanceOf(DownloadException.class);
    assertThat(left()).isEmpty();
    server.content = new TarBuilder().file("top/a.txt", "a").file("../evil", "e").bytes();
    assertThatThrownBy(
            () ->
                downloader.fetchFolder(
                    server.file("x.tar.gz"), temp, "top", 1 << 20, DownloadListener.NONE))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("../evil");
    assertThat(left()).containsExactly("x.tar.gz");
    assertThat(temp.resolveSibling("evil")).doesNotExist();
    server.content = new TarBuilder().file("other/a.txt", "a").bytes();
    assertThatThrownBy(
            () ->
                downloader.fetchFolder(
                    server.file("x.tar.gz"), temp, "top", 1 << 20, DownloadListener.NONE))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("does not contain the folder top");
  }
}
