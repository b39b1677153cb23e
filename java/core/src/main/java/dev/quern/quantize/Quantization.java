package dev.quern.quantize;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Post-training quantization to int8: weights are int8 with a scale per output channel, and values
 * between layers are 8-bit integers with a scale and a zero point each. Convolutions and fully
 * connected layers compute in integers; layers with other inputs or outputs stay in float32, as
 * does the network's output.
 *
 * <pre>{@code
 * QuantizedModel small = Quantization.of(model).calibrate(training, 500);
 * ModelFile.save(file, small.data());
 * }</pre>
 *
 * A {@link dev.quern.train.Trainer} can fine-tune the result, which recovers part of the accuracy
 * that quantization loses.
 *
 * <p>Not thread-safe. Jacob et al., "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", 2018; Nagel et al., "A White Paper on Neural Network
 * Quantization", 2021.
 */
public final class Quantization {
  final ModelData data;
  CalibrationMethod method = CalibrationMethod.MSE;
  boolean biasCorrection = true;
  boolean equalization = true;
  boolean firstLayer = true;
  boolean lastLayer = true;
  final Set<String> kept = new LinkedHashSet<>();
  @Nullable Dataset heldOut;
  double bound = Double.NaN;
  boolean accuracyByLayer;

  private Quantization(ModelData data) {
    this.data = data;
  }

  /** Starts the quantization of a float model, which is not changed. */
  public static Quantization of(ModelData data) {
    return new Quantization(Require.present("quantize", "data", data));
  }

  /** Starts the quantization of a float model, which is not changed. */
  public static Quantization of(Model model) {
    return of(Require.present("quantize", "model", model).data());
  }

  /** Sets the method that chooses ranges of values; default {@link CalibrationMethod#MSE}. */
  public Quantization method(CalibrationMethod chosen) {
    method = Require.present("quantize", "method", chosen);
    return this;
  }

  /**
   * Sets bias correction: whether the mean error of each output channel is subtracted from its
   * bias, or from the batch normalization after it; default true. Nagel et al., "Data-Free
   * Quantization through Weight Equalization and Bias Correction", 2019.
   */
  public Quantization biasCorrection(boolean wanted) {
    biasCorrection = wanted;
    return this;
  }

  /**
   * Sets equalization: whether channels between two layers are first scaled to similar ranges, by
   * powers of two, which the second layer's weights undo; default true. It is applied where the
   * float network stays bit-identical: between layers that are separated only by batch
   * normalization, ReLU and pooling. Nagel et al., 2019, as above.
   */
  public Quantization equalization(boolean wanted) {
    equalization = wanted;
    return this;
  }

  /** Sets whether the layers that read the network's input are quantized; default true. */
  public Quantization firstLayer(boolean wanted) {
    firstLayer = wanted;
    return this;
  }

  /** Sets whether the last layers before the output are quantized; default true. */
  public Quantization lastLayer(boolean wanted) {
    lastLayer = wanted;
    return this;
  }

  /** Keeps the layers with these names in float32, in addition to those of earlier calls. */
  public Quantization keep(String... layers) {
    kept.addAll(
        Require.all(
            "quantize", "layers", Arrays.asList(Require.present("quantize", "layers", layers))));
    return this;
  }

  /**
   * Sets labeled samples outside the training set, to measure the accuracy before and after
   * quantization. Without them the report has no accuracy.
   */
  public Quantization heldOut(Dataset labelled) {
    heldOut = Require.present("quantize", "held-out data", labelled);
    return this;
  }

  /**
   * Bounds the loss of accuracy on {@link #heldOut}: the layers with the largest loss stay in
   * float32 until the bound is met. This needs several evaluations.
   *
   * @param points largest loss in percentage points; 0.5 allows 91.8 percent instead of 92.3
   * @throws InvalidArgumentException if it is not finite and at least 0
   */
  public Quantization accuracyBound(double points) {
    if (!(points >= 0 && points <= 100)) {
      throw new InvalidArgumentException(
          "quantize: accuracy bound " + points + " is outside [0, 100] points");
    }
    bound = points;
    return this;
  }

  /**
   * Sets whether the report contains the accuracy on {@link #heldOut} with only one layer
   * quantized, for each layer; default false, because this needs one evaluation per layer.
   */
  public Quantization accuracyByLayer(boolean wanted) {
    accuracyByLayer = wanted;
    return this;
  }

  /**
   * Quantizes the model.
   *
   * @param images representative images, such as training images; labels are not read
   * @param count number of images for calibration, spread evenly over the data set, or all images
   *     if there are fewer; a few hundred are enough
   * @throws InvalidArgumentException if there are no images, {@code count} is below 1, the network
   *     has several inputs, no layer to quantize, or already quantized layers, or a layer to keep
   *     does not exist
   * @throws dev.quern.error.ShapeException if the images do not fit the network
   * @throws dev.quern.error.NumericException if a value is NaN or infinite
   * @throws dev.quern.error.DataException if the data set throws
   */
  public QuantizedModel calibrate(Dataset images, int count) {
    return new Calibrator(this, new Images(images, count)).run();
  }
}
