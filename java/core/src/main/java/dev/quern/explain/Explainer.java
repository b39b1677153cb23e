package dev.quern.explain;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.internal.Usage;
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
 * Says which pixels a model's answer comes from, for a model of one input that is a picture and one
 * output. Each way asks about one class: the network's number for it before any softmax or sigmoid,
 * summed over all positions where each pixel has an answer. Dropout does nothing, and batch
 * normalisation goes by its running statistics, as in prediction.
 *
 * <p>Ways that take an {@link Image} give a map of that picture's size, 0 where the network does
 * not see it. Ways that take a sample give one of the sample's size. Calls of several threads wait
 * for each other.
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
              + "; explanations are of one each");
    }
    if (given.input().rank() != 3) {
      throw new ShapeException("explain: the input " + given.input() + " is not a picture");
    }
    network = WithoutDropout.of(Logits.of(given, OutputLoss.of(given)).network());
    gradients = new Gradients(network, model.weights());
  }

  /**
   * Takes no memory until it is asked.
   *
   * @throws InvalidArgumentException if the network has several inputs or outputs
   * @throws ShapeException if its input is no picture
   */
  public static Explainer of(ModelData model) {
    return new Explainer(model);
  }

  /**
   * The layer that Grad-CAM looks at where it is told none: the last one before the output that
   * gives a picture of more than one pixel.
   *
   * @throws InvalidArgumentException if there is none
   */
  public String lastPicture() {
    return gradients.lastPicture();
  }

  /** The class with the largest number, the first of equals. */
  public int likeliest(Image picture) {
    Require.present("explain", "picture", picture);
    return asked(picture, sample -> gradients.likeliest(sample.values, sample.shape));
  }

  /** {@link #gradCam(Image, int, String)} at {@link #lastPicture}. */
  public HeatMap gradCam(Image picture, int output) {
    return gradCam(picture, output, lastPicture());
  }

  /**
   * Where in a layer's output, weighted by what the class gains from each channel, something speaks
   * for the class: {@code relu(sum_c mean(dy/dA_c) A_c)}, brought to the input's size by bilinear
   * interpolation. Selvaraju et al., "Grad-CAM", 2017.
   *
   * @param output the class's number, counted from 0
   * @param layer one whose output is a picture
   * @throws InvalidArgumentException if there is no such class or layer; names layers near it
   * @throws ShapeException if the layer's output is no picture
   */
  public HeatMap gradCam(Image picture, int output, String layer) {
    Require.present("explain", "layer", layer);
    return map(picture, s -> GradCam.map(gradients, s.values, s.shape, output, layer));
  }

  /** {@link #gradCam(Image, int, String)} of a sample. */
  public HeatMap gradCam(Tensor sample, int output, String layer) {
    Require.present("explain", "layer", layer);
    return map(sample, s -> GradCam.map(gradients, s.values, s.shape, output, layer));
  }

  /**
   * How much the class's number changes with each pixel: the largest {@code |dy/dx|} of its
   * channels. Simonyan et al., "Deep Inside Convolutional Networks", 2014.
   *
   * @throws InvalidArgumentException if there is no such class
   */
  public HeatMap saliency(Image picture, int output) {
    return map(picture, s -> Saliency.map(gradients, s.values, s.shape, output));
  }

  /**
   * {@link #saliency(Image, int)} of a sample.
   *
   * @param sample {@code [1, C, H, W]}, already normalised
   */
  public HeatMap saliency(Tensor sample, int output) {
    return map(sample, s -> Saliency.map(gradients, s.values, s.shape, output));
  }

  /**
   * What the class's number loses where a square hides the picture: for each pixel the mean over
   * all squares that hide it. Hidden pixels have the mean of the training images, which is 0 after
   * normalisation. Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014.
   *
   * @param side of the square, in pixels of the network's input; at most its smaller side
   * @param step from one square to the next, at least 1 and at most {@code side}
   * @throws InvalidArgumentException if there is no such class, or square and step do not fit
   */
  public HeatMap occlusion(Image picture, int output, int side, int step) {
    return map(picture, s -> Occlusion.map(gradients, s.values, s.shape, output, side, step));
  }

  /**
   * {@link #occlusion(Image, int, int, int)} by squares of a quarter of the input's smaller side,
   * half a square apart.
   */
  public HeatMap occlusion(Image picture, int output) {
    return map(
        picture,
        s -> {
          int side = (int) Math.max(1, Math.min(s.shape.dim(1), s.shape.dim(2)) / 4);
          return Occlusion.map(gradients, s.values, s.shape, output, side, Math.max(1, side / 2));
        });
  }

  /** {@link #occlusion(Image, int, int, int)} of a sample. */
  public HeatMap occlusion(Tensor sample, int output, int side, int step) {
    return map(sample, s -> Occlusion.map(gradients, s.values, s.shape, output, side, step));
  }

  /** One sample's values, and its shape. */
  private record Sample(float[] values, Shape shape) {}

  private HeatMap map(Image picture, Function<Sample, HeatMap> way) {
    Require.present("explain", "picture", picture);
    HeatMap seen = asked(picture, way);
    Size size = new Size(picture.height(), picture.width());
    return seen.onPicture(
        how().placement(size, Shape.of(network.input().dim(0), seen.height(), seen.width())));
  }

  private Preprocessing how() {
    return model.preprocessing().values().iterator().next();
  }

  private <T> T asked(Image picture, Function<Sample, T> way) {
    try (Arena arena = new Arena()) {
      Tensor batch = how().batch(arena, network.input(), List.of(picture));
      return asked(new Sample(batch.toArray(), batch.shape().sample()), way);
    }
  }

  private HeatMap map(Tensor sample, Function<Sample, HeatMap> way) {
    Shape shape = Require.present("explain", "sample", sample).shape();
    if (shape.rank() != 4 || shape.dim(0) != 1 || !network.input().matches(shape.sample())) {
      throw new ShapeException(
          "explain: sample " + shape + " is not one of the input " + network.input());
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

  /** Frees the memory; later calls do nothing. */
  @Override
  public void close() {
    if (usage.close()) {
      gradients.close();
    }
  }
}
