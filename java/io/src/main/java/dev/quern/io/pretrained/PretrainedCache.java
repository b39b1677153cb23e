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
 * The folder in which the files of pretrained networks are kept. Nothing is downloaded but by
 * {@link #fetch}. A file gets its name only when its size and SHA-256 are those of the catalog, and
 * is compared with them again when it is read. Safe for several threads and processes: of two
 * downloads of one file the second fails at once.
 */
public final class PretrainedCache {
  /** Each is looked in; the first is written to. */
  private final List<Path> folders;

  private final @Nullable URI mirror;
  private final Supplier<Downloader> downloader;

  /**
   * @param mirror where files are fetched from by their names; null for the publishers' addresses
   * @param downloader asked only where something is downloaded: an HTTP client has a thread
   */
  PretrainedCache(List<Path> folders, @Nullable URI mirror, Supplier<Downloader> downloader) {
    this.folders = folders;
    this.mirror = mirror;
    this.downloader = downloader;
  }

  /**
   * The folder {@code QUERN_MODELS} where that is set, then {@code models} in Quern's folder of the
   * user's cache. If {@code QUERN_MODELS_URL} is set, files are fetched from there by their names.
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
   * A folder of the caller's own, made when something is put into it, and the publishers'
   * addresses.
   */
  public static PretrainedCache in(Path folder) {
    Require.present("pretrained", "folder", folder);
    return new PretrainedCache(List.of(folder), null, Downloader::new);
  }

  private static URI address(String what, String text) {
    try {
      return URI.create(text.endsWith("/") ? text : text + "/");
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException(what + " is not an address: " + text);
    }
  }

  /** The folder that is written to. */
  public Path folder() {
    return folders.get(0);
  }

  /** The network's file where there is one of its name and size; its content is not compared. */
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
      return false; // as good as missing
    }
  }

  /**
   * Fetches the network's file from the mirror or its publisher, unless it is there already. What
   * an earlier call fetched in part is not fetched again.
   *
   * @param listener hears of the progress
   * @return where the file is
   * @throws NotFoundException if no address of it is known; says which file to put where
   * @throws DownloadException if the server has another file, or cannot be reached
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
                      prefix(network) + "no public address of it is known; " + howTo(network)));
    }
    return fetch(network, from, listener);
  }

  /**
   * {@link #fetch(Pretrained, DownloadListener)} from another address.
   *
   * @param from http or https, of the file itself
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
   * Copies a file that was fetched in another way into the folder.
   *
   * @return where the copy is
   * @throws FormatException if it is another file than the catalog's
   * @throws NotFoundException if it does not exist
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
   * The network with its weights, its preprocessing and the names of its classes.
   *
   * @throws NotFoundException if its file is not there, which {@link #fetch} brings, or no module
   *     reads it: .onnx needs quern-onnx
   * @throws FormatException if the file has been changed
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
                "quern models get %s fetches it (%.1f MB)",
                network.name(),
                network.bytes() / 1e6);
    return new NotFoundException(
        prefix(network) + network.fileName() + " is not in " + String.join(", ", all) + "; " + how);
  }

  /** The ways without an address, for messages. */
  private String howTo(Pretrained network) {
    return "put the file of "
        + network.bytes()
        + " bytes with SHA-256 "
        + network.sha256()
        + " to "
        + folder().resolve(network.fileName())
        + ", or name it: quern models get "
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
              + ", the network's file has "
              + network.sha256()
              + " and "
              + network.bytes()
              + " bytes");
    }
  }
}
