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
 * A downloader of published files with known size and checksum. An interrupted download is resumed
 * where it ended, by the same call or a later one. A file is renamed or unpacked only after its
 * size and SHA-256 are verified. Thread-safe, also across processes: if two downloads of the same
 * file run concurrently, the second fails immediately. Interrupting the thread ends a download with
 * a {@link DownloadException}; the received part is kept, and the thread remains interrupted.
 */
public final class Downloader {
  private static final String OPERATION = "download";
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 4;

  private final HttpClient client;
  private final Duration idle;
  private final Duration pause;

  /**
   * Creates a downloader that tries 4 times, and ends an attempt if no data arrives for 30 seconds.
   */
  public Downloader() {
    this(Duration.ofSeconds(30), Duration.ofSeconds(2));
  }

  /**
   * Creates a downloader that tries 4 times.
   *
   * @param idle the time without data after which an attempt ends
   * @param pause the pause between two attempts
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
   * Downloads a file into a folder, which is created if missing. An existing file with the correct
   * checksum is not downloaded again.
   *
   * @return the path of the file
   * @throws DownloadException if the server cannot be reached, or has no such file or a different
   *     file
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  public Path fetch(RemoteFile file, Path folder, DownloadListener listener) {
    Require.present(OPERATION, "file", file);
    return fetch(file, folder, file.fileName(), listener);
  }

  /**
   * Downloads a file under another name. Otherwise like {@link #fetch(RemoteFile, Path,
   * DownloadListener)}.
   *
   * @param name a name of letters, digits and {@code _ . -}
   * @throws InvalidArgumentException if the name has other characters
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
   * Downloads a {@code .tar.gz} file, unpacks it atomically into the folder, and deletes the
   * archive. Throws the exceptions of {@link #fetch} and:
   *
   * @param top the only top-level folder that the archive may contain
   * @param most the maximum size of the unpacked content in bytes
   * @return the unpacked folder, in {@code folder}
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
        // an error of this machine, which a retry does not change
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
            + ": failed after "
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
