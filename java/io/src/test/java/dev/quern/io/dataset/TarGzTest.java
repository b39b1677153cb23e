package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarGzTest {
  private static final long MOST = 1 << 20;

  @TempDir Path temp;
  private Path archive;
  private Path into;

  @BeforeEach
  void folder() throws IOException {
    archive = temp.resolve("x.tar.gz");
    into = Files.createDirectories(temp.resolve("deep/into"));
  }

  private void unpack(byte[] bytes) throws IOException {
    Files.write(archive, bytes);
    TarGz.unpack(archive, into, MOST);
  }

  private void refuses(byte[] bytes, String message) throws IOException {
    Files.write(archive, bytes);
    assertThatThrownBy(() -> TarGz.unpack(archive, into, MOST))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(archive.toString())
        .hasMessageContaining(message);
  }

  @Test
  void unpacksFilesAndFolders() throws IOException {
    byte[] large = new byte[200_000];
    Arrays.fill(large, (byte) 9);
    unpack(
        new TarBuilder()
            .special("top/", TarConstants.LF_DIR, "")
            .file("top/a", "content")
            .file("top/sub/large", large)
            .bytes());
    assertThat(into.resolve("top/a")).hasContent("content");
    assertThat(into.resolve("top/sub/large")).hasBinaryContent(large);
  }

  /** F5. */
  @Test
  void refusesNamesOfAnyLength() throws IOException {
    for (String name : List.of("a/".repeat(9_000) + "a", "a".repeat(20_000))) {
      refuses(new TarBuilder().file(name, "e").bytes(), "is not a plain relative name");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "top/../../evil",
        "top/..",
        "..",
        "/tmp/evil",
        "//evil",
        "C:/evil",
        "C:evil",
        "top\\..\\evil",
        "top//evil",
        "top/\nevil"
      })
  void refusesUnsafeNames(String name) throws IOException {
    refuses(new TarBuilder().file(name, "e").bytes(), "is not a plain relative name");
    try (var left = Files.walk(temp)) {
      assertThat(left.filter(Files::isRegularFile)).containsExactly(archive);
    }
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO,
        TarConstants.LF_CONTIG
      })
  void refusesLinksAndDevices(byte flag) throws IOException {
    refuses(
        new TarBuilder().special("top/x", flag, "/etc/passwd").bytes(),
        "neither a file nor a folder");
    assertThat(into).isEmptyDirectory();
  }

  @Test
  void refusesMoreThanWasAgreed() throws IOException {
    refuses(new TarBuilder().file("bomb", new byte[8 << 20]).bytes(), "more than 1048576 bytes");
    TarBuilder many = new TarBuilder();
    for (int i = 0; i <= 1_000; i++) {
      many.file("f" + i, "");
    }
    Files.delete(into.resolve("bomb"));
    refuses(many.bytes(), "more than 1000 entries");
  }

  @Test
  void refusesAnEntryThatComesTwice() throws IOException {
    Files.write(archive, new TarBuilder().file("a", "1").file("a", "2").bytes());
    assertThatThrownBy(() -> TarGz.unpack(archive, into, MOST))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("entry \"a\" occurs twice");
  }

  @Test
  void refusesWhatIsNoArchive() throws IOException {
    refuses(new byte[0], "not a complete tar.gz");
    refuses("plain text".getBytes(), "not a complete tar.gz");
    refuses(gzip("text ".repeat(500).getBytes()), "not a complete tar.gz");
    byte[] whole = new TarBuilder().file("a", new byte[5_000]).bytes();
    refuses(Arrays.copyOf(whole, whole.length / 2), "not a complete tar.gz");
    Files.delete(archive);
    assertThatThrownBy(() -> TarGz.unpack(archive, into, MOST))
        .isInstanceOf(NotFoundException.class);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }
}
