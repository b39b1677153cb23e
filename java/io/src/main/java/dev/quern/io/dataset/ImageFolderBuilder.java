package dev.quern.io.dataset;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.folder.FolderOptions;
import dev.quern.io.folder.Labels;
import dev.quern.io.folder.OpenFolder;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.List;

/**
 * A builder of an {@link ImageFolder}. Each method changes this builder and returns it. Not
 * thread-safe.
 */
public final class ImageFolderBuilder {
  private static final String OP = "image folder";

  private final FolderOptions options;
  private Preprocessing how = Preprocessing.of(Normalization.unit(3));
  private ProgressListener listener = ProgressListener.NONE;

  ImageFolderBuilder(Path folder) {
    options = new FolderOptions(folder);
  }

  /**
   * Sets height and width of all samples; either this or {@link #preprocessing} is required.
   *
   * @throws InvalidArgumentException if {@code size} is null or less than 1x1
   */
  public ImageFolderBuilder size(Size size) {
    how = how.size(Require.present(OP, "size", size));
    return this;
  }

  /**
   * Sets how images with another aspect ratio are resized; default {@link
   * Preprocessing.Fit#STRETCH}.
   */
  public ImageFolderBuilder fit(Preprocessing.Fit fit) {
    how = how.fit(Require.present(OP, "fit", fit));
    return this;
  }

  /**
   * Copies size, fit, crop and channels from a model's preprocessing, replacing earlier settings.
   * Default: three RGB channels, stretched. The normalization is not copied, since the trainer has
   * its own.
   *
   * @throws InvalidArgumentException if {@code preprocessing} is null, or not for images
   */
  public ImageFolderBuilder preprocessing(Preprocessing preprocessing) {
    Require.present(OP, "preprocessing", preprocessing);
    if (preprocessing.channels() == Preprocessing.Channels.ANY) {
      throw new InvalidArgumentException(OP + ": this preprocessing does not accept images");
    }
    how = preprocessing;
    return this;
  }

  /**
   * If neither the folder nor the list has test images, uses the fraction {@code train} of each
   * class for training and the rest for testing, see {@link ImageFolder#test()}. A class with two
   * or more images has at least one image on each side. Equal seeds and files produce equal splits.
   *
   * @param train the fraction for training, from 0 to 1
   * @throws InvalidArgumentException if the fraction is outside this range
   */
  public ImageFolderBuilder split(double train, long seed) {
    options.split(Require.part(OP, "split", train), seed);
    return this;
  }

  /**
   * Reads labels from a list instead of subfolder names: a UTF-8 CSV file whose header has the
   * columns {@code file} and {@code label}, and optionally {@code split} with {@code train}, {@code
   * val} or {@code test}. Other columns are ignored. The column {@code file} contains paths
   * relative to the folder. Images are in the list's order; files that are not listed are ignored.
   */
  public ImageFolderBuilder labels(Path csv) {
    return labels(csv, LabelKind.CLASS);
  }

  /**
   * Reads labels from a list like {@link #labels(Path)}; a label may also be several classes or
   * numbers, for tasks with targets.
   */
  public ImageFolderBuilder labels(Path csv, LabelKind kind) {
    Require.present(OP, "kind of labels", kind);
    options.labels(
        Require.present(OP, "labels", csv),
        switch (kind) {
          case CLASS -> Labels::classes;
          case MULTI_LABEL -> Labels::multiLabel;
          case NUMBERS -> Labels::numbers;
        },
        kind == LabelKind.MULTI_LABEL);
    return this;
  }

  /**
   * Reads a sample weight for each image from a column of the list that {@link #labels(Path)} sets;
   * see {@link dev.quern.data.Dataset#withWeights}.
   *
   * @param column the name of the column; {@link #open} rejects a list without this column, and
   *     weights that are not numbers of at least 0
   * @throws InvalidArgumentException if {@code column} is null, or no list is set yet
   */
  public ImageFolderBuilder weights(String column) {
    if (!options.hasList()) {
      throw new InvalidArgumentException(
          OP + ": a weight column needs a label file; call labels first");
    }
    options.weights(Require.present(OP, "column of weights", column));
    return this;
  }

  /**
   * Sets the class names in label order, for example those of a model. Any other class in the
   * folder is an error; a class may have no images. Default: the folder's classes, sorted; for
   * masks, the names in {@code classes.txt}. Numeric labels have no classes.
   *
   * @throws InvalidArgumentException if the list is empty, or a name occurs twice
   */
  public ImageFolderBuilder classes(List<String> names) {
    options.classes(Require.classes(OP, names));
    return this;
  }

  /**
   * Skips broken files instead of throwing an exception; {@link ImageFolder#broken()} lists them.
   */
  public ImageFolderBuilder skipBroken() {
    options.skipBroken();
    return this;
  }

  /**
   * Caches decoded pixels in the JVM's heap, up to this many bytes; default a quarter of the heap.
   *
   * @throws InvalidArgumentException if {@code bytes} is negative
   */
  public ImageFolderBuilder cache(long bytes) {
    options.cache(null, Require.bytes(OP, "cache", bytes));
    return this;
  }

  /**
   * Caches decoded pixels in a file instead of the heap, up to this many bytes. The file is created
   * when the folder is opened and deleted when the folder is closed; if the process is killed, the
   * file remains.
   *
   * @param file a path that does not exist yet; {@link #open} rejects an existing file
   * @throws InvalidArgumentException if {@code file} is null, or {@code bytes} is negative
   */
  public ImageFolderBuilder cacheFile(Path file, long bytes) {
    Require.present(OP, "cache file", file);
    cache(bytes);
    options.cache(file, bytes);
    return this;
  }

  /**
   * Caches decoded pixels in a persistent file of up to this many bytes, so that later runs need
   * not decode the images. A later run uses the file if the images' names, sizes and times, the
   * resizing and the limit are unchanged, and the first image of each format still decodes to the
   * same pixels; otherwise the file is rebuilt. Damaged entries are decoded again. The file gets
   * its final name only when it is complete.
   *
   * @param file an existing cache, or a path that does not exist yet; {@link #open} rejects any
   *     other file
   * @throws InvalidArgumentException if {@code file} is null, or {@code bytes} is negative
   */
  public ImageFolderBuilder keptCache(Path file, long bytes) {
    Require.present(OP, "cache file", file);
    cache(bytes);
    options.keptCache(file, bytes);
    return this;
  }

  /** Sets the listener for the progress of opening the folder. */
  public ImageFolderBuilder listener(ProgressListener hears) {
    listener = Require.present(OP, "listener", hears);
    return this;
  }

  /**
   * Finds all images and decodes each image once.
   *
   * @throws InvalidArgumentException if no size is set
   * @throws dev.quern.error.NotFoundException if the folder or list does not exist, or no module
   *     that reads images is present
   * @throws FormatException if files are broken (the message lists the first ten); if the folder
   *     has no images; if a class has no images, unless {@link #classes} is set; if the list is not
   *     valid; or if all masks have only class 0
   * @throws dev.quern.error.FileAccessException if the system refuses to list the folder, or to
   *     create the cache file
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   * @throws dev.quern.error.UserCodeException if the listener throws
   */
  public ImageFolder open() {
    if (how.size() == null) {
      throw new InvalidArgumentException(OP + ": the size of the resized images is required");
    }
    return new ImageFolder(OpenFolder.open(options, how, listener::onRead));
  }
}
