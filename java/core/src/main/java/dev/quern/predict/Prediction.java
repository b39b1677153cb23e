package dev.quern.predict;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model's prediction for one sample at one output. Its type depends on the output's {@link
 * dev.quern.network.Task}.
 */
public sealed interface Prediction {
  /**
   * The labels of a classification with their probabilities, most likely first. Probabilities of a
   * single-label task sum to 1; those of a multi-label task are independent.
   *
   * @param scores the labels, most likely first
   */
  record Labels(List<LabelScore> scores) implements Prediction {
    public Labels {
      scores = Require.all("prediction", "scores", scores);
    }

    /** Returns the most likely label. */
    public LabelScore best() {
      if (scores.isEmpty()) {
        throw new InvalidArgumentException("prediction: the list of scores is empty");
      }
      return scores.get(0);
    }

    /** Returns the {@code count} most likely labels; all labels if there are fewer. */
    public List<LabelScore> top(int count) {
      if (count < 1) {
        throw new InvalidArgumentException("prediction: top " + count + " must be at least 1");
      }
      return scores.subList(0, Math.min(count, scores.size()));
    }

    /** Returns the labels whose probability is at least {@code probability}. */
    public List<LabelScore> above(double probability) {
      return scores.stream().filter(p -> p.probability() >= probability).toList();
    }
  }

  /**
   * The predicted numbers of a regression.
   *
   * @param names the names of the numbers; empty if the numbers have no names
   * @param values the predicted numbers, in the order of the names
   */
  record Numbers(List<String> names, float[] values) implements Prediction {
    public Numbers {
      names = Require.all("prediction", "names", names);
      values = Require.present("prediction", "values", values).clone();
    }

    @Override
    public float[] values() {
      return values.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Numbers n && names.equals(n.names) && Arrays.equals(values, n.values);
    }

    @Override
    public int hashCode() {
      return 31 * names.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return "Numbers[names=" + names + ", values=" + Arrays.toString(values) + "]";
    }
  }

  /**
   * The most likely class of each pixel in a semantic segmentation.
   *
   * @param classes the class names by index; empty if the classes have no names
   * @param shape {@code [H, W]}
   * @param labels the class index of each pixel, row by row
   * @param probabilities the probability of each pixel's class, row by row
   */
  record PixelClasses(List<String> classes, Shape shape, int[] labels, float[] probabilities)
      implements Prediction {
    public PixelClasses {
      classes = Require.all("prediction", "classes", classes);
      labels = Require.present("prediction", "labels", labels).clone();
      probabilities = Require.present("prediction", "probabilities", probabilities).clone();
      long pixels = Require.present("prediction", "shape", shape).elements();
      if (labels.length != pixels || probabilities.length != pixels) {
        throw new InvalidArgumentException(
            "prediction: "
                + labels.length
                + " labels and "
                + probabilities.length
                + " probabilities do not fill "
                + shape);
      }
    }

    @Override
    public int[] labels() {
      return labels.clone();
    }

    @Override
    public float[] probabilities() {
      return probabilities.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof PixelClasses p
          && classes.equals(p.classes)
          && shape.equals(p.shape)
          && Arrays.equals(labels, p.labels)
          && Arrays.equals(probabilities, p.probabilities);
    }

    @Override
    public int hashCode() {
      return (31 * classes.hashCode() + shape.hashCode()) * 31 + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
      return "PixelClasses[classes=" + classes + ", shape=" + shape + "]";
    }
  }

  /**
   * The values of an image, or of an output without a task.
   *
   * @param shape the shape of the output
   * @param values the values in row-major order
   */
  record Values(Shape shape, float[] values) implements Prediction {
    public Values {
      values = Require.present("prediction", "values", values).clone();
      if (values.length != Require.present("prediction", "shape", shape).elements()) {
        throw new InvalidArgumentException(
            "prediction: " + values.length + " values do not fill " + shape);
      }
    }

    @Override
    public float[] values() {
      return values.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Values v && shape.equals(v.shape) && Arrays.equals(values, v.values);
    }

    @Override
    public int hashCode() {
      return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return "Values[shape=" + shape + "]";
    }
  }
}
