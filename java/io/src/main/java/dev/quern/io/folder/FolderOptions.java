package dev.quern.io.folder;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options for opening a folder; checked by the builder. */
public final class FolderOptions {
  final Path root;
  @Nullable Path labels;
  @Nullable List<String> classes;
  boolean skipBroken;

  /** The conversion of texts to labels. */
  Labels.Reading read = Labels::classes;

  /** The list's column of weights; null without weights. */
  @Nullable String weights;

  /** Whether a label in the list may be empty. */
  boolean mayHaveNone;

  /** The fraction for training; negative if the folder is not divided. */
  double split = -1;

  long seed;

  /** The file of the cache; null if the cache is in the heap. */
  @Nullable Path cacheFile;

  /** Whether the file is kept for the next run. */
  boolean keepsCache;

  /** Bytes; below 0 for what is usual. */
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
