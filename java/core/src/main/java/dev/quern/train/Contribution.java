package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.io.Serial;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The result of one or more replicas in a round of training: their shares of the mean gradients or
 * mean weight changes. The shares of all replicas add up to the mean. Serializable and, for
 * callers, immutable.
 */
public final class Contribution implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** The empty contribution, the neutral element of {@link #plus}. */
  public static final Contribution NONE = new Contribution(Map.of(), 0, 0, 0, 0);

  private final transient Map<String, float[]> shares;
  private final transient int images;
  private final transient double lossSum;
  private final transient long correct;
  private final transient long answers;

  /**
   * Creates a contribution.
   *
   * @param shares the shares by tensor, in a fixed order; not copied
   */
  Contribution(
      Map<String, float[]> shares, int images, double lossSum, long correct, long answers) {
    this.shares = shares;
    this.images = images;
    this.lossSum = lossSum;
    this.correct = correct;
    this.answers = answers;
  }

  /**
   * Returns a new contribution: the shares and counts of this one, plus those of the other. Float
   * sums depend on the order of additions.
   *
   * @throws InvalidArgumentException if the contributions belong to different networks
   */
  public Contribution plus(Contribution other) {
    Require.present("contribution", "other", other);
    if (shares.isEmpty() || other.shares.isEmpty()) {
      return new Contribution(
          shares.isEmpty() ? other.shares : shares,
          images + other.images,
          lossSum + other.lossSum,
          correct + other.correct,
          answers + other.answers);
    }
    if (!shares.keySet().equals(other.shares.keySet())) {
      throw new InvalidArgumentException(
          "contribution: tensors "
              + shares.keySet()
              + " do not match those of the other contribution, "
              + other.shares.keySet());
    }
    Map<String, float[]> sums = new LinkedHashMap<>();
    shares.forEach((name, a) -> sums.put(name, sum(name, a, other.shares.get(name))));
    return new Contribution(
        sums,
        images + other.images,
        lossSum + other.lossSum,
        correct + other.correct,
        answers + other.answers);
  }

  private static float[] sum(String name, float[] a, float[] b) {
    if (a.length != b.length) {
      throw new InvalidArgumentException(
          "contribution: tensor "
              + name
              + " has "
              + a.length
              + " values, but the other contribution's has "
              + b.length);
    }
    float[] sum = new float[a.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  /** Returns the number of training images. */
  public int images() {
    return images;
  }

  /** Returns the mean loss over the images, computed before each step's update. */
  public double loss() {
    return lossSum / images;
  }

  long correct() {
    return correct;
  }

  long answers() {
    return answers;
  }

  Map<String, float[]> shares() {
    return shares;
  }

  @Serial
  private Object writeReplace() {
    return new ContributionBytes(
        ContributionBytes.packed(shares), images, lossSum, correct, answers);
  }
}
