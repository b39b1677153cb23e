package dev.quern.peers;

import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is measured, written {@code NETWORK-KIND-BATCH}: one of Quern's built-in networks, or in
 * inference an ONNX file, on one batch of N(0,1) images with random labels, again and again.
 *
 * <p>A training step ({@code train}) is forward, softmax cross-entropy, backward and SGD; an
 * inference step is forward in evaluation mode, in floats ({@code infer}) or in whole numbers
 * ({@code int8}). {@code train-bf16} and {@code infer-bf16} compute in bfloat16 where the library
 * has that.
 */
public record Workload(String net, Kind kind, int batch) {
  /** How a workload's text calls them, in small letters. */
  public enum Kind {
    TRAIN,
    INFER,
    INT8,
    TRAIN_BF16,
    INFER_BF16;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  public static final float LEARNING_RATE = 0.01f;
  public static final float MOMENTUM = 0.9f;

  private static final Pattern FORM =
      Pattern.compile("(.+)-((?:train|infer)(?:-bf16)?|int8)-([1-9][0-9]{0,6})");
  private static final long INPUT_SEED = 1234;
  private static final long LABEL_SEED = 4321;

  /**
   * @throws IllegalArgumentException if {@code text} is not of that form or no network has the name
   */
  public static Workload of(String text) {
    Matcher m = FORM.matcher(text);
    if (m.matches()) {
      Kind kind = Kind.of(m.group(2));
      Workload workload = new Workload(m.group(1), kind, Integer.parseInt(m.group(3)));
      if (workload.isFile() ? !workload.train() : Networks.names().contains(workload.net)) {
        return workload;
      }
    }
    throw new IllegalArgumentException(
        "workload "
            + text
            + " is not NETWORK-train|infer|int8|train-bf16|infer-bf16-BATCH"
            + " or FILE.onnx-infer|int8|infer-bf16-BATCH");
  }

  public boolean train() {
    return kind == Kind.TRAIN || kind == Kind.TRAIN_BF16;
  }

  /** In bfloat16. */
  public boolean bf16() {
    return kind == Kind.TRAIN_BF16 || kind == Kind.INFER_BF16;
  }

  /** Inference in whole numbers. */
  public boolean int8() {
    return kind == Kind.INT8;
  }

  /** Whether values are rounded: in {@code int8} and bfloat16, or in a file that is quantized. */
  public boolean isRounded() {
    return int8()
        || bf16()
        || isFile() && network().nodes().stream().anyMatch(n -> n.layer() instanceof FakeQuantize);
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
    return isFile() ? file().getFileName() + suffix() : toString();
  }

  @Override
  public String toString() {
    return net + suffix();
  }

  private String suffix() {
    return "-" + kind + "-" + batch;
  }
}
