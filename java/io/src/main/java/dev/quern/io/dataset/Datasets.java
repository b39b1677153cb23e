package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.SearchPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loading of data sets by name: {@code cifar10}, {@code cifar100}, {@code cifar100-coarse}, {@code
 * svhn}, {@code mnist}, {@code fashion-mnist}, and the small {@code fashion-mnist-sample}, which is
 * included in Quern. If the caller passes a folder, only that folder is searched. Otherwise the
 * search covers {@code QUERN_DATA}, {@code ./data}, the user's cache, the data of the installation
 * (system property {@code quern.home}), the folders of system packages and, for the sample, the jar
 * {@code quern-samples}. Files may be in the folder itself or in a subfolder with the data set's
 * name.
 */
public final class Datasets {
  private final SearchPath search;
  private final Supplier<Downloader> downloader;
  private final Map<KnownDataset, Archive> archives;

  /**
   * Creates the search.
   *
   * @param downloader a function that creates the downloader on demand, because an HTTP client
   *     starts a thread
   */
  Datasets(
      SearchPath search, Supplier<Downloader> downloader, Map<KnownDataset, Archive> archives) {
    this.search = search;
    this.downloader = downloader;
    this.archives = archives;
  }

  /** Returns the names that {@link #load} accepts. */
  public static List<String> names() {
    return Arrays.stream(KnownDataset.values()).map(KnownDataset::title).toList();
  }

  /**
   * Loads one split of a data set from the default folders into memory, without downloading.
   *
   * @throws InvalidArgumentException if no built-in data set has this name
   * @throws NotFoundException if the data set is not found; the message lists the folders and how
   *     to get the data set
   * @throws dev.quern.error.FormatException if a file does not have the expected format
   */
  public static Dataset load(String name, Split split) {
    return load(name, split, null, false, DownloadListener.NONE);
  }

  /**
   * Loads one split of a data set into memory.
   *
   * @param dataDir the only folder to search, or null for the default folders
   * @param download whether a missing data set may be downloaded, into {@code dataDir} or the
   *     user's cache
   * @param listener the listener for the progress of a download
   * @throws InvalidArgumentException if no built-in data set has this name
   * @throws NotFoundException if the data set is not found; the message lists the folders and how
   *     to get the data set
   * @throws dev.quern.error.FormatException if a file does not have the expected format
   * @throws dev.quern.error.DownloadException if the download fails
   */
  public static Dataset load(
      String name,
      Split split,
      @Nullable Path dataDir,
      boolean download,
      DownloadListener listener) {
    Require.present("data set", "split", split);
    Require.present("data set", "listener", listener);
    return new Datasets(SearchPath.ofProcess(), Downloader::new, Archive.published())
        .find(known(name), split, dataDir, download, listener);
  }

  static KnownDataset known(String name) {
    for (KnownDataset d : KnownDataset.values()) {
      if (d.title().equals(name)) {
        return d;
      }
    }
    throw new InvalidArgumentException(
        "data set: " + name + " is not one of " + String.join(", ", names()));
  }

  /**
   * Loads one split of a data set like {@link #load}, with this object's folders and downloader.
   */
  Dataset find(
      KnownDataset wanted, Split split, Path dataDir, boolean download, DownloadListener listener) {
    List<Path> places = places(wanted, dataDir);
    for (Path place : places) {
      Optional<Path> found = wanted.find(place, split);
      if (found.isPresent()) {
        return wanted.load(found.get(), split);
      }
    }
    Optional<Dataset> bundled = dataDir == null ? wanted.bundled(split) : Optional.empty();
    if (bundled.isPresent()) {
      return bundled.get();
    }
    Archive archive = archives.get(wanted);
    if (!download || archive == null) {
      throw missing(wanted, dataDir, places, archive, download);
    }
    Path into = dataDir == null ? search.cache() : dataDir;
    Path folder =
        downloader.get().fetchFolder(archive.file(), into, archive.top(), archive.most(), listener);
    return wanted.load(folder, split);
  }

  private List<Path> places(KnownDataset wanted, Path dataDir) {
    if (dataDir != null) {
      return List.of(dataDir);
    }
    List<Path> places = new ArrayList<>(search.folders());
    places.addAll(wanted.systemFolders());
    return places;
  }

  private static NotFoundException missing(
      KnownDataset wanted,
      @Nullable Path dataDir,
      List<Path> places,
      Archive archive,
      boolean download) {
    String where = places.stream().map(Path::toString).collect(Collectors.joining(", "));
    String how = wanted.howToGet(dataDir == null ? "data" : dataDir.toString());
    if (archive != null) {
      long megabytes = archive.file().bytes() / 1_000_000;
      how =
          "--download fetches it ("
              + megabytes
              + " MB from "
              + archive.file().uri()
              + "); or "
              + how;
    } else if (download) {
      how = "its checksum is not known, so --download cannot fetch it; " + how;
    }
    return new NotFoundException(
        "data set " + wanted.title() + ": not found in " + where + "; " + how);
  }
}
