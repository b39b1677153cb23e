package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes metrics of a network's outputs, which are added batch by batch. The result does not
 * depend on the division into batches. A rejected batch changes nothing. Memory does not grow with
 * the number of samples, except for AUC (the area under the ROC curve), which stores all scores: up
 * to 2^24 scores, 64 MiB; with more, AUC is NaN. Not thread-safe.
 *
 * <p>Undefined ratios (0/0) are 0, as in scikit-learn: for example, the precision of a class that
 * is never predicted. Other undefined metrics are NaN: for example, the AUC of a class that always
 * or never occurs.
 */
public sealed interface Scorer
    permits SingleLabelScorer, MultiLabelScorer, PixelScorer, RegressionScorer, ImageScorer {
  /**
   * Adds a batch with class indices.
   *
   * @param samples number of samples in the batch
   * @param outputs the outputs in row-major order, sample by sample
   * @param labels one class index per sample, or per pixel
   * @return this scorer
   * @throws dev.quern.error.ShapeException if the numbers of outputs and labels do not match
   * @throws InvalidArgumentException if a label is not a class, an output should be a probability
   *     and is outside [0, 1], or this scorer accepts only targets
   * @throws dev.quern.error.NumericException if an output is NaN or infinite
   */
  Scorer add(int samples, float[] outputs, int[] labels);

  /**
   * Adds a batch with targets.
   *
   * @param samples number of samples in the batch
   * @param outputs the outputs in row-major order, sample by sample
   * @param targets one per output; for semantic segmentation alternatively one class index per
   *     pixel
   * @return this scorer
   * @throws dev.quern.error.ShapeException if the numbers of outputs and targets do not match
   * @throws InvalidArgumentException if a target or output is outside its range
   * @throws dev.quern.error.NumericException if an output or a target is NaN or infinite
   */
  Scorer add(int samples, float[] outputs, float[] targets);

  /**
   * Returns the metrics of all samples added so far.
   *
   * @throws InvalidArgumentException if no samples have been added
   */
  Report report();

  /**
   * Creates a scorer for single-label classification; a sample's label is the class index, or the
   * index of its largest target. The prediction is the class with the largest output; of several
   * equal outputs, the first.
   *
   * <p>Metrics: {@code accuracy}; {@code topK_accuracy}, the fraction of samples whose label is
   * among the K largest outputs; {@code log_loss}, the mean of {@code -log p[label]}, or of {@code
   * -sum t log p} for targets t; {@code calibration_error} over 15 bins (Guo et al., "On
   * Calibration of Modern Neural Networks", 2017); {@code precision}, {@code recall} and {@code
   * f1}, each with the suffixes {@code _macro} and {@code _weighted}; {@code auc_macro}. Macro is
   * the mean over the classes that occur as label or prediction; weighted is the mean weighted by
   * the number of labels. {@code auc_macro} is the mean of one-versus-rest areas over the classes
   * with both positive and negative samples. By class: precision, recall, f1, auc. The confusion
   * matrix is null above 2048 classes.
   *
   * @param classes number of outputs per sample
   * @param names names of the classes; empty to use their indices
   * @param topK values of K, each in [1, classes]; empty for K = 5 if there are more than 5 classes
   * @throws InvalidArgumentException if {@code classes} is below 1, the number of names is neither
   *     0 nor {@code classes}, or a K is outside its range
   */
  static Scorer singleLabel(int classes, List<String> names, Outputs outputs, int... topK) {
    return new SingleLabelScorer(ClassNames.of("single_label", classes, names), outputs, topK);
  }

  /**
   * Creates a scorer for multi-label classification: a label is positive if its target is above
   * 0.5, and predicted as positive if its probability is above 0.5.
   *
   * <p>Metrics: {@code accuracy}, the fraction of correct outputs; {@code exact_match}, the
   * fraction of samples with only correct outputs; {@code log_loss}, the mean binary cross-entropy
   * of all outputs; {@code calibration_error} of the probabilities, over 15 bins and all outputs;
   * {@code precision}, {@code recall} and {@code f1}, each with the suffixes {@code _micro}, {@code
   * _macro} and {@code _weighted}; {@code auc_macro} over the labels with both positive and
   * negative samples; {@code average_precision_macro}, where labels without positive samples count
   * as 0. Macro is the mean over all labels. By class: precision, recall, f1, auc,
   * average_precision.
   *
   * @param classes number of outputs per sample
   * @param names names of the labels; empty to use their indices
   */
  static Scorer multiLabel(int classes, List<String> names, Outputs outputs) {
    return new MultiLabelScorer(ClassNames.of("multi_label", classes, names), outputs);
  }

  /**
   * Creates a scorer for semantic segmentation: outputs are {@code [N, C, ...]}, labels {@code [N,
   * ...]}, targets have either shape. Images may differ in size from batch to batch. Logits and
   * probabilities yield equal results.
   *
   * <p>Metrics: {@code pixel_accuracy}; {@code mean_iou} and {@code mean_dice} over the classes
   * that occur as label or prediction. By class: precision, recall, iou, dice. The confusion matrix
   * is null above 2048 classes.
   *
   * @param classes the length of axis C
   * @param names names of the classes; empty to use their indices
   * @param ignored label of ignored pixels, inside or outside the classes, like PyTorch's
   *     ignore_index; null for none
   */
  static Scorer pixelClasses(int classes, List<String> names, @Nullable Integer ignored) {
    return PixelScorer.classes(ClassNames.of("pixel_classes", classes, names), ignored);
  }

  /**
   * Creates a scorer for binary masks: outputs are {@code [N, 1, ...]}, with one label or target
   * per pixel; labels are 0 or 1, targets in [0, 1]. The prediction is 1 if the probability is
   * above 0.5; a target counts as label 1 if it is above 0.5. Metrics are those of {@link
   * #pixelClasses}.
   *
   * @param names names of class 0 and class 1; empty for 0 and 1
   * @param ignored as in {@link #pixelClasses}
   */
  static Scorer pixelMask(List<String> names, Outputs outputs, @Nullable Integer ignored) {
    return PixelScorer.mask(ClassNames.of("pixel_mask", 2, names), outputs, ignored);
  }

  /**
   * Creates a scorer for regression. Metrics: {@code mae}, {@code rmse}, {@code r2}, each the mean
   * over the outputs of a sample, as in scikit-learn; {@code max_error}, the largest error of all
   * outputs. Each metric is also reported for each output. {@code r2} is NaN with fewer than two
   * samples; for constant targets it is 1 if all predictions are exact, otherwise 0.
   *
   * @param values number of outputs per sample
   * @param names names of the outputs; empty to use their indices
   */
  static Scorer regression(int values, List<String> names) {
    return new RegressionScorer(ClassNames.of("regression", values, names));
  }

  /**
   * Creates a scorer for networks that output images. Metrics: {@code mae} and {@code rmse} over
   * all values, and {@code psnr} in dB, {@code 20 log10(range / rmse)}, infinite for exact
   * predictions. The range is the largest minus the smallest added target, as in TorchMetrics.
   * Images may differ in size from batch to batch.
   */
  static Scorer image() {
    return new ImageScorer(0);
  }

  /**
   * Creates a scorer as {@link #image()} does, with a given range for {@code psnr}.
   *
   * @param range the largest possible value minus the smallest, for example 1; above 0
   */
  static Scorer image(double range) {
    if (!(range > 0) || Double.isInfinite(range)) {
      throw new InvalidArgumentException("image: range " + range + " must be finite and above 0");
    }
    return new ImageScorer(range);
  }
}
