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
 * The task of one output of a network, such as classification. It determines the default loss, the
 * conversion of outputs to predictions, the evaluation metrics and the class names. Immutable.
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
 * If the network itself ends in the softmax or sigmoid, predictions do not apply this function
 * again. An output with one channel and the kind {@code pixel_classes} is a binary mask with two
 * classes, outside and inside; it needs a loss for masks, for example {@link dev.quern.loss.Dice}.
 *
 * @param kind the kind of the task
 * @param classes names of the classes or of a regression's numbers; may be empty
 * @param loss training loss; null for the default of the kind
 * @param weight factor of the loss, at least 0
 */
public record Task(Kind kind, List<String> classes, @Nullable Loss loss, double weight) {
  /** Kind of a task, which determines the meaning of an output's values. */
  public enum Kind {
    /** Single-label classification: exactly one of several classes applies. */
    SINGLE_LABEL,
    /** Multi-label classification: any number of independent labels applies. */
    MULTI_LABEL,
    /** Regression: the output contains numbers. */
    REGRESSION,
    /** Semantic segmentation: one class for each pixel. */
    PIXEL_CLASSES,
    /** Image-to-image prediction: the output is an image. */
    IMAGE,
    /** No task: the meaning of the output is not declared. */
    PLAIN;

    /** Returns the name of this kind in model files, for example {@code single_label}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the kind with this name in model files.
     *
     * @throws InvalidArgumentException if there is not a kind with this name
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
   * Returns a single-label classification task.
   *
   * @param classes the class names; if empty, those of the training data
   */
  public static Task singleLabel(String... classes) {
    return of(Kind.SINGLE_LABEL, classes);
  }

  /**
   * Returns a multi-label classification task.
   *
   * @param classes the label names; if empty, those of the training data
   */
  public static Task multiLabel(String... classes) {
    return of(Kind.MULTI_LABEL, classes);
  }

  /**
   * Returns a regression task.
   *
   * @param names the names of the predicted numbers; may be empty
   */
  public static Task regression(String... names) {
    return of(Kind.REGRESSION, names);
  }

  /**
   * Returns a semantic segmentation task: a class for each pixel. An output with one channel has
   * two classes.
   *
   * @param classes the class names; if empty, those of the training data
   */
  public static Task pixelClasses(String... classes) {
    return of(Kind.PIXEL_CLASSES, classes);
  }

  /** Returns the task of predicting an image. */
  public static Task image() {
    return of(Kind.IMAGE);
  }

  /** Returns the task of an output whose meaning is not declared. */
  public static Task plain() {
    return of(Kind.PLAIN);
  }

  /** Returns this task with other class names. */
  public Task withClasses(List<String> names) {
    return new Task(kind, names, loss, weight);
  }

  /** Returns this task with another training loss. */
  public Task withLoss(Loss other) {
    return new Task(kind, classes, Require.present("task", "loss", other), weight);
  }

  /** Returns this task with another factor of the loss, at least 0. */
  public Task withWeight(double other) {
    return new Task(kind, classes, loss, other);
  }

  /** Returns the training loss: {@link #loss()} or, if it is null, the kind's default loss. */
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
   * Checks that an output can have this task.
   *
   * @throws ShapeException if the output's shape does not match the kind or the number of class
   *     names
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

  /** Returns whether the number of predicted values depends on a dynamic height or width. */
  private boolean isOpen(Shape shape) {
    return kind == Kind.REGRESSION && shape.isFree();
  }

  /** Returns the number of class names that the output requires; 2 for a binary mask. */
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
