package dev.quern.internal.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReasonTest {
  @TempDir Path dir;

  @Test
  void noClassOfAnExceptionIsNamed() {
    Map<IOException, String> all =
        Map.of(
            new AccessDeniedException("a"), "permission denied",
            new NoSuchFileException("a"), "does not exist",
            new DirectoryNotEmptyException("a"), "a folder of that name exists already",
            new NotDirectoryException("a"), "not a folder",
            new FileSystemException("a"), "it cannot be read or written",
            new FileSystemException("a", null, "No space left"), "No space left",
            new EOFException(), "the file ends too early",
            new MalformedInputException(1), "not UTF-8 text",
            new IOException("broken"), "broken",
            new IOException(), "it cannot be read or written");
    all.forEach((e, words) -> assertThat(FileReason.of(e)).as(e.toString()).isEqualTo(words));
  }

  @Test
  void aFileInPlaceOfAFolderIsNamed() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));
    Path below = file.resolve("a/b.png");
    IOException e = new FileSystemException("x", null, "Not a directory");
    assertThat(FileReason.ofWriting(below, e)).isEqualTo(file + " is a file, not a folder");
    assertThat(FileReason.ofWriting(dir.resolve("none/b.png"), e)).isEqualTo("Not a directory");
  }
}
