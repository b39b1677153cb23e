package dev.quern.fuzz.files;

import dev.quern.io.dataset.DatasetDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The folder of a child's files. Whoever started the child deletes it. */
final class Scratch {
  private final Path folder;

  Scratch(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  static Scratch ofProcess() throws IOException {
    return new Scratch(Files.createTempDirectory("files-"));
  }

  /** A file of this content and no other, under a name that stays. */
  Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** An empty folder. */
  Path empty(String name) throws IOException {
    Path made = folder.resolve(name);
    if (Files.exists(made)) {
      try (Stream<Path> all = Files.list(made)) {
        for (Path p : all.toList()) {
          if (Files.isDirectory(p)) {
            DatasetDoor.delete(p);
          } else {
            Files.delete(p);
          }
        }
      }
    }
    return Files.createDirectories(made);
  }

  void delete() throws IOException {
    DatasetDoor.delete(folder);
  }
}
