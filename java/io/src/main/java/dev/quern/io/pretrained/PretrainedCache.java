package dev.quern.io.pretrained;

import dev.quern.error.DownloadException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.dataset.DownloadListener;
import dev.quern.io.dataset.Downloader;
import dev.quern.io.dataset.RemoteFile;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.file.SearchPath;
import dev.quern.io.file.Sha256;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A folder that stores the files of pretrained networks. Only {@link #fetch} downloads files. The
 * size and SHA-256 of a file are verified before it is stored under its final name, and again when
 * it is read. Thread-safe, also across processes: if two downloads of the same file run
 * concurrently, the second fails immediately.
 */
public final class PretrainedCache {
  /** The folders to search; files are written to the first one. */
  private final List<Path> folders;

  private final @Nullable URI mirror;
  private final Supplier<Downloader> downloader;

  /**
   * Creates a cache.
   *
   * @param mirror the address of a mirror that has the files under their names; null for the
   *     publishers' addresses
   * @param downloader a function that creates the downloader on demand, because an HTTP client
   *     starts a thread
   */
  PretrainedCache(List<Path> folders, @Nullable URI mirror, Supplier<Downloader> downloader) {
    this.folders = folders;
    this.mirror = mirror;
    this.downloader = downloader;
  }

  /**
   * Returns the standard cache: the folder {@code QUERN_MODELS} if set, then {@code models} in
   * Quern's folder of the user's cache. If {@code QUERN_MODELS_URL} is set, files are downloaded by
   * their names from this address.
   *
   * @throws InvalidArgumentException if one of these variables is not a path or an address
   */
  public static PretrainedCache standard() {
    return of(SearchPath.ofProcess());
  }

  static PretrainedCache of(SearchPath search) {
    String url = search.environment().getOrDefault("QUERN_MODELS_URL", "");
    URI mirror = url.isEmpty() ? null : address("environment: QUERN_MODELS_URL", url);
    return new PretrainedCache(search.models(), mirror, Downloader::new);
  }

  /**
   * Returns a cache in this folder, which downloads from the publishers' addresses. The folder is
   * created on first use.
   */
  public static PretrainedCache in(Path folder) {
    Require.present("pretrained", "folder", folder);
    return new PretrainedCache(List.of(folder), null, Downloader::new);
  }

  private static URI address(String what, String text) {
    try {
      return URI.create(text.endsWith("/") ? text : text + "/");
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException(what + " is not a URL: " + text);
    }
  }

  /** Returns the folder to which files are written. */
  public Path folder() {
    return folders.get(0);
  }

  /**
   * Returns the network's file if a file with the right name and size exists; the checksum is not
   * verified.
   */
  public Optional<Path> find(Pretrained network) {
    Require.present("pretrained", "network", network);
    return folders.stream()
        .map(folder -> folder.resolve(network.fileName()))
        .filter(file -> hasSize(file, network.bytes()))
        .findFirst();
  }

  private static boolean hasSize(Path file, long bytes) {
    try {
      return Files.isRegularFile(file) && Files.size(file) == bytes;
    } catch (IOException e) {
      return false; // treated as missing
    }
  }

  /**
   * Downloads the network's file from the mirror or its publisher, unless the file exists. A
   * partial download of an earlier call is resumed.
   *
   * @param listener receives the progress of the download
   * @return the path of the file
   * @throws NotFoundException if no address is known; the message describes how to add the file
   * @throws DownloadException if the server has a different file, or cannot be reached
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  public Path fetch(Pretrained network, DownloadListener listener) {
    Require.present("pretrained", "network", network);
    URI from = mirror == null ? network.uri() : mirror.resolve(network.fileName());
    if (from == null) {
      Require.present("pretrained", "listener", listener);
      return find(network)
          .filter(file -> isIntact(network, file))
          .orElseThrow(
              () ->
                  new NotFoundException(
                      prefix(network) + "it has no download URL; " + howTo(network)));
    }
    return fetch(network, from, listener);
  }

  /**
   * Downloads the network's file from another address. Otherwise like {@link #fetch(Pretrained,
   * DownloadListener)}.
   *
   * @param from the http or https address of the file
   */
  public Path fetch(Pretrained network, URI from, DownloadListener listener) {
    Require.present("pretrained", "network", network);
    Require.present("pretrained", "from", from);
    Require.present("pretrained", "listener", listener);
    Optional<Path> there = find(network).filter(file -> isIntact(network, file));
    if (there.isPresent()) {
      return there.get();
    }
    RemoteFile file = new RemoteFile(from, network.bytes(), network.sha256());
    try {
      return downloader.get().fetch(file, folder(), network.fileName(), listener);
    } catch (DownloadException e) {
      throw new DownloadException(e.getMessage() + "; without it, " + howTo(network), e);
    }
  }

  /**
   * Copies a file that was downloaded in another way into the cache.
   *
   * @return the path of the copy
   * @throws FormatException if the size or checksum differs from the one in the catalog
   * @throws NotFoundException if the file does not exist
   */
  public Path add(Pretrained network, Path file) {
    Require.present("pretrained", "network", network);
    Require.present("pretrained", "file", file);
    requireIntact(network, file);
    Path target = folder().resolve(network.fileName());
    try {
      Files.createDirectories(folder());
      if (Files.exists(target) && Files.isSameFile(file, target)) {
        return target;
      }
    } catch (IOException e) {
      throw FileErrors.of("pretrained", target, e);
    }
    AtomicFile.write(
        "pretrained",
        target,
        out -> {
          try (RandomAccessFile in = RegularFile.open("pretrained", file);
              InputStream bytes = RegularFile.stream(in)) {
            bytes.transferTo(out);
          }
        },
        copy -> requireIntact(network, copy));
    return target;
  }

  /**
   * Loads the network with its weights, its preprocessing and its class names.
   *
   * @throws NotFoundException if the file is missing and must be downloaded by {@link #fetch}, or
   *     no module reads its format: .onnx requires quern-onnx
   * @throws FormatException if the file was changed
   */
  public ModelData data(Pretrained network) {
    Path file = find(network).orElseThrow(() -> missing(network));
    requireIntact(network, file);
    return PretrainedReader.read(network.entry(), file);
  }

  private NotFoundException missing(Pretrained network) {
    List<String> all = new ArrayList<>();
    folders.forEach(folder -> all.add(folder.toString()));
    String how =
        mirror == null && network.uri() == null
            ? howTo(network)
            : String.format(
                Locale.ROOT,
                "\"quern models get %s\" fetches it (%.1f MB)",
                network.name(),
                network.bytes() / 1e6);
    return new NotFoundException(
        prefix(network) + network.fileName() + " is not in " + String.join(", ", all) + "; " + how);
  }

  /**
   * Returns the instructions for adding the file of a network without a known address, for
   * messages.
   */
  private String howTo(Pretrained network) {
    return "copy the file of "
        + network.bytes()
        + " bytes with SHA-256 "
        + network.sha256()
        + " to "
        + folder().resolve(network.fileName())
        + ", or run quern models get "
        + network.name()
        + " --file FILE";
  }

  private static String prefix(Pretrained network) {
    return "pretrained: " + network.name() + ": ";
  }

  private static boolean isIntact(Pretrained network, Path file) {
    return network.sha256().equals(sum(network, file));
  }

  private static String sum(Pretrained network, Path file) {
    try (RandomAccessFile in = RegularFile.open(prefix(network).strip() + " file", file)) {
      return Sha256.of(RegularFile.stream(in));
    } catch (IOException e) {
      throw FileErrors.of("pretrained: " + network.name(), file, e);
    }
  }

  private static void requireIntact(Pretrained network, Path file) {
    String sum = sum(network, file);
    if (!sum.equals(network.sha256())) {
      throw new FormatException(
          prefix(network)
              + file
              + " has SHA-256 "
              + sum
              + ", expected "
              + network.sha256()
              + " ("
              + network.bytes()
              + " bytes)");
    }
  }
}
