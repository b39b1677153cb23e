package dev.quern.explain;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * Interpretability: shows which pixels a prediction depends on, for a model with one image input
 * and one output. Each method explains the logit of one class, summed over all positions if the
 * model predicts per pixel. Dropout is off, and batch normalization uses its running statistics, as
 * in prediction.
 *
 * <p>Methods with an {@link Image} return a map of the image's size; the map is 0 outside the part
 * that preprocessing passes to the network. Methods with a sample return a map of the sample's
 * size. Thread-safe: concurrent calls run one after the other.
 */
public final class Explainer implements AutoCloseable {
  private final ModelData model;
  private final Network network;
  private final Gradients gradients;
  private final Usage usage = new Usage("explainer", this);

  private Explainer(ModelData model) {
    this.model = Require.present("explain", "model", model);
    Network given = model.network();
    if (!given.isSingle()) {
      throw new InvalidArgumentException(
          "explain: network "
              + given.name()
              + " has inputs "
              + given.inputs().keySet()
              + " and outputs "
              + given.outputs()
              + "; an explanation requires one of each");
    }
    if (given.input().rank() != 3) {
      throw new ShapeException("explain: the input " + given.input() + " is not an image");
    }
    network = WithoutDropout.of(Logits.of(given, OutputLoss.of(given)).network());
    gradients = new Gradients(network, model.weights());
  }

  /**
   * Creates an explainer for a model; memory is allocated on first use.
   *
   * @throws InvalidArgumentException if the network has several inputs or outputs
   * @throws ShapeException if the network's input is not an image
   */
  public static Explainer of(ModelData model) {
    return new Explainer(model);
  }

  /**
   * Returns the default layer of Grad-CAM: the last layer before the network's output whose result
   * is an image of more than one pixel.
   *
   * @throws InvalidArgumentException if there is no such layer
   */
  public String defaultLayer() {
    return gradients.defaultLayer();
  }

  /** Returns the index of the class with the highest logit; if several are equal, the first. */
  public int predictedClass(Image image) {
    Require.present("explain", "image", image);
    return asked(image, sample -> gradients.predictedClass(sample.values, sample.shape));
  }

  /** Computes {@link #gradCam(Image, int, String)} at {@link #defaultLayer}. */
  public HeatMap gradCam(Image image, int output) {
    return gradCam(image, output, defaultLayer());
  }

  /**
   * Computes Grad-CAM: {@code relu(sum_c mean(dy/dA_c) A_c)}, where y is the class's logit and A_c
   * is channel c of a layer's output. The map is resized to the input by bilinear interpolation.
   * Selvaraju et al., "Grad-CAM", 2017.
   *
   * @param output index of the class, from 0
   * @param layer name of a layer whose output is an image
   * @throws InvalidArgumentException if the class or layer does not exist; the message lists
   *     similar names
   * @throws ShapeException if the layer's output is not an image
   */
  public HeatMap gradCam(Image image, int output, String layer) {
    Require.present("explain", "layer", layer);
    return map(image, s -> GradCam.map(gradients, s.values, s.shape, output, layer));
  }

  /** Computes {@link #gradCam(Image, int, String)} for a normalized sample {@code [1, C, H, W]}. */
  public HeatMap gradCam(Tensor sample, int output, String layer) {
    Require.present("explain", "layer", layer);
    return map(sample, s -> GradCam.map(gradients, s.values, s.shape, output, layer));
  }

  /**
   * Computes a saliency map: for each pixel, the largest {@code |dy/dx|} of its channels, where y
   * is the class's logit and x the channel's value. Simonyan et al., "Deep Inside Convolutional
   * Networks", 2014.
   *
   * @throws InvalidArgumentException if the class does not exist
   */
  public HeatMap saliency(Image image, int output) {
    return map(image, s -> Saliency.map(gradients, s.values, s.shape, output));
  }

  /**
   * Computes {@link #saliency(Image, int)} for a sample.
   *
   * @param sample a normalized sample, {@code [1, C, H, W]}
   */
  public HeatMap saliency(Tensor sample, int output) {
    return map(sample, s -> Saliency.map(gradients, s.values, s.shape, output));
  }

  /**
   * Computes an occlusion map. A square hides part of the image, and the decrease of the class's
   * logit is measured; the value of a pixel is the mean decrease over all squares that hide it.
   * Hidden pixels are set to the mean of the training images, which is 0 after normalization.
   * Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014.
   *
   * @param side side of the square in pixels of the network's input, from 1 to the input's smaller
   *     side
   * @param step distance from one square to the next in pixels, from 1 to {@code side}
   * @throws InvalidArgumentException if the class does not exist, or side or step is out of range
   */
  public HeatMap occlusion(Image image, int output, int side, int step) {
    return map(image, s -> Occlusion.map(gradients, s.values, s.shape, output, side, step));
  }

  /**
   * Computes {@link #occlusion(Image, int, int, int)} with {@code side} equal to a quarter of the
   * input's smaller side, and {@code step} equal to {@code side / 2}.
   */
  public HeatMap occlusion(Image image, int output) {
    return map(
        image,
        s -> {
          int side = (int) Math.max(1, Math.min(s.shape.dim(1), s.shape.dim(2)) / 4);
          return Occlusion.map(gradients, s.values, s.shape, output, side, Math.max(1, side / 2));
        });
  }

  /**
   * Computes {@link #occlusion(Image, int, int, int)} for a normalized sample {@code [1, C, H, W]}.
   */
  public HeatMap occlusion(Tensor sample, int output, int side, int step) {
    return map(sample, s -> Occlusion.map(gradients, s.values, s.shape, output, side, step));
  }

  /** The values and the shape of one sample. */
  private record Sample(float[] values, Shape shape) {}

  private HeatMap map(Image image, Function<Sample, HeatMap> way) {
    Require.present("explain", "image", image);
    HeatMap seen = asked(image, way);
    Size size = new Size(image.height(), image.width());
    return seen.onImage(
        how().placement(size, Shape.of(network.input().dim(0), seen.height(), seen.width())));
  }

  private Preprocessing how() {
    return model.preprocessing().values().iterator().next();
  }

  private <T> T asked(Image image, Function<Sample, T> way) {
    try (Arena arena = new Arena()) {
      Tensor batch = how().batch(arena, network.input(), List.of(image));
      return asked(new Sample(batch.toArray(), batch.shape().sample()), way);
    }
  }

  private HeatMap map(Tensor sample, Function<Sample, HeatMap> way) {
    Shape shape = Require.present("explain", "sample", sample).shape();
    if (shape.rank() != 4 || shape.dim(0) != 1 || !network.input().matches(shape.sample())) {
      throw new ShapeException(
          "explain: sample " + shape + " does not match the input " + network.input());
    }
    return asked(new Sample(sample.toArray(), shape.sample()), way);
  }

  private synchronized <T> T asked(Sample sample, Function<Sample, T> way) {
    usage.enter();
    try {
      return way.apply(sample);
    } finally {
      usage.exit();
    }
  }

  /** Frees the memory; closing again has no effect. */
  @Override
  public void close() {
    if (usage.close()) {
      gradients.close();
    }
  }
}
