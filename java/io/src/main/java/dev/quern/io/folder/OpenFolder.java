package dev.quern.io.folder;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.engine.Engine;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.UserCodeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.NotRead;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An open image folder: all its images have been read once. */
public final class OpenFolder implements AutoCloseable {
  static final String OP = "image folder";
  private static final int NAMED = 10;

  private final FolderOptions options;
  private final PictureSource source;
  private final List<Picture> pictures;
  private final Labels labels;

  /** The reader of the images' masks; null for images without masks. */
  private final @Nullable Masks masks;

  /** The sample weight of each image; null without weights. */
  private final float @Nullable [] weights;

  private final Preprocessing how;
  private final List<Broken> broken;
  private final Map<String, Integer> notRead;

  /** The number of files, including files that are known to be broken before they are read. */
  private final int files;

  private boolean[] heldOut;

  /** A listener for the progress of opening a folder. */
  @FunctionalInterface
  public interface Progress {
    void onRead(int done, int all);
  }

  private OpenFolder(
      FolderOptions options,
      Preprocessing how,
      List<Picture> pictures,
      Labels labels,
      boolean isMasked,
      float @Nullable [] weights,
      List<Broken> broken,
      Map<String, Integer> notRead) {
    this.options = options;
    this.how = how;
    this.pictures = pictures;
    this.labels = labels;
    this.weights = weights;
    this.broken = broken;
    this.notRead = notRead;
    files = pictures.size() + broken.size();
    Shape shape = Shape.of(how.channels().count(), how.size().height(), how.size().width());
    long mask = isMasked ? shape.dim(1) * shape.dim(2) : 0;
    if (shape.elements() + mask > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          OP + ": an image of " + shape + " is too large for a Java array");
    }
    int each = (int) (shape.elements() + mask);
    int classes = isMasked ? labels.classes().size() : 0;
    masks = isMasked ? new Masks(how, shape, classes, labels.targets()) : null;
    source =
        new PictureSource(
            pictures,
            how,
            shape,
            Engine.info().threads(),
            PixelCache.of(options, pictures, how, each, classes),
            masks);
  }

  /**
   * Opens a folder and reads all its images once.
   *
   * @param how the preprocessing of images to samples, with a size and channels
   */
  public static OpenFolder open(FolderOptions options, Preprocessing how, Progress progress) {
    return Heap.within(
        OP + ": " + options.root,
        () -> {
          OpenFolder folder = found(options, how);
          try {
            folder.read(progress);
            return folder;
          } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
          }
        });
  }

  private static OpenFolder found(FolderOptions options, Preprocessing how) {
    requireFolder(options.root);
    List<Picture> pictures;
    List<Broken> broken;
    float[] weights = null;
    Map<String, Integer> notRead = Map.of();
    Set<String> found = new TreeSet<>();
    boolean isMasked = false;
    if (options.labels == null) {
      PictureTree tree = PictureTree.read(options.root);
      pictures = new ArrayList<>(tree.pictures());
      pictures.sort(Comparator.comparing(Picture::name));
      broken = tree.broken();
      notRead = tree.notRead();
      isMasked = tree.isMasked();
      found.addAll(tree.labels());
    } else {
      LabelFile list =
          LabelFile.read(options.root, options.labels, options.mayHaveNone, options.weights);
      weights = list.weights();
      pictures = list.pictures();
      broken = list.broken();
    }
    if (pictures.isEmpty() && broken.isEmpty()) {
      throw new FormatException(
          isMasked
              ? OP
                  + ": "
                  + options.root
                  + " contains no images in its subfolders named images"
                  + NotRead.text(notRead)
              : options.labels == null
                  ? OP
                      + ": "
                      + options.root
                      + " has no subfolder with images for each class"
                      + NotRead.text(notRead)
                  : OP + ": " + options.labels + " does not list any image");
    }
    List<String> texts = pictures.stream().map(Picture::label).toList();
    Labels labels =
        isMasked
            ? Labels.masks(texts.size(), MaskFiles.classes(options.root, options.classes))
            : options.read.read(OP + ": " + options.root, texts, options.classes, found);
    return new OpenFolder(
        options, how, pictures, labels, isMasked, weights, new ArrayList<>(broken), notRead);
  }

  /** Returns all images below a folder, sorted by path. */
  public static List<Path> files(Path root) {
    requireFolder(root);
    PictureTree tree = PictureTree.below(root);
    List<Picture> all = new ArrayList<>(tree.pictures());
    if (all.isEmpty()) {
      throw new FormatException(
          OP + ": " + root + " contains no images" + NotRead.text(tree.notRead()));
    }
    all.sort(Comparator.comparing(Picture::name));
    return all.stream().map(Picture::file).toList();
  }

  private static void requireFolder(Path root) {
    if (!Files.exists(root)) {
      throw new NotFoundException(OP + ": " + root + " does not exist");
    }
    if (!Files.isDirectory(root)) {
      throw new FormatException(OP + ": " + root + " is not a folder");
    }
  }

  private void read(Progress progress) {
    broken.addAll(source.readAll(done -> tell(progress, done)));
    broken.sort(Comparator.comparing(b -> b.file().toString()));
    if (!broken.isEmpty() && !options.skipBroken) {
      throw new FormatException(brokenText());
    }
    requirePictures();
    source.finishCache();
    boolean owns = pictures.stream().anyMatch(p -> p.part() == Part.TEST);
    heldOut = owns || options.split < 0 ? new boolean[pictures.size()] : held();
  }

  private void tell(Progress progress, int done) {
    try {
      progress.onRead(done, pictures.size());
    } catch (UserCodeException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new UserCodeException(OP + ": listener threw " + e.getClass().getName(), e);
    }
  }

  private String brokenText() {
    String first =
        broken.stream()
            .limit(NAMED)
            .map(b -> b.file() + " (" + b.reason() + ")")
            .collect(Collectors.joining("; "));
    return OP
        + ": "
        + options.root
        + ": "
        + broken.size()
        + " of "
        + files
        + " files are broken: "
        + first
        + (broken.size() > NAMED ? "; and " + (broken.size() - NAMED) + " more" : "")
        + "; --skip-broken or skipBroken() skips them";
  }

  private void requirePictures() {
    if (options.classes != null) {
      return;
    }
    if (masks != null) {
      requireMarks();
      return;
    }
    counts()
        .forEach(
            (name, count) -> {
              if (count == 0) {
                throw new FormatException(
                    OP
                        + ": "
                        + options.root
                        + ": class "
                        + name
                        + " contains no images"
                        + NotRead.text(notRead));
              }
            });
  }

  /**
   * Rejects a folder whose masks all contain only class 0, such as masks with values 0 and 255:
   * nothing can be learned from them.
   */
  private void requireMarks() {
    if (all(masks::isMarked).length == 0) {
      throw new FormatException(
          OP
              + ": "
              + options.root
              + ": all masks have only class 0; each pixel's value must be its class index, and "
              + Masks.IGNORED
              + " is ignored");
    }
  }

  /** Returns for each image whether it is held out for testing. Validation images are not split. */
  private boolean[] held() {
    int[] own = all(i -> pictures.get(i).part() != Part.VALIDATION);
    int[] of = IntStream.of(own).map(i -> labels.strata()[i]).toArray();
    boolean[] out = Stratified.heldOut(of, labels.strataCount(), options.split, options.seed);
    boolean[] held = new boolean[pictures.size()];
    for (int i = 0; i < own.length; i++) {
      held[own[i]] = out[i];
    }
    return held;
  }

  private int[] all(IntPredicate wanted) {
    return IntStream.range(0, pictures.size()).filter(source::isWhole).filter(wanted).toArray();
  }

  private Dataset set(IntPredicate wanted) {
    int[] some = all(wanted);
    Dataset set = new PictureSet(name(), labels, source, some);
    if (weights == null) {
      return set;
    }
    float[] own = new float[some.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = weights[some[i]];
    }
    return set.withWeights(own);
  }

  private Part part(int picture) {
    Part said = pictures.get(picture).part();
    return heldOut[picture] ? Part.TEST : said == null ? Part.TRAIN : said;
  }

  public String name() {
    Path name = options.root.toAbsolutePath().normalize().getFileName();
    return name == null ? "pictures" : name.toString();
  }

  public List<String> classes() {
    return labels.classes();
  }

  public Map<String, Integer> counts() {
    return labels.counts(all(i -> true));
  }

  public Dataset train() {
    return set(i -> part(i) == Part.TRAIN);
  }

  public Dataset validation() {
    return set(i -> part(i) == Part.VALIDATION);
  }

  public Dataset test() {
    return set(i -> part(i) == Part.TEST);
  }

  /** Returns the files of {@link #test}, in the order of its indices. */
  public List<Path> testFiles() {
    return IntStream.of(all(i -> part(i) == Part.TEST))
        .mapToObj(i -> pictures.get(i).file())
        .toList();
  }

  public Dataset all() {
    return set(i -> true);
  }

  /** Returns the number of ignored files by extension, see {@link PictureTree#notRead}. */
  public Map<String, Integer> notRead() {
    return notRead;
  }

  public List<Broken> broken() {
    return List.copyOf(broken);
  }

  public Preprocessing preprocessing() {
    Dataset train = train();
    return how.normalization((train.size() == 0 ? all() : train).normalization());
  }

  @Override
  public void close() {
    source.close();
  }
}
