package dev.quern.io.folder;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options for opening an image folder, which the builder checks. */
public final class FolderOptions {
  final Path root;
  @Nullable Path labels;
  @Nullable List<String> classes;
  boolean skipBroken;

  /** The function that converts label texts to labels. */
  Labels.Reading read = Labels::classes;

  /** The name of the list's column of sample weights; null for no weights. */
  @Nullable String weights;

  /** Whether a label in the list may be empty, that is, an image may have no class. */
  boolean mayHaveNone;

  /** The fraction of images for training; negative if no images are held out. */
  double split = -1;

  long seed;

  /** The cache file; null if pixels are cached in the heap. */
  @Nullable Path cacheFile;

  /** Whether the cache file is kept for later runs. */
  boolean keepsCache;

  /** The maximum size of the cache in bytes; negative for the default. */
  long cache = -1;

  public FolderOptions(Path root) {
    this.root = root;
  }

  public void labels(Path csv, Labels.Reading reading, boolean emptyOnes) {
    labels = csv;
    read = reading;
    mayHaveNone = emptyOnes;
  }

  public boolean hasList() {
    return labels != null;
  }

  public void weights(String column) {
    weights = column;
  }

  public void classes(List<String> names) {
    classes = names;
  }

  public void skipBroken() {
    skipBroken = true;
  }

  public void split(double train, long by) {
    split = train;
    seed = by;
  }

  public void cache(@Nullable Path file, long bytes) {
    cacheFile = file;
    keepsCache = false;
    cache = bytes;
  }

  public void keptCache(Path file, long bytes) {
    cache(file, bytes);
    keepsCache = true;
  }

  long cacheBytes() {
    return cache < 0 ? Runtime.getRuntime().maxMemory() / 4 : cache;
  }
}
