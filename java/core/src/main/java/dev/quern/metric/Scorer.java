package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a network's outputs batch by batch and tells at the end how good they are. How the samples
 * are cut into batches changes no bit of the result. A batch that is refused changes nothing. What
 * is kept does not grow with the samples, but for the area under the curve: that takes all scores,
 * up to 2^24 of them, 64 MiB; with more it is NaN. Not thread-safe.
 *
 * <p>A share whose denominator is 0 is 0, as in scikit-learn: the precision of a class that is
 * never answered, the recall of one that never occurs. A score that has no meaning is NaN: the area
 * under the curve of a class that always or never occurs.
 */
public sealed interface Scorer
    permits SingleLabelScorer, MultiLabelScorer, PixelScorer, RegressionScorer, ImageScorer {
  /**
   * Takes a batch with class indices.
   *
   * @param samples in the batch
   * @param outputs in row-major order, sample by sample
   * @param labels one a sample, or one a pixel
   * @return this scorer
   * @throws dev.quern.error.ShapeException if outputs and labels do not fit each other
   * @throws InvalidArgumentException if a label is no class, an output no probability where that is
   *     wanted, or this scorer takes targets only
   * @throws dev.quern.error.NumericException if an output is NaN or infinite
   */
  Scorer add(int samples, float[] outputs, int[] labels);

  /**
   * Takes a batch with targets.
   *
   * @param samples in the batch
   * @param outputs in row-major order, sample by sample
   * @param targets as many as there are outputs; for classes of pixels also one a pixel, which is a
   *     class index
   * @return this scorer
   * @throws dev.quern.error.ShapeException if outputs and targets do not fit each other
   * @throws InvalidArgumentException if a target or output is not what it has to be
   * @throws dev.quern.error.NumericException if an output or a target is NaN or infinite
   */
  Scorer add(int samples, float[] outputs, float[] targets);

  /**
   * The scores of all that was added so far.
   *
   * @throws InvalidArgumentException if that is nothing
   */
  Report report();

  /**
   * Of classes that exclude each other; a sample's label is the class index, or where its target is
   * largest. The answer is the largest output, the first of equals.
   *
   * <p>Scores: {@code accuracy}; {@code topK_accuracy}, the share of samples whose label is among
   * the K largest; {@code log_loss}, the mean of {@code -log p[label]}, or of {@code -sum t log p}
   * for targets t; {@code calibration_error} over 15 bins (Guo et al., "On Calibration of Modern
   * Neural Networks", 2017); {@code precision}, {@code recall} and {@code f1}, each {@code _macro}
   * and {@code _weighted}; {@code auc_macro}. Macro is the mean over the classes that occur as
   * label or answer, weighted that by the number of labels. {@code auc_macro} is the mean over the
   * classes that occur and are not all, each against the rest. By class: precision, recall, f1,
   * auc. The confusion matrix is null above 2048 classes.
   *
   * @param classes outputs a sample
   * @param names of the classes; empty for their numbers
   * @param topK those asked for, each in [1, classes]; none for 5 where there are more classes
   * @throws InvalidArgumentException if there is no class, names are not as many, or a K is outside
   */
  static Scorer singleLabel(int classes, List<String> names, Outputs outputs, int... topK) {
    return new SingleLabelScorer(ClassNames.of("single_label", classes, names), outputs, topK);
  }

  /**
   * Of labels that hold or do not, each for itself: a target above 0.5 holds, and so is the answer
   * where the probability is above 0.5.
   *
   * <p>Scores: {@code accuracy}, the share of all outputs that are right; {@code exact_match}, the
   * share of samples all of whose are; {@code log_loss}, binary, the mean over all outputs; {@code
   * calibration_error} of the probabilities that a label holds, over 15 bins and all outputs;
   * {@code precision}, {@code recall} and {@code f1}, each {@code _micro}, {@code _macro} and
   * {@code _weighted}; {@code auc_macro} over the labels that hold for some samples and not for
   * all; {@code average_precision_macro}, 0 for a label that never holds. Macro is the mean over
   * all labels. By class: precision, recall, f1, auc, average_precision.
   *
   * @param classes outputs a sample
   * @param names of the labels; empty for their numbers
   */
  static Scorer multiLabel(int classes, List<String> names, Outputs outputs) {
    return new MultiLabelScorer(ClassNames.of("multi_label", classes, names), outputs);
  }

  /**
   * Of a class for each pixel: outputs are {@code [N, C, ...]}, labels {@code [N, ...]}, targets
   * either. Images may differ in size from batch to batch. Logits and probabilities score the same.
   *
   * <p>Scores: {@code pixel_accuracy}; {@code mean_iou} and {@code mean_dice} over the classes that
   * occur as label or answer. By class: precision, recall, iou, dice. The confusion matrix is null
   * above 2048 classes.
   *
   * @param classes the length of axis C
   * @param names of the classes; empty for their numbers
   * @param ignored a label whose pixels do not count, inside of the classes or not, as PyTorch's
   *     ignore_index; null for none
   */
  static Scorer pixelClasses(int classes, List<String> names, @Nullable Integer ignored) {
    return PixelScorer.classes(ClassNames.of("pixel_classes", classes, names), ignored);
  }

  /**
   * Of two classes for each pixel, from one plane: outputs are {@code [N, 1, ...]}, labels and
   * targets one a pixel, 0 or 1, a target also between. The answer is 1 where the probability is
   * above 0.5, and so is the label of a target. Scores are those of {@link #pixelClasses}.
   *
   * @param names of class 0 and class 1; empty for 0 and 1
   * @param ignored as there
   */
  static Scorer pixelMask(List<String> names, Outputs outputs, @Nullable Integer ignored) {
    return PixelScorer.mask(ClassNames.of("pixel_mask", 2, names), outputs, ignored);
  }

  /**
   * Of numbers. Scores: {@code mae}, {@code rmse}, {@code r2}, each the mean over the numbers of a
   * sample, as in scikit-learn; {@code max_error}, the largest error of all. By number: the same.
   * {@code r2} is NaN with fewer than two samples; where targets are constant it is 1 if all are
   * met, else 0.
   *
   * @param values outputs a sample
   * @param names of the numbers; empty for their indices
   */
  static Scorer regression(int values, List<String> names) {
    return new RegressionScorer(ClassNames.of("regression", values, names));
  }

  /**
   * Of images: {@code mae}, {@code rmse} over all values, and {@code psnr} in dB, {@code 20
   * log10(range / rmse)}, infinite where all are met. The range is that of the targets added, as in
   * TorchMetrics. Images may differ in size from batch to batch.
   */
  static Scorer image() {
    return new ImageScorer(0);
  }

  /**
   * The same, {@code psnr} by a given range.
   *
   * @param range the largest possible value less the smallest, for example 1; a number above 0
   */
  static Scorer image(double range) {
    if (!(range > 0) || Double.isInfinite(range)) {
      throw new InvalidArgumentException("image: range " + range + " is not a number above 0");
    }
    return new ImageScorer(range);
  }
}
