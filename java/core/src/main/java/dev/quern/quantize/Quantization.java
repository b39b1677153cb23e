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
 * Post-training quantization to int8. Weights are int8 with a scale per output channel; tensors
 * between layers are 8-bit integers, with one scale and one zero point per tensor. Convolutions and
 * fully connected layers compute in integers. Layers without int8 support remain in float32, as
 * does the network's output.
 *
 * <pre>{@code
 * QuantizedModel small = Quantization.of(model).calibrate(training, 500);
 * ModelFile.save(file, small.data());
 * }</pre>
 *
 * Fine-tuning the result with a {@link dev.quern.train.Trainer} recovers part of the accuracy that
 * quantization loses.
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

  /** Returns a quantization of a float model with default settings. The model is not changed. */
  public static Quantization of(ModelData data) {
    return new Quantization(Require.present("quantize", "data", data));
  }

  /** Returns a quantization of a float model with default settings. The model is not changed. */
  public static Quantization of(Model model) {
    return of(Require.present("quantize", "model", model).data());
  }

  /** Sets the method for choosing the ranges of values; default {@link CalibrationMethod#MSE}. */
  public Quantization method(CalibrationMethod chosen) {
    method = Require.present("quantize", "method", chosen);
    return this;
  }

  /**
   * Sets whether biases are corrected; default true. Bias correction subtracts the mean error of
   * each output channel from the layer's bias or from the batch normalization after it. Nagel et
   * al., "Data-Free Quantization through Weight Equalization and Bias Correction", 2019.
   */
  public Quantization biasCorrection(boolean wanted) {
    biasCorrection = wanted;
    return this;
  }

  /**
   * Sets whether cross-layer equalization is applied; default true. Equalization scales channels
   * between two layers to similar ranges by powers of two, and adjusts the second layer's weights
   * accordingly. It applies to layers that are separated only by batch normalization, ReLU and
   * pooling; results of the float network remain bit-identical. Nagel et al., "Data-Free
   * Quantization through Weight Equalization and Bias Correction", 2019.
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

  /** Sets whether the last layers before the network's outputs are quantized; default true. */
  public Quantization lastLayer(boolean wanted) {
    lastLayer = wanted;
    return this;
  }

  /**
   * Keeps layers in float32, in addition to the layers of earlier calls.
   *
   * @param layers the names of the layers
   */
  public Quantization keep(String... layers) {
    kept.addAll(
        Require.all(
            "quantize", "layers", Arrays.asList(Require.present("quantize", "layers", layers))));
    return this;
  }

  /**
   * Sets labeled samples on which accuracy is measured before and after quantization. Held-out
   * samples should not be training samples. Without held-out samples, the report contains no
   * accuracy.
   */
  public Quantization heldOut(Dataset labelled) {
    heldOut = Require.present("quantize", "held-out data", labelled);
    return this;
  }

  /**
   * Sets the maximum decrease in accuracy on {@link #heldOut}. Layers with the largest quantization
   * errors remain in float32 until the bound is satisfied. This requires several evaluations.
   *
   * @param points maximum decrease in percentage points, from 0 to 100; for example, 0.5 allows a
   *     decrease from 92.3 to 91.8 percent
   * @throws InvalidArgumentException if {@code points} is outside [0, 100]
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
   * Sets whether the report contains, for each layer, the accuracy on {@link #heldOut} with only
   * this layer quantized; default false, because this requires one evaluation per layer.
   */
  public Quantization accuracyByLayer(boolean wanted) {
    accuracyByLayer = wanted;
    return this;
  }

  /**
   * Quantizes the model.
   *
   * @param images representative images, such as training images; labels are not read
   * @param count number of calibration images, spread evenly over the data set; all images if there
   *     are fewer. A few hundred are sufficient
   * @throws InvalidArgumentException if there are no images, {@code count} is below 1, a layer to
   *     keep does not exist, or the network has several inputs, is already quantized, or has no
   *     layer to quantize
   * @throws dev.quern.error.ShapeException if the images do not have the shape of the network's
   *     input
   * @throws dev.quern.error.NumericException if a value is NaN or infinite
   * @throws dev.quern.error.DataException if the data set throws an exception
   */
  public QuantizedModel calibrate(Dataset images, int count) {
    return new Calibrator(this, new Images(images, count)).run();
  }
}
