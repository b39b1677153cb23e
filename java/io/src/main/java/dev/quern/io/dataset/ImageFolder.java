package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.Require;
import dev.quern.io.folder.OpenFolder;
import dev.quern.io.folder.PictureTree;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A folder of pictures as data sets. What a picture shows is the name of its subfolder:
 *
 * <pre>
 * pets/cat/1.png, pets/dog/2.jpg          all pictures, or divided by a ratio
 * pets/train/cat/1.png, pets/test/dog/2.jpg, and val where there is one
 * pets/1.png, pets/2.jpg, labels.csv      by a list, in CSV: file,label and maybe split
 * pets/images/1.jpg, pets/masks/1.png     a class for each pixel; below train, test, val, too
 * </pre>
 *
 * Classes are sorted by name, pictures by path. Subfolders of a class belong to it. Files whose
 * names begin with a dot, or end in no way that a picture's does, are left alone.
 *
 * <p>Where there is no list, and folders {@code images} and {@code masks} lie side by side, samples
 * have targets {@code [H, W]}, as {@link dev.quern.network.Task#pixelClasses} takes them. A mask
 * has its picture's name with the ending {@code .png}, its size, and grey or a palette of at most 8
 * bits, whose values or indices are classes from 0. 255 is ignored: its target is {@link
 * dev.quern.loss.CrossEntropy#IGNORE_INDEX}, as where {@link dev.quern.data.Preprocessing.Fit#FIT}
 * adds black. Masks are resized as their pictures are, by the nearest pixel. A file {@code
 * classes.txt} in the folder may name the classes, one a line. A picture is broken where its mask
 * is missing, broken, of another size or has another class; a mask without a picture is left alone.
 *
 * <pre>{@code
 * try (ImageFolder pets = ImageFolder.builder(path).size(Size.of(64)).split(0.8, 1).open();
 *     Trainer trainer = Trainer.builder(network).preprocessing(pets.preprocessing()).build()) {
 *   trainer.fit(pets.train(), 10);
 *   System.out.println(trainer.evaluate(pets.test()));
 * }
 * }</pre>
 *
 * Pictures of any size and format that {@link dev.quern.data.Image#read(Path)} reads are brought to
 * one size. All are decoded once when the folder is opened, on as many threads as the engine has,
 * so that every broken file is known by then. Their pixels are kept as far as {@link
 * ImageFolderBuilder#cache} allows; the others are decoded again whenever they are asked for. A
 * file that changes or goes later ends training in a {@link dev.quern.error.DataException}.
 *
 * <p>Safe for threads, and so are its sets. They may be read until the folder is closed.
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
   * The pictures below a folder, whatever it is divided into, sorted by path: by the endings of
   * their names, hidden ones and those that links lead out to aside. None is read.
   *
   * @throws dev.quern.error.NotFoundException if there is no such folder
   * @throws dev.quern.error.FormatException if it is none, or has no pictures
   * @throws dev.quern.error.FileAccessException if the system refuses to list it
   */
  public static List<Path> files(Path folder) {
    return OpenFolder.files(Require.present("image folder", "folder", folder));
  }

  /**
   * Whether a path is a folder with image files in at least two subfolders, in those of {@code
   * train}, or in {@code images} beside {@code masks}. Looks at names alone.
   *
   * @throws InvalidArgumentException if it is null
   */
  public static boolean isAt(Path folder) {
    return PictureTree.isAt(Require.present("image folder", "folder", folder));
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
   * Pictures of each class, those of all sets together, in label order: of masks, those that have a
   * pixel of it.
   */
  public Map<String, Integer> counts() {
    return folder.counts();
  }

  /** Those to train on: all where nothing divides the folder. */
  public Dataset train() {
    return folder.train();
  }

  /** Those of {@code val}; may be empty. */
  public Dataset validation() {
    return folder.validation();
  }

  /** Those held out by folder, list or ratio; empty where nothing divides the folder. */
  public Dataset test() {
    return folder.test();
  }

  /** All pictures. */
  public Dataset all() {
    return folder.all();
  }

  /** What was skipped, sorted by path. */
  public List<BrokenFile> broken() {
    return broken;
  }

  /**
   * The number of files in class folders that are not images by the endings of their names, and so
   * were left alone: for example {@code {.heic=2, .txt=1}}, the most frequent first. The key is
   * empty for names without ending; hidden files are not counted. Empty for a folder with a list.
   */
  public Map<String, Integer> notRead() {
    return Collections.unmodifiableMap(folder.notRead());
  }

  /**
   * How its pictures became samples, with the mean and deviation of {@link #train()}: for {@code
   * Trainer.builder(network).preprocessing}, so that a model takes pictures in the same way.
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
