package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.folder.Part;
import dev.quern.io.folder.Stratified;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Data sets in files of arrays: a .npz file, a safetensors file, or a folder of such files and of
 * .npy files. The name of an array determines its role:
 *
 * <pre>
 * mnist.npz with x_train, y_train, x_test, y_test       as in Keras
 * organs.npz with train_images, train_labels, val_images, ...
 * folder/images.npy, folder/labels.npy                  all samples, or divided by a ratio
 * folder/train.npz, folder/test.npz                     each with x and y
 * </pre>
 *
 * Arrays of samples are named {@code x}, {@code images}, {@code inputs} or {@code data}; arrays of
 * labels or targets are named {@code y}, {@code labels} or {@code targets}. The split, {@code
 * train}, {@code val} or {@code test}, is a prefix, a suffix or the file's name. Class names are in
 * an array of strings {@code classes}, or in a file {@code classes.txt} with one name per line.
 * Other arrays are ignored.
 *
 * <p>Samples of type uint8 are bytes, samples of all other types floats. Samples {@code [N, H, W]}
 * are grayscale images; {@code [N, H, W, C]} becomes {@code [N, C, H, W]}: see {@link
 * ArrayFilesBuilder#layout}. Integers {@code [N]} or {@code [N, 1]} are labels, counted from 0. All
 * other arrays are targets: floats {@code [N]} are one number per sample, {@code [N, C]} are
 * several numbers, {@code [N, H, W]} are the classes of pixels.
 *
 * <pre>{@code
 * try (ArrayFiles mnist = ArrayFiles.builder(Path.of("mnist.npz")).open();
 *     Trainer trainer = Trainer.builder(network).build()) {
 *   trainer.fit(mnist.train(), 5);
 *   System.out.println(trainer.evaluate(mnist.test()));
 * }
 * }</pre>
 *
 * This object and its data sets are thread-safe. The data sets can be read until this object is
 * closed.
 */
public final class ArrayFiles implements AutoCloseable {
  static final String OP = "arrays";

  private final String name;
  private final boolean divided;
  private final Map<Part, Dataset> sets;
  private final List<StoredSamples> stored;

  private ArrayFiles(
      String name, boolean divided, Map<Part, Dataset> sets, List<StoredSamples> stored) {
    this.name = name;
    this.divided = divided;
    this.sets = sets;
    this.stored = stored;
  }

  /**
   * Returns a builder with options for opening array files; the files are read by {@link
   * ArrayFilesBuilder#open}.
   *
   * @param path a file or folder
   */
  public static ArrayFilesBuilder builder(Path path) {
    return new ArrayFilesBuilder(Require.present(OP, "path", path));
  }

  /**
   * Returns whether a path contains at least one array with a known name. The path may be a .npz
   * file, a .npy file, a safetensors file that is not a {@link DatasetFile}, or a folder of such
   * files. Only names and headers are read.
   */
  public static boolean isAt(Path path) {
    return ArrayFinder.isAt(Require.present(OP, "path", path));
  }

  static ArrayFiles open(ArrayFilesBuilder b) {
    return Heap.within(
        OP + ": " + b.path,
        () -> {
          List<StoredSamples> stored = new ArrayList<>();
          boolean whole = false;
          try (ArrayFinder found = ArrayFinder.in(b.path)) {
            Map<Part, Dataset> sets = new ArraySets(b, found, stored).read();
            boolean divides =
                b.split >= 0 && sets.containsKey(Part.TRAIN) && !sets.containsKey(Part.TEST);
            whole = true;
            return new ArrayFiles(
                ArrayFinder.name(b.path), divides, divides ? divided(b, sets) : sets, stored);
          } finally {
            if (!whole) {
              stored.forEach(StoredSamples::close);
            }
          }
        });
  }

  /** Splits the training samples by the builder's ratio if no file contains test samples. */
  private static Map<Part, Dataset> divided(ArrayFilesBuilder b, Map<Part, Dataset> sets) {
    Dataset all = sets.get(Part.TRAIN);
    boolean labels = !all.hasTargets();
    int[] of = new int[all.size()];
    for (int i = 0; labels && i < of.length; i++) {
      of[i] = all.label(i);
    }
    boolean[] out = Stratified.heldOut(of, labels ? all.classes().size() : 1, b.split, b.seed);
    sets.put(Part.TRAIN, all.subset(those(out, false)));
    sets.put(Part.TEST, all.subset(those(out, true)));
    return sets;
  }

  private static int[] those(boolean[] out, boolean wanted) {
    return IntStream.range(0, out.length).filter(i -> out[i] == wanted).toArray();
  }

  /**
   * Returns the name of the file without its extension, or the name of the folder. The data sets
   * have the same name.
   */
  public String name() {
    return name;
  }

  /** Returns the class names in label order; empty for targets without class names. */
  public List<String> classes() {
    return sets.values().iterator().next().classes();
  }

  /** Returns the training samples: all samples if the files have no split; may be empty. */
  public Dataset train() {
    return set(Part.TRAIN);
  }

  /** Returns the validation samples, from arrays or files named {@code val}; may be empty. */
  public Dataset validation() {
    return set(Part.VALIDATION);
  }

  /**
   * Returns the test samples: the arrays or files named {@code test}, or the training samples that
   * the split ratio holds out. May be empty.
   */
  public Dataset test() {
    return set(Part.TEST);
  }

  /**
   * Returns whether {@link #test()} was held out by the ratio because no file contains test
   * samples.
   */
  public boolean isDivided() {
    return divided;
  }

  private Dataset set(Part part) {
    @Nullable Dataset own = sets.get(part);
    return own == null ? sets.values().iterator().next().slice(0, 0) : own;
  }

  /** Closes the files; the data sets must not be read afterwards. */
  @Override
  public void close() {
    stored.forEach(StoredSamples::close);
  }

  @Override
  public String toString() {
    return "ArrayFiles "
        + name
        + ": "
        + train().size()
        + " training, "
        + validation().size()
        + " validation and "
        + test().size()
        + " test samples";
  }
}
