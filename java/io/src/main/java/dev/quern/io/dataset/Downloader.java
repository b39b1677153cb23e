package dev.quern.io.dataset;

import dev.quern.error.DownloadException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.Sha256;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Fetches published files of known size and checksum. A download that was cut short is resumed
 * where it ended, by this call or a later one; nothing gets its name, let alone is unpacked, before
 * size and SHA-256 are those promised. Safe for several threads and processes: of two downloads of
 * one file the second fails at once. An interrupt ends a download in a {@link DownloadException};
 * what came is kept, and the thread stays interrupted.
 */
public final class Downloader {
  private static final String OPERATION = "download";
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 4;

  private final HttpClient client;
  private final Duration idle;
  private final Duration pause;

  /** Gives up after 4 attempts; a server may be silent for 30 seconds. */
  public Downloader() {
    this(Duration.ofSeconds(30), Duration.ofSeconds(2));
  }

  /**
   * @param idle how long a server may send nothing
   * @param pause between two attempts
   */
  Downloader(Duration idle, Duration pause) {
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    this.idle = idle;
    this.pause = pause;
  }

  /**
   * Fetches a file into a folder, which is made if missing. A file there that has the right
   * checksum is not fetched again.
   *
   * @return where the file is
   * @throws DownloadException if the server has no such file, another one, or cannot be reached
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  public Path fetch(RemoteFile file, Path folder, DownloadListener listener) {
    Require.present(OPERATION, "file", file);
    return fetch(file, folder, file.fileName(), listener);
  }

  /**
   * {@link #fetch(RemoteFile, Path, DownloadListener)} under another name than that of the address.
   *
   * @param name of letters, digits, {@code _ . -}
   * @throws InvalidArgumentException if it has other characters
   */
  public Path fetch(RemoteFile file, Path folder, String name, DownloadListener listener) {
    Require.present(OPERATION, "file", file);
    Require.present(OPERATION, "folder", folder);
    Require.present(OPERATION, "listener", listener);
    Path target = folder.resolve(RemoteFile.requireName(name));
    try {
      Files.createDirectories(folder);
      if (Files.exists(target) && isPromised(file, target)) {
        return target;
      }
      try (PartialFile part = new PartialFile(target)) {
        transfer(file, part, listener);
        if (part.size() != file.bytes() || !part.sha256().equals(file.sha256())) {
          part.clear();
          throw new DownloadException(
              OPERATION
                  + ": "
                  + file.uri()
                  + ": the downloaded file does not have SHA-256 "
                  + file.sha256()
                  + "; it was deleted");
        }
        part.finish(target);
      }
      return target;
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, target, e);
    }
  }

  /**
   * Fetches a {@code .tar.gz} file and unpacks it, as a whole or not at all, next to where it was
   * stored; then deletes it. Throws what {@link #fetch} does, and:
   *
   * @param top the one folder that the archive must hold
   * @param most bytes that it may unpack to
   * @return that folder, in {@code folder}
   * @throws FormatException if the archive is malformed or unsafe; nothing is unpacked then
   */
  public Path fetchFolder(
      RemoteFile file, Path folder, String top, long most, DownloadListener listener) {
    Require.present(OPERATION, "top", top);
    Path archive = fetch(file, folder, listener);
    Path target = folder.resolve(top);
    try {
      Path temporary = Files.createTempDirectory(folder, "." + top);
      try {
        TarGz.unpack(archive, temporary, most);
        if (!Files.isDirectory(temporary.resolve(top))) {
          throw new FormatException(
              OPERATION + ": " + archive + " does not contain the folder " + top);
        }
        AtomicFile.move(temporary.resolve(top), target);
      } finally {
        Folders.delete(temporary);
      }
      Files.delete(archive);
      return target;
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, target, e);
    }
  }

  private void transfer(RemoteFile file, PartialFile part, DownloadListener listener)
      throws IOException {
    Transfer transfer =
        new Transfer(
            client,
            file.uri(),
            file.bytes(),
            part,
            idle,
            done -> listener.progress(done, file.bytes()));
    IOException last = null;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (part.size() > file.bytes()) {
        part.clear();
      }
      if (part.size() == file.bytes()) {
        return;
      }
      try {
        if (attempt > 1) {
          Thread.sleep(pause.toMillis());
        }
        transfer.run();
        return;
      } catch (FileSystemException e) {
        // this machine's refusal, which no other try changes
        throw e;
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DownloadException(OPERATION + ": " + file.uri() + ": interrupted", e);
      }
    }
    throw new DownloadException(
        OPERATION
            + ": "
            + file.uri()
            + ": given up after "
            + ATTEMPTS
            + " attempts: "
            + reason(last)
            + "; the next attempt resumes at byte "
            + part.size(),
        last);
  }

  private static String reason(IOException e) {
    if (e instanceof ConnectException && e.getMessage() == null) {
      return "no connection";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static boolean isPromised(RemoteFile file, Path path) throws IOException {
    return Files.size(path) == file.bytes() && Sha256.of(path).equals(file.sha256());
  }
}
