package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Task of one output of a network. It determines the default loss, the conversion of outputs to
 * predictions, the metrics of evaluation, and the class names. Immutable.
 *
 * <table>
 * <caption>Kinds</caption>
 * <tr><th>kind</th><th>output</th><th>loss</th><th>prediction</th></tr>
 * <tr><td>single_label</td><td>{@code [C]}, logits</td><td>cross_entropy</td><td>softmax</td></tr>
 * <tr><td>multi_label</td><td>{@code [C]}, logits</td><td>bce_with_logits</td><td>sigmoid</td></tr>
 * <tr><td>regression</td><td>any</td><td>mse</td><td>the output</td></tr>
 * <tr><td>pixel_classes</td><td>{@code [C, H, W]}, logits</td><td>cross_entropy</td>
 *     <td>softmax over C; sigmoid for one channel</td></tr>
 * <tr><td>image</td><td>{@code [C, H, W]}</td><td>mse</td><td>the output</td></tr>
 * <tr><td>plain</td><td>any</td><td>cross_entropy</td><td>the output</td></tr>
 * </table>
 *
 * If a network ends in a softmax or sigmoid, it is not applied again. {@code pixel_classes} with
 * one channel is a binary mask with the classes outside and inside; it needs a loss for masks, for
 * example {@link dev.quern.loss.Dice}.
 *
 * @param classes names of the classes, or of the numbers of a regression; may be empty
 * @param loss training loss; null for the default of the kind
 * @param weight factor of the loss, at least 0
 */
public record Task(Kind kind, List<String> classes, @Nullable Loss loss, double weight) {
  /** Kind of task. */
  public enum Kind {
    /** One of several classes. */
    SINGLE_LABEL,
    /** Independent labels, any number of which may apply. */
    MULTI_LABEL,
    /** Numbers. */
    REGRESSION,
    /** A class for each pixel. */
    PIXEL_CLASSES,
    /** An image. */
    IMAGE,
    /** An output without a declared meaning. */
    PLAIN;

    /** Returns the name in files, for example {@code single_label}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the kind with this name.
     *
     * @throws InvalidArgumentException if no kind has this name
     */
    public static Kind of(String text) {
      Require.present("task", "kind", text);
      for (Kind k : values()) {
        if (k.text().equals(text)) {
          return k;
        }
      }
      throw new InvalidArgumentException(
          "task: " + Names.shown(text) + " is not one of " + names());
    }

    private static String names() {
      return String.join(", ", List.of(values()).stream().map(Kind::text).toList());
    }
  }

  public Task {
    Require.present("task", "kind", kind);
    classes = Require.all("task", "classes", classes);
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new InvalidArgumentException(
          "task: weight " + weight + " of a loss must be finite and at least 0");
    }
  }

  private static Task of(Kind kind, String... classes) {
    return new Task(
        kind,
        Require.all("task", "classes", Arrays.asList(Require.present("task", "classes", classes))),
        null,
        1);
  }

  /**
   * Returns the task of predicting one of several classes; without names, the classes are those of
   * the training data.
   */
  public static Task singleLabel(String... classes) {
    return of(Kind.SINGLE_LABEL, classes);
  }

  /**
   * Returns the task of multi-label classification; without names, the classes are those of the
   * training data.
   */
  public static Task multiLabel(String... classes) {
    return of(Kind.MULTI_LABEL, classes);
  }

  /** Returns the task of predicting numbers, which may have names. */
  public static Task regression(String... names) {
    return of(Kind.REGRESSION, names);
  }

  /**
   * Returns the task of predicting a class for each pixel, two classes if there is one channel;
   * without names, the classes are those of the training data.
   */
  public static Task pixelClasses(String... classes) {
    return of(Kind.PIXEL_CLASSES, classes);
  }

  /** Returns the task of predicting an image. */
  public static Task image() {
    return of(Kind.IMAGE);
  }

  /** Returns the task of an output without a declared meaning. */
  public static Task plain() {
    return of(Kind.PLAIN);
  }

  /** Returns this task with these class names. */
  public Task withClasses(List<String> names) {
    return new Task(kind, names, loss, weight);
  }

  /** Returns this task with this training loss. */
  public Task withLoss(Loss other) {
    return new Task(kind, classes, Require.present("task", "loss", other), weight);
  }

  /** Returns this task with this factor of the loss, at least 0. */
  public Task withWeight(double other) {
    return new Task(kind, classes, loss, other);
  }

  /** Returns the training loss: {@link #loss()}, or the default of the kind. */
  public Loss trainedBy() {
    return loss != null
        ? loss
        : switch (kind) {
          case SINGLE_LABEL, PIXEL_CLASSES, PLAIN -> new CrossEntropy();
          case MULTI_LABEL -> new BceWithLogits();
          case REGRESSION, IMAGE -> new Mse();
        };
  }

  /**
   * @throws ShapeException if an output of this shape cannot have this task
   */
  void requireFit(String output, Shape shape) {
    boolean fits =
        switch (kind) {
          case SINGLE_LABEL, MULTI_LABEL -> shape.rank() == 1;
          case PIXEL_CLASSES -> shape.rank() == 2 || shape.rank() == 3;
          case IMAGE -> shape.rank() == 3;
          case REGRESSION, PLAIN -> true;
        };
    if (!fits) {
      throw new ShapeException(
          "task "
              + kind.text()
              + ": output "
              + output
              + " of shape "
              + shape
              + " is not "
              + wanted());
    }
    if (!classes.isEmpty() && (isOpen(shape) || classes.size() != names(shape))) {
      throw new ShapeException(
          "task "
              + kind.text()
              + ": "
              + classes.size()
              + " class names do not fit output "
              + output
              + " of shape "
              + shape);
    }
  }

  /** Whether the number of values to name is not known yet. */
  private boolean isOpen(Shape shape) {
    return kind == Kind.REGRESSION && shape.isFree();
  }

  /** How many there are to name: of a mask both sides. */
  private long names(Shape shape) {
    if (kind == Kind.REGRESSION) {
      return shape.elements();
    }
    long first = shape.rank() == 0 ? 1 : shape.dim(0);
    return kind == Kind.PIXEL_CLASSES && first == 1 ? 2 : first;
  }

  private String wanted() {
    return kind == Kind.SINGLE_LABEL || kind == Kind.MULTI_LABEL
        ? "a vector of classes, [C]"
        : "a plane per channel, [C, H, W]";
  }
}
