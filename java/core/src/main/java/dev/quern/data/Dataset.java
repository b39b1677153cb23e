package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Heap;
import dev.quern.internal.Names;
import dev.quern.internal.Philox;
import dev.quern.internal.Require;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Images in memory, each with a label or a target. Pixels are unsigned bytes in C, H, W order,
 * image after image; labels index {@link #classes()}; targets are floats of one shape, for soft or
 * several labels and for regression. Nothing is copied, so no array may change afterwards; then
 * safe for any number of threads.
 */
public final class Dataset {
  private final String name;
  private final int channels;
  private final int height;
  private final int width;
  private final Shape shape;
  private final List<String> classes;
  private final byte[] pixels;
  private final int size;

  /** Null where there are targets. */
  private final int[] labels;

  /** Null where there are labels. */
  private final Targets targets;

  /**
   * @throws InvalidArgumentException if sizes disagree or a label is not a class
   */
  public Dataset(
      String name,
      int channels,
      int height,
      int width,
      List<String> classes,
      byte[] pixels,
      int[] labels) {
    this(
        name,
        channels,
        height,
        width,
        classes,
        pixels,
        Require.present("data set " + name, "labels", labels).length,
        labels,
        null);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= this.classes.size()) {
        throw new InvalidArgumentException(
            "data set "
                + name
                + ": label "
                + labels[i]
                + " of image "
                + i
                + " is not below "
                + this.classes.size());
      }
    }
  }

  private Dataset(
      String name,
      int channels,
      int height,
      int width,
      List<String> classes,
      byte[] pixels,
      int size,
      int[] labels,
      Targets targets) {
    this.name = Require.present("data set", "name", name);
    this.classes = Require.all("data set " + name, "classes", classes);
    this.pixels = Require.present("data set " + name, "pixels", pixels);
    String image = channels + "x" + height + "x" + width;
    if (channels < 1 || height < 1 || width < 1) {
      throw new InvalidArgumentException(
          "data set " + name + ": image size " + image + " must be at least 1x1x1");
    }
    // step by step: a product of all of them would wrap around
    long bytes = (long) channels * height;
    bytes = bytes > Heap.MOST ? bytes : bytes * width;
    if (bytes > Heap.MOST) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": an image of "
              + image
              + " has more bytes than a Java array holds");
    }
    if (size * bytes != pixels.length) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": "
              + pixels.length
              + " bytes are not "
              + size
              + " images of "
              + image);
    }
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.shape = Shape.of(channels, height, width);
    this.size = size;
    this.labels = labels;
    this.targets = targets;
  }

  /**
   * Images without labels, and without classes.
   *
   * @param targetShape of one image's target; usually the network's output
   * @param targets from position to limit, image after image
   * @throws InvalidArgumentException if sizes disagree or a target is not finite
   */
  public static Dataset ofTargets(
      String name,
      int channels,
      int height,
      int width,
      byte[] pixels,
      Shape targetShape,
      FloatBuffer targets) {
    Targets t = Targets.of(name, targetShape, targets);
    return new Dataset(name, channels, height, width, List.of(), pixels, t.size(), null, t);
  }

  /**
   * These images with targets in place of labels; classes stay, as the names of outputs.
   *
   * @param shape of one image's target
   * @param values from position to limit, image after image
   * @throws InvalidArgumentException if there are not as many as images, or one is not finite
   */
  public Dataset withTargets(Shape shape, FloatBuffer values) {
    return with(Targets.of(name, shape, values));
  }

  /**
   * These images with a row of targets each in place of labels: probabilities of the classes,
   * several labels of 0 or 1, or numbers to come near to.
   *
   * @throws InvalidArgumentException if there are not as many rows as images, all equally long, or
   *     a target is not finite
   */
  public Dataset withTargets(float[][] rows) {
    return with(Targets.of(name, rows));
  }

  private Dataset with(Targets t) {
    if (t.size() != size) {
      throw new InvalidArgumentException(
          "data set " + name + ": " + t.size() + " targets do not fit " + size + " images");
    }
    return new Dataset(name, channels, height, width, classes, pixels, size, null, t);
  }

  /** For example {@code cifar10}. */
  public String name() {
    return name;
  }

  /** One image's shape, {@code [C, H, W]}. */
  public Shape shape() {
    return shape;
  }

  /** Class names, in label order; empty where there are none. */
  public List<String> classes() {
    return classes;
  }

  /** The number of images. */
  public int size() {
    return size;
  }

  /** Whether images have targets rather than labels. */
  public boolean hasTargets() {
    return targets != null;
  }

  /**
   * The label of image {@code index}, from 0.
   *
   * @throws InvalidArgumentException if the set has targets
   */
  public int label(int index) {
    requireIndex(index);
    if (labels == null) {
      throw new InvalidArgumentException("data set " + name + ": it has targets, not labels");
    }
    return labels[index];
  }

  /**
   * The shape of one image's target.
   *
   * @throws InvalidArgumentException if the set has labels
   */
  public Shape targetShape() {
    return targets().shape();
  }

  /**
   * The target of image {@code index}, in row-major order.
   *
   * @throws InvalidArgumentException if the set has labels
   */
  public float[] target(int index) {
    requireIndex(index);
    float[] target = Heap.floats("data set " + name, targetShape().elements());
    copyTarget(index, target);
    return target;
  }

  /**
   * Copies the target of image {@code index} to the beginning of {@code to}.
   *
   * @throws InvalidArgumentException if the set has labels, or there is no room
   */
  public void copyTarget(int index, float[] to) {
    requireIndex(index);
    long wanted = targetShape().elements();
    if (to == null || to.length < wanted) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": "
              + (to == null ? "no array" : to.length + " floats")
              + " for a target of "
              + wanted);
    }
    targets().copy(index, to);
  }

  private Targets targets() {
    if (targets == null) {
      throw new InvalidArgumentException("data set " + name + ": it has labels, not targets");
    }
    return targets;
  }

  /** The pixels of image {@code index}, in C, H, W order. */
  public byte[] image(int index) {
    requireIndex(index);
    byte[] image = Heap.bytes("data set " + name, imageBytes());
    copyImage(index, ByteBuffer.wrap(image), 0);
    return image;
  }

  /**
   * Copies image {@code index} into {@code target} from {@code at} on.
   *
   * @throws InvalidArgumentException if there is no room before the target's limit
   */
  public void copyImage(int index, ByteBuffer target, int at) {
    requireIndex(index);
    int n = imageBytes();
    if (target == null || target.isReadOnly() || at < 0 || at > target.limit() - n) {
      throw new InvalidArgumentException(
          "data set " + name + ": no room for " + n + " bytes from " + at + " on in " + target);
    }
    target.put(at, pixels, index * n, n);
  }

  private void requireIndex(int index) {
    if (index < 0 || index >= size) {
      throw new InvalidArgumentException(
          "data set " + name + ": image " + index + " is outside [0, " + size + ")");
    }
  }

  /** Bytes an image. */
  public int imageBytes() {
    return channels * height * width;
  }

  /** The mean and standard deviation of each channel over all images, after scaling to [0, 1]. */
  public Normalization normalization() {
    double[] sum = Heap.doubles("data set " + name, channels);
    double[] squares = Heap.doubles("data set " + name, channels);
    int plane = height * width;
    for (int i = 0, p = 0; i < size; i++) {
      for (int c = 0; c < channels; c++) {
        long s = 0;
        long q = 0;
        for (int k = 0; k < plane; k++, p++) {
          int v = pixels[p] & 0xff;
          s += v;
          q += v * v;
        }
        sum[c] += s;
        squares[c] += q;
      }
    }
    float[] mean = Heap.floats("data set " + name, channels);
    float[] std = Heap.floats("data set " + name, channels);
    double n = (double) Math.max(1, size) * plane;
    for (int c = 0; c < channels; c++) {
      double m = sum[c] / n;
      mean[c] = (float) (m / 255);
      std[c] = (float) Math.max(1e-3, Math.sqrt(Math.max(0, squares[c] / n - m * m)) / 255);
    }
    return new Normalization(mean, std);
  }

  /** The images from {@code from} up to but not including {@code to}. */
  public Dataset slice(int from, int to) {
    if (from < 0 || to < from || to > size()) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": slice ["
              + from
              + ", "
              + to
              + ") is outside its "
              + size()
              + " images");
    }
    int n = imageBytes();
    byte[] some = Heap.bytes("data set " + name, (to - from) * n);
    System.arraycopy(pixels, from * n, some, 0, some.length);
    return new Dataset(
        name,
        channels,
        height,
        width,
        classes,
        some,
        to - from,
        labels == null ? null : Arrays.copyOfRange(labels, from, to),
        targets == null ? null : targets.slice(from, to));
  }

  /** A copy with the images in an order that the seed decides; to hold some of them out. */
  public Dataset shuffled(long seed) {
    int[] order = Philox.permutation(seed, 0, size);
    int n = imageBytes();
    byte[] movedPixels = Heap.bytes("data set " + name, pixels.length);
    int[] movedLabels = labels == null ? null : new int[size];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(pixels, order[i] * n, movedPixels, i * n, n);
      if (labels != null) {
        movedLabels[i] = labels[order[i]];
      }
    }
    return new Dataset(
        name,
        channels,
        height,
        width,
        classes,
        movedPixels,
        size,
        movedLabels,
        targets == null ? null : targets.ordered(order));
  }

  /** One line: name, size, image shape, and the number of classes or the shape of a target. */
  @Override
  public String toString() {
    return "Dataset "
        + Names.inLine(name)
        + ": "
        + size
        + " images of "
        + shape
        + ", "
        + (targets == null
            ? classes.size() + " classes"
            : "targets of " + Names.inLine(targetShape().toString()));
  }
}
