package dev.quern.peers;

import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is measured, written {@code NETWORK-train-BATCH} or {@code NETWORK-infer-BATCH}: one of
 * Quern's built-in networks, or in inference an ONNX file, on one batch of N(0,1) images with
 * random labels, again and again.
 *
 * <p>A training step is forward, softmax cross-entropy, backward and SGD; an inference step is
 * forward in evaluation mode.
 */
public record Workload(String net, boolean train, int batch) {
  public static final float LEARNING_RATE = 0.01f;
  public static final float MOMENTUM = 0.9f;

  private static final Pattern FORM = Pattern.compile("(.+)-(train|infer)-([1-9][0-9]{0,6})");
  private static final long INPUT_SEED = 1234;
  private static final long LABEL_SEED = 4321;

  /**
   * @throws IllegalArgumentException if {@code text} is not of that form or no network has the name
   */
  public static Workload of(String text) {
    Matcher m = FORM.matcher(text);
    if (m.matches()) {
      Workload workload =
          new Workload(m.group(1), m.group(2).equals("train"), Integer.parseInt(m.group(3)));
      if (workload.isFile() ? !workload.train : Networks.names().contains(workload.net)) {
        return workload;
      }
    }
    throw new IllegalArgumentException(
        "workload "
            + text
            + " is not NETWORK-train-BATCH, NETWORK-infer-BATCH or FILE.onnx-infer-BATCH");
  }

  /** Whether the network is that of an ONNX file. */
  public boolean isFile() {
    return net.endsWith(".onnx");
  }

  /**
   * Of an ONNX file only.
   *
   * @throws IllegalStateException if the network is a built-in one
   */
  public Path file() {
    if (!isFile()) {
      throw new IllegalStateException(net + " is not an ONNX file");
    }
    return Path.of(net);
  }

  public Network network() {
    return isFile() ? ModelData.load(file()).network() : Networks.byName(net);
  }

  public int classes() {
    return Math.toIntExact(network().output().elements());
  }

  /** {@code [N, C, H, W]}. */
  public Shape inputShape() {
    return network().input().batch(batch);
  }

  /** The images' values, in whatever order the library has its axes: they are random. */
  public float[] images() {
    return gaussians(inputShape().elements(), 1, new Random(INPUT_SEED));
  }

  public int[] labels() {
    return new Random(LABEL_SEED).ints(batch, 0, classes()).toArray();
  }

  /** The labels as {@code [N, classes]} ones and zeros. */
  public float[] oneHotLabels() {
    int[] labels = labels();
    int classes = classes();
    float[] ones = new float[batch * classes];
    for (int i = 0; i < batch; i++) {
      ones[i * classes + labels[i]] = 1;
    }
    return ones;
  }

  /** {@code count} values of a normal distribution around 0. */
  public static float[] gaussians(long count, double deviation, Random random) {
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** How a table calls it. */
  public String title() {
    return isFile() ? file().getFileName() + "-infer-" + batch : toString();
  }

  @Override
  public String toString() {
    return net + (train ? "-train-" : "-infer-") + batch;
  }
}
