package dev.quern.io.dataset;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.Require;
import dev.quern.io.folder.FolderOptions;
import dev.quern.io.folder.Labels;
import dev.quern.io.folder.OpenFolder;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.List;

/**
 * How an {@link ImageFolder} is opened. Each method changes this builder and returns it. Not
 * thread-safe.
 */
public final class ImageFolderBuilder {
  private static final String OP = "image folder";

  private final FolderOptions options;
  private Preprocessing how = Preprocessing.of(Normalization.unit(3));
  private ReadingListener listener = ReadingListener.NONE;

  ImageFolderBuilder(Path folder) {
    options = new FolderOptions(folder);
  }

  /**
   * Height and width of all samples; has to be said, here or by {@link #preprocessing}.
   *
   * @throws InvalidArgumentException if it is null or below 1x1
   */
  public ImageFolderBuilder size(Size size) {
    how = how.size(Require.present(OP, "size", size));
    return this;
  }

  /** What is done about another aspect ratio; default {@link Preprocessing.Fit#STRETCH}. */
  public ImageFolderBuilder fit(Preprocessing.Fit fit) {
    how = how.fit(Require.present(OP, "fit", fit));
    return this;
  }

  /**
   * Size, fit, crop and channels as a model has them, in place of what was said before; default
   * three channels of RGB, stretched. The normalization is not used: that is the trainer's.
   *
   * @throws InvalidArgumentException if it is null, or takes no pictures
   */
  public ImageFolderBuilder preprocessing(Preprocessing preprocessing) {
    Require.present(OP, "preprocessing", preprocessing);
    if (preprocessing.channels() == Preprocessing.Channels.ANY) {
      throw new InvalidArgumentException(OP + ": a preprocessing that takes no pictures");
    }
    how = preprocessing;
    return this;
  }

  /**
   * Divides the pictures where the folder has no {@code test} and its list no test pictures: of
   * each class this part trains, and the rest is {@link ImageFolder#test()}. Of two or more
   * pictures of a class at least one comes to each side. The same seed and files give the same
   * parts.
   *
   * @param train from 0, nothing trains, to 1, all does
   * @throws InvalidArgumentException if it is outside
   */
  public ImageFolderBuilder split(double train, long seed) {
    options.split(Require.part(OP, "split", train), seed);
    return this;
  }

  /**
   * Takes labels from a list in place of subfolders: CSV in UTF-8 whose first line has the columns
   * {@code file} and {@code label}, and {@code split} where it says {@code train}, {@code val} or
   * {@code test}. Other columns are ignored. Files are named by their path below the folder; one
   * that is not listed is left alone. Pictures come in the list's order.
   */
  public ImageFolderBuilder labels(Path csv) {
    return labels(csv, LabelKind.CLASS);
  }

  /** {@link #labels(Path)} whose labels may be several, or numbers, for tasks that have targets. */
  public ImageFolderBuilder labels(Path csv, LabelKind kind) {
    Require.present(OP, "kind of labels", kind);
    options.labels(
        Require.present(OP, "labels", csv),
        switch (kind) {
          case CLASS -> Labels::classes;
          case SEVERAL -> Labels::several;
          case NUMBERS -> Labels::numbers;
        },
        kind == LabelKind.SEVERAL);
    return this;
  }

  /**
   * Takes a weight of each picture from a column of that list, as {@link
   * dev.quern.data.Dataset#withWeights} does.
   *
   * @param column its name in the first line; {@link #open} refuses a list without it, and weights
   *     that are no numbers of at least 0
   * @throws InvalidArgumentException if it is null, or no list is said yet
   */
  public ImageFolderBuilder weights(String column) {
    if (!options.hasList()) {
      throw new InvalidArgumentException(OP + ": weights are a column of a list; say labels first");
    }
    options.weights(Require.present(OP, "column of weights", column));
    return this;
  }

  /**
   * The classes in label order, a model's for example; default those of the folder, sorted, or of
   * masks those of {@code classes.txt}. Numbers have none. Another class in the folder is then an
   * error, and one without pictures is not.
   *
   * @throws InvalidArgumentException if there are none, or one twice
   */
  public ImageFolderBuilder classes(List<String> names) {
    options.classes(Require.classes(OP, names));
    return this;
  }

  /** Leaves broken files out; {@link ImageFolder#broken()} has them. */
  public ImageFolderBuilder skipBroken() {
    options.skipBroken();
    return this;
  }

  /**
   * Keeps decoded pixels in the JVM's heap, at most so many bytes; default a quarter of the heap.
   *
   * @throws InvalidArgumentException if it is below 0
   */
  public ImageFolderBuilder cache(long bytes) {
    options.cache(null, Require.bytes(OP, "cache", bytes));
    return this;
  }

  /**
   * Keeps decoded pixels in a file in place of the heap, at most so many bytes. The file is made
   * when the folder is opened and removed when it is closed; after a killed process it is left.
   *
   * @param file that is not there yet; {@link #open} refuses another
   * @throws InvalidArgumentException if it is null, or the bytes are below 0
   */
  public ImageFolderBuilder cacheFile(Path file, long bytes) {
    Require.present(OP, "cache file", file);
    cache(bytes);
    options.cache(file, bytes);
    return this;
  }

  /**
   * Keeps decoded pixels in a file that stays, so that the next run decodes nothing: at most so
   * many bytes. The next run takes them if the pictures' names, sizes and times, the resizing and
   * the limit are the same, and the first picture of each format is still decoded to the same
   * pixels; else the file is made anew. What is damaged in it is decoded again. It gets its name
   * when the folder is open, as a whole.
   *
   * @param file that is such a cache, or not there yet; {@link #open} refuses another
   * @throws InvalidArgumentException if it is null, or the bytes are below 0
   */
  public ImageFolderBuilder keptCache(Path file, long bytes) {
    Require.present(OP, "cache file", file);
    cache(bytes);
    options.keptCache(file, bytes);
    return this;
  }

  /** Hears of progress while the folder is opened. */
  public ImageFolderBuilder listener(ReadingListener hears) {
    listener = Require.present(OP, "listener", hears);
    return this;
  }

  /**
   * Finds the pictures and decodes each once.
   *
   * @throws InvalidArgumentException if no size is said
   * @throws dev.quern.error.NotFoundException if there is no such folder or list, or nothing that
   *     reads pictures
   * @throws FormatException if files are broken, the first ten of which it names; if it has no
   *     pictures, or a class has none; if the list is none; if no mask has a class but 0
   * @throws dev.quern.error.FileAccessException if the system refuses to list the folder, or to
   *     make the cache file
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap has no room
   * @throws dev.quern.error.UserCodeException if the listener throws
   */
  public ImageFolder open() {
    if (how.size() == null) {
      throw new InvalidArgumentException(OP + ": no size is said, to which pictures are brought");
    }
    return new ImageFolder(OpenFolder.open(options, how, listener::onRead));
  }
}
