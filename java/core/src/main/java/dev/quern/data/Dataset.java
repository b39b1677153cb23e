package dev.quern.data;

import dev.quern.Shape;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Philox;
import dev.quern.internal.Require;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled images in memory. Pixels are unsigned bytes in C, H, W order, image after image; labels
 * index {@link #classes()}. Not copied, so neither array may change afterwards; then safe for any
 * number of threads.
 */
public final class Dataset {
  private final String name;
  private final int channels;
  private final int height;
  private final int width;
  private final List<String> classes;
  private final byte[] pixels;
  private final int[] labels;

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
    Require.present("data set", "name", name);
    Require.present("data set " + name, "classes", classes);
    Require.present("data set " + name, "pixels", pixels);
    Require.present("data set " + name, "labels", labels);
    if (channels < 1 || height < 1 || width < 1) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": image size "
              + channels
              + "x"
              + height
              + "x"
              + width
              + " must be at least 1x1x1");
    }
    if ((long) labels.length * channels * height * width != pixels.length) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": "
              + pixels.length
              + " bytes are not "
              + labels.length
              + " images of "
              + channels
              + "x"
              + height
              + "x"
              + width);
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes.size()) {
        throw new InvalidArgumentException(
            "data set "
                + name
                + ": label "
                + labels[i]
                + " of image "
                + i
                + " is not below "
                + classes.size());
      }
    }
    this.name = name;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.classes = List.copyOf(classes);
    this.pixels = pixels;
    this.labels = labels;
  }

  /** For example {@code cifar10}. */
  public String name() {
    return name;
  }

  /** One image's shape, {@code [C, H, W]}. */
  public Shape shape() {
    return Shape.of(channels, height, width);
  }

  /** Class names, in label order. */
  public List<String> classes() {
    return classes;
  }

  /** The number of images. */
  public int size() {
    return labels.length;
  }

  /** The label of image {@code index}, from 0. */
  public int label(int index) {
    requireIndex(index);
    return labels[index];
  }

  /** The pixels of image {@code index}, in C, H, W order. */
  public byte[] image(int index) {
    byte[] image = new byte[imageBytes()];
    copyImage(index, ByteBuffer.wrap(image), 0);
    return image;
  }

  /** Copies image {@code index} into {@code target} from {@code at} on. */
  public void copyImage(int index, ByteBuffer target, int at) {
    requireIndex(index);
    int n = imageBytes();
    Require.present("data set " + name, "target", target).put(at, pixels, index * n, n);
  }

  private void requireIndex(int index) {
    if (index < 0 || index >= labels.length) {
      throw new InvalidArgumentException(
          "data set " + name + ": image " + index + " is outside [0, " + labels.length + ")");
    }
  }

  /** Bytes an image. */
  public int imageBytes() {
    return channels * height * width;
  }

  /** The mean and standard deviation of each channel over all images, after scaling to [0, 1]. */
  public Normalization normalization() {
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    int plane = height * width;
    for (int i = 0, p = 0; i < labels.length; i++) {
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
    float[] mean = new float[channels];
    float[] std = new float[channels];
    double n = (double) Math.max(1, labels.length) * plane;
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
    return new Dataset(
        name,
        channels,
        height,
        width,
        classes,
        Arrays.copyOfRange(pixels, from * n, to * n),
        Arrays.copyOfRange(labels, from, to));
  }

  /** A copy with the images in an order that the seed decides; to hold some of them out. */
  public Dataset shuffled(long seed) {
    int[] order = Philox.permutation(seed, 0, size());
    int n = imageBytes();
    byte[] movedPixels = new byte[pixels.length];
    int[] movedLabels = new int[labels.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(pixels, order[i] * n, movedPixels, i * n, n);
      movedLabels[i] = labels[order[i]];
    }
    return new Dataset(name, channels, height, width, classes, movedPixels, movedLabels);
  }
}
