package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.folder.OpenFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An image folder as data sets. The label of an image is the name of its subfolder:
 *
 * <pre>
 * pets/cat/1.png, pets/dog/2.jpg          all images, or split by a ratio
 * pets/train/cat/1.png, pets/test/dog/2.jpg, and optionally val
 * pets/1.png, pets/2.jpg, labels.csv      by a CSV list: file,label and optionally split
 * pets/images/1.jpg, pets/masks/1.png     a class per pixel; also below train, test, val
 * </pre>
 *
 * Classes are sorted by name, images by path. Subfolders of a class belong to it. Files with a name
 * that begins with a dot, or without the extension of an image format, are ignored.
 *
 * <p>Without a list, and with the folders {@code images} and {@code masks} side by side, samples
 * have targets {@code [H, W]} for {@link dev.quern.network.Task#pixelClasses}. A mask has its
 * image's name with the extension {@code .png}, its size, and grey values or a palette of at most 8
 * bits, the values or indices being classes counted from 0. 255 is ignored: its target is {@link
 * dev.quern.loss.CrossEntropy#IGNORE_INDEX}, as for the borders that {@link
 * dev.quern.data.Preprocessing.Fit#FIT} adds. Masks are resized like their images, by the nearest
 * pixel. A file {@code classes.txt} in the folder may name the classes, one per line. An image
 * counts as broken if its mask is missing, broken, of another size or has an unknown class; a mask
 * without an image is ignored.
 *
 * <pre>{@code
 * try (ImageFolder pets = ImageFolder.builder(path).size(Size.of(64)).split(0.8, 1).open();
 *     Trainer trainer = Trainer.builder(network).preprocessing(pets.preprocessing()).build()) {
 *   trainer.fit(pets.train(), 10);
 *   System.out.println(trainer.evaluate(pets.test()));
 * }
 * }</pre>
 *
 * Images of any size and format that {@link dev.quern.data.Image#read(Path)} reads are resized to
 * one size. All are decoded once when the folder is opened, on as many threads as the engine has,
 * so every broken file is known then. Decoded pixels are cached within the limit of {@link
 * ImageFolderBuilder#cache}; other images are decoded again on each access. If a file changes or
 * disappears later, training throws a {@link dev.quern.error.DataException}.
 *
 * <p>Thread-safe, and so are its data sets, which are readable until the folder is closed.
 */
public final class ImageFolder implements AutoCloseable {
  private final OpenFolder folder;
  private final List<BrokenFile> broken;

  ImageFolder(OpenFolder folder) {
    this.folder = folder;
    broken = folder.broken().stream().map(b -> new BrokenFile(b.file(), b.reason())).toList();
  }

  /**
   * Says how a folder is opened; looks at nothing yet.
   *
   * @throws InvalidArgumentException if it is null
   */
  public static ImageFolderBuilder builder(Path folder) {
    return new ImageFolderBuilder(Require.present("image folder", "folder", folder));
  }

  /**
   * Lists the image files below a folder, recursively and sorted by path. Files are selected by
   * extension; hidden files and links to targets outside the folder are skipped. The images are not
   * read.
   *
   * @throws dev.quern.error.NotFoundException if the folder does not exist
   * @throws dev.quern.error.FormatException if it is not a folder, or contains no images
   * @throws dev.quern.error.FileAccessException if the system refuses to list it
   */
  public static List<Path> files(Path folder) {
    return OpenFolder.files(Require.present("image folder", "folder", folder));
  }

  /** The folder's own name, and that of its sets. */
  public String name() {
    return folder.name();
  }

  /** In label order; empty of numbers, and of masks without names. */
  public List<String> classes() {
    return folder.classes();
  }

  /**
   * Number of images of each class over all data sets, in label order; for masks, the number of
   * images with at least one pixel of the class.
   */
  public Map<String, Integer> counts() {
    return folder.counts();
  }

  /** The training images: all images if the folder has no split. */
  public Dataset train() {
    return folder.train();
  }

  /** The validation images, {@code val}; may be empty. */
  public Dataset validation() {
    return folder.validation();
  }

  /** The test images, held out by folder, list or ratio; empty if the folder has no split. */
  public Dataset test() {
    return folder.test();
  }

  /** The files of {@link #test()}, by its indices. */
  public List<Path> testFiles() {
    return folder.testFiles();
  }

  /** All images. */
  public Dataset all() {
    return folder.all();
  }

  /** Files that were skipped, sorted by path. */
  public List<BrokenFile> broken() {
    return broken;
  }

  /**
   * The preprocessing from images to samples, with mean and standard deviation of {@link #train()}:
   * for {@code Trainer.builder(network).preprocessing}, so that the model preprocesses images in
   * the same way.
   */
  public Preprocessing preprocessing() {
    return folder.preprocessing();
  }

  /** Gives the cache back; its sets are not to be read any more. Closing twice does nothing. */
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
