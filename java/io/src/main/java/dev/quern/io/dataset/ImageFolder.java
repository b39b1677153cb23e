package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.folder.OpenFolder;
import dev.quern.io.folder.PictureTree;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A folder of image files, read as data sets. The label of an image is the name of its subfolder:
 *
 * <pre>
 * pets/cat/1.png, pets/dog/2.jpg          all images, or split by a ratio
 * pets/train/cat/1.png, pets/test/dog/2.jpg, and optionally val
 * pets/1.png, pets/2.jpg, labels.csv      by a CSV list: file,label and optionally split
 * pets/images/1.jpg, pets/masks/1.png     a class per pixel; also below train, test, val
 * </pre>
 *
 * Classes are sorted by name, images by path. Subfolders of a class folder belong to the same
 * class. Hidden files, whose names begin with a dot, and files without the extension of an image
 * format are ignored.
 *
 * <p>If there is no list, and the folders {@code images} and {@code masks} are side by side,
 * samples have targets {@code [H, W]} for {@link dev.quern.network.Task#pixelClasses}. A mask is a
 * {@code .png} file with the name and size of the image. Its pixels, gray values or palette indices
 * of at most 8 bits, are class indices from 0. Pixels of value 255, and borders that {@link
 * dev.quern.data.Preprocessing.Fit#FIT} adds, are ignored: the target of both is {@link
 * dev.quern.loss.CrossEntropy#IGNORE_INDEX}. Masks are resized like their images, by
 * nearest-neighbor interpolation. A file {@code classes.txt} in the folder may list the class
 * names, one per line. An image is broken if its mask is missing, is broken, has another size or
 * contains an unknown class; a mask without an image is ignored.
 *
 * <pre>{@code
 * try (ImageFolder pets = ImageFolder.builder(path).size(Size.of(64)).split(0.8, 1).open();
 *     Trainer trainer = Trainer.builder(network).preprocessing(pets.preprocessing()).build()) {
 *   trainer.fit(pets.train(), 10);
 *   System.out.println(trainer.evaluate(pets.test()));
 * }
 * }</pre>
 *
 * Images of any size, in any format that {@link dev.quern.data.Image#read(Path)} reads, are resized
 * to one common size. When the folder is opened, all images are decoded once, on as many threads as
 * the engine has, to find all broken files. Decoded pixels are cached up to the limit of {@link
 * ImageFolderBuilder#cache}; other images are decoded again on each access. If a file changes or
 * disappears later, training throws a {@link dev.quern.error.DataException}.
 *
 * <p>This object and its data sets are thread-safe. The data sets can be read until this object is
 * closed.
 */
public final class ImageFolder implements AutoCloseable {
  private final OpenFolder folder;
  private final List<BrokenFile> broken;

  ImageFolder(OpenFolder folder) {
    this.folder = folder;
    broken = folder.broken().stream().map(b -> new BrokenFile(b.file(), b.reason())).toList();
  }

  /**
   * Returns a builder with options for opening an image folder; the folder is read by {@link
   * ImageFolderBuilder#open}.
   *
   * @throws InvalidArgumentException if {@code folder} is null
   */
  public static ImageFolderBuilder builder(Path folder) {
    return new ImageFolderBuilder(Require.present("image folder", "folder", folder));
  }

  /**
   * Lists the image files below a folder, recursively and sorted by path. Files are selected by
   * extension; hidden files and links to targets outside the folder are skipped. The images are not
   * opened.
   *
   * @throws dev.quern.error.NotFoundException if the folder does not exist
   * @throws dev.quern.error.FormatException if the path is not a folder, or the folder contains no
   *     images
   * @throws dev.quern.error.FileAccessException if the system refuses to list the folder
   */
  public static List<Path> files(Path folder) {
    return OpenFolder.files(Require.present("image folder", "folder", folder));
  }

  /**
   * Returns whether a path is a folder with image files in at least two subfolders, in subfolders
   * of {@code train}, or in a folder {@code images} beside a folder {@code masks}. Only names are
   * read.
   *
   * @throws InvalidArgumentException if {@code folder} is null
   */
  public static boolean isAt(Path folder) {
    return PictureTree.isAt(Require.present("image folder", "folder", folder));
  }

  /** Returns the folder's name. The data sets have the same name. */
  public String name() {
    return folder.name();
  }

  /**
   * Returns the class names in label order; empty for numeric labels and for masks without class
   * names.
   */
  public List<String> classes() {
    return folder.classes();
  }

  /**
   * Returns the number of images of each class, in label order and over all splits. For masks, the
   * number of images with at least one pixel of the class.
   */
  public Map<String, Integer> counts() {
    return folder.counts();
  }

  /** Returns the training images: all images if the folder has no split. */
  public Dataset train() {
    return folder.train();
  }

  /**
   * Returns the validation images, from folders or list entries named {@code val}; may be empty.
   */
  public Dataset validation() {
    return folder.validation();
  }

  /**
   * Returns the test images, selected by folder, list or ratio; empty if the folder has no split.
   */
  public Dataset test() {
    return folder.test();
  }

  /** Returns the files of the images in {@link #test()}, in the same order. */
  public List<Path> testFiles() {
    return folder.testFiles();
  }

  /** Returns all images. */
  public Dataset all() {
    return folder.all();
  }

  /** Returns the broken files that were skipped, sorted by path. */
  public List<BrokenFile> broken() {
    return broken;
  }

  /**
   * Returns the number of ignored files in class folders by extension, the most frequent first, for
   * example {@code {.heic=2, .txt=1}}. The key is empty for names without extension; hidden files
   * are not counted. The map is empty for a folder with a list.
   */
  public Map<String, Integer> notRead() {
    return Collections.unmodifiableMap(folder.notRead());
  }

  /**
   * Returns the preprocessing of images to samples, with mean and standard deviation of {@link
   * #train()}. Pass it to {@code Trainer.builder(network).preprocessing} to store it in the model.
   */
  public Preprocessing preprocessing() {
    return folder.preprocessing();
  }

  /** Frees the cache; the data sets must not be read afterwards. */
  @Override
  public void close() {
    folder.close();
  }

  @Override
  public String toString() {
    return "ImageFolder "
        + name()
        + ": "
        + all().size()
        + " images, "
        + classes().size()
        + " classes";
  }
}
