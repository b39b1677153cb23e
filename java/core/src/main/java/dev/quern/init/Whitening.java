package dev.quern.init;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Map;

/**
 * Whitening weights for a first convolution, whose outputs on patches of a data set are then
 * uncorrelated with variance 1. The filters are the eigenvectors of the patches' covariance,
 * largest eigenvalue first, each multiplied by 1 / √(eigenvalue + eps). The negatives of these
 * filters follow, so that ReLU preserves all directions. Page, "How to Train Your ResNet", 2019;
 * Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024.
 *
 * <pre>{@code
 * Trainer.builder(Networks.speednet(train.shape(), 10))
 *     .normalization(n)
 *     .weights(Whitening.weights("whiten.weight", train.slice(0, 5000), n))
 *     .freeze("whiten.weight")
 * }</pre>
 */
public final class Whitening {
  /** Height and width of a filter in pixels. */
  public static final int KERNEL = 2;

  /** Maximum number of channels, which limits the size of the covariance matrix. */
  public static final int MAX_CHANNELS = 1024;

  private static final int WINDOW = KERNEL * KERNEL;

  /** Jordan's value; limits the amplification of directions with hardly any variance. */
  private static final double EPS = 5e-4;

  private Whitening() {}

  /** Returns the number of filters for images with this number of channels. */
  public static int filters(int channels) {
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw new InvalidArgumentException(
          "whitening: channels " + channels + " are outside [1, " + MAX_CHANNELS + "]");
    }
    return 2 * channels * WINDOW;
  }

  /**
   * Computes the weight {@code [filters, C, 2, 2]} from all patches of the images; a few thousand
   * images are enough.
   *
   * @param parameter the weight's name in the network
   * @param n the network's normalization
   * @return a map from the weight's name to its values, for {@link
   *     dev.quern.train.TrainerBuilder#weights}
   * @throws ShapeException if the images are smaller than a filter
   * @throws InvalidArgumentException if the data set is empty or contains floats
   */
  public static Map<String, float[]> weights(String parameter, Dataset images, Normalization n) {
    Require.present("whitening", "parameter", parameter);
    Require.present("whitening", "images", images);
    Shape shape = images.shape();
    Require.present("whitening", "normalization", n).requireFit(shape);
    int size = images.size();
    if (size < 1) {
      throw new InvalidArgumentException("whitening: data set " + images.name() + " is empty");
    }
    if (images.kind() != Dataset.Kind.BYTES) {
      throw new InvalidArgumentException(
          "whitening: data set " + images.name() + " contains floats, not bytes");
    }
    if (shape.rank() != 3 || shape.dim(0) != n.channels()) {
      throw new ShapeException(
          "whitening: samples of " + shape + " are not images of " + n.channels() + " channels");
    }
    if (shape.dim(1) < KERNEL || shape.dim(2) < KERNEL) {
      throw new ShapeException("whitening: images of " + shape + " are smaller than a filter, 2x2");
    }
    long side = filters(n.channels()) / 2;
    Heap.require("whitening", side * side * (4 * Double.BYTES)); // all intermediate matrices
    SymmetricEigen eigen = SymmetricEigen.of(covariance(images, size, shape, n));
    int outputs = eigen.values().length;
    float[] weights = new float[2 * outputs * outputs];
    for (int f = 0; f < outputs; f++) {
      double scale = 1 / Math.sqrt(Math.max(0, eigen.values()[f]) + EPS);
      for (int i = 0; i < outputs; i++) {
        float w = (float) (scale * eigen.vectors()[f][i]);
        weights[f * outputs + i] = w;
        weights[(outputs + f) * outputs + i] = -w;
      }
    }
    return Map.of(parameter, weights);
  }

  /** Returns the covariance of the normalized patches, computed from exact integer sums. */
  private static double[][] covariance(Dataset images, int count, Shape shape, Normalization n) {
    int size = filters(n.channels()) / 2;
    long[] sum = new long[size];
    long[][] products = new long[size][size];
    for (int i = 0; i < count; i++) {
      byte[] image = images.image(i);
      if (image.length != shape.elements()) {
        throw new DataException(
            "data set " + images.name() + ": sample " + i + " does not have shape " + shape, null);
      }
      add(shape, image, sum, products);
    }
    double patches = (double) count * (shape.dim(1) - KERNEL + 1) * (shape.dim(2) - KERNEL + 1);
    float[] std = n.std();
    double[][] covariance = new double[size][size];
    for (int a = 0; a < size; a++) {
      for (int b = 0; b <= a; b++) {
        double pixels = products[a][b] / patches - sum[a] / patches * (sum[b] / patches);
        double unit = 255.0 * std[a / WINDOW] * 255 * std[b / WINDOW];
        covariance[a][b] = pixels / unit;
        covariance[b][a] = covariance[a][b];
      }
    }
    return covariance;
  }

  private static void add(Shape shape, byte[] image, long[] sum, long[][] products) {
    int height = (int) shape.dim(1);
    int width = (int) shape.dim(2);
    int[] patch = new int[sum.length];
    for (int y = 0; y + KERNEL <= height; y++) {
      for (int x = 0; x + KERNEL <= width; x++) {
        for (int a = 0; a < patch.length; a++) {
          int row = a / WINDOW * height + y + a / KERNEL % KERNEL;
          patch[a] = image[row * width + x + a % KERNEL] & 0xff;
          sum[a] += patch[a];
          long[] ofA = products[a];
          for (int b = 0; b <= a; b++) {
            ofA[b] += patch[a] * patch[b];
          }
        }
      }
    }
  }
}
