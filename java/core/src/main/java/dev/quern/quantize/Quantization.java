package dev.quern.quantize;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a network of whole numbers of one of floats, after training: weights take a byte each, with
 * a scale for each output channel, and values between layers take a byte, with a scale and a zero
 * point each. Convolutions and fully connected layers compute in whole numbers then; what reads and
 * makes other values stays in floats, as does the network's output.
 *
 * <pre>{@code
 * QuantizedModel small = Quantization.of(model).calibrate(training, 500);
 * ModelFile.save(file, small.data());
 * }</pre>
 *
 * A {@link dev.quern.train.Trainer} takes the result and trains it further, which brings back some
 * of what rounding took.
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

  /** Of a model of floats, which stays as it is. */
  public static Quantization of(ModelData data) {
    return new Quantization(Require.present("quantize", "data", data));
  }

  /** Of a model of floats, which stays as it is. */
  public static Quantization of(Model model) {
    return of(Require.present("quantize", "model", model).data());
  }

  /** How ranges of values are chosen; default {@link CalibrationMethod#MSE}. */
  public Quantization method(CalibrationMethod chosen) {
    method = Require.present("quantize", "method", chosen);
    return this;
  }

  /**
   * Whether the mean of each output channel's error is subtracted from its bias, or from the batch
   * normalisation behind it; default true. Nagel et al., "Data-Free Quantization through Weight
   * Equalization and Bias Correction", 2019.
   */
  public Quantization biasCorrection(boolean wanted) {
    biasCorrection = wanted;
    return this;
  }

  /**
   * Whether channels between two layers are scaled to like ranges first, by powers of two, which
   * the second layer's weights undo; default true. It is done where the network of floats stays the
   * same to the bit: between layers with nothing but batch normalisation, ReLU and pooling. Nagel
   * et al., 2019, as above.
   */
  public Quantization equalization(boolean wanted) {
    equalization = wanted;
    return this;
  }

  /** Whether layers that read the network's input are quantized; default true. */
  public Quantization firstLayer(boolean wanted) {
    firstLayer = wanted;
    return this;
  }

  /** Whether layers behind which no other computes the output are quantized; default true. */
  public Quantization lastLayer(boolean wanted) {
    lastLayer = wanted;
    return this;
  }

  /** Keeps layers of these names in floats, besides those that were named before. */
  public Quantization keep(String... layers) {
    kept.addAll(
        Require.all(
            "quantize", "layers", Arrays.asList(Require.present("quantize", "layers", layers))));
    return this;
  }

  /**
   * Samples with labels, which were not trained on, for the accuracy before and after. Without them
   * there is none in the report.
   */
  public Quantization heldOut(Dataset labelled) {
    heldOut = Require.present("quantize", "held-out data", labelled);
    return this;
  }

  /**
   * Keeps as many of the layers that lose most in floats as the accuracy on {@link #heldOut} needs
   * to stay within the bound. It takes some evaluations.
   *
   * @param points of accuracy that may be lost, in percent: 0.5 from 92.3 to 91.8
   * @throws InvalidArgumentException if they are no number of at least 0
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
   * Whether the report has each layer's accuracy on {@link #heldOut} when only that layer is
   * quantized; default false, as it takes an evaluation for each layer.
   */
  public Quantization accuracyByLayer(boolean wanted) {
    accuracyByLayer = wanted;
    return this;
  }

  /**
   * Quantizes the model.
   *
   * @param images of the kind that the model will see, which training images are; labels are not
   *     read
   * @param count how many of them are looked at, spread evenly over the set; some hundred do. All
   *     where there are fewer
   * @throws InvalidArgumentException if there are no images, {@code count} is below 1, the network
   *     has several inputs, nothing to quantize, or quantized layers already, or there is no layer
   *     of a name to keep
   * @throws dev.quern.error.ShapeException if the images do not fit the network
   * @throws dev.quern.error.NumericException if a value is NaN or infinite
   * @throws dev.quern.error.DataException if the data set throws
   */
  public QuantizedModel calibrate(Dataset images, int count) {
    return new Calibrator(this, new Images(images, count)).run();
  }
}
