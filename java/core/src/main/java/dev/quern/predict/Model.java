package dev.quern.predict;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.MultiDataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.detect.Detection;
import dev.quern.detect.Nms;
import dev.quern.engine.Implementations;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.PlanLimitException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Memory;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.Loss;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.network.Network;
import dev.quern.plan.build.Weights;
import dev.quern.profile.LayerTimes;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trained network with frozen weights, for prediction. Thread-safe: concurrent calls share one
 * copy of the weights, and each has its own working memory, called a plan. A plan is for a number
 * of samples, rounded up to a power of two, at most 64. All plans together stay within {@link
 * #planLimit}: a call that would exceed it processes its samples in smaller parts, with
 * bit-identical results, and waits up to ten seconds for other calls. Plans are kept for later
 * calls.
 *
 * <p>If the network's height or width is dynamic, each call determines its size. Weights packed for
 * the last eight sizes are kept, at most 1 GiB, and at most 256 MiB of plans.
 *
 * <p>Open models share memory: bit-identical weights, such as those of a backbone with several
 * heads, or of a file that is loaded twice, are stored off-heap once. During loading, the model's
 * whole memory is allocated before identical weights are found.
 */
public final class Model implements AutoCloseable {
  private final ModelData data;
  private final Precision precision;
  private final Weights weights;
  private final Sizes sizes;
  private final Usage usage = new Usage("model", this);
  private final Calls calls;
  private final Evaluating evaluating;

  private Model(ModelData data, Precision precision) {
    this.data = Require.present("model", "data", data);
    this.precision = Require.present("model", "precision", precision);
    weights = new Weights(data.network(), precision, data.dtype());
    weights.setAll(data.weights());
    weights.pack();
    weights.share();
    sizes = new Sizes(weights, Memory.limit() / 2);
    calls = new Calls(data.network(), sizes, usage);
    evaluating = new Evaluating(data, calls);
  }

  /**
   * Creates a model from its data.
   *
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than available
   */
  public static Model of(ModelData data) {
    return of(data, Precision.DEFAULT);
  }

  /** Creates a model as {@link #of(ModelData)} does, with this precision of its convolutions. */
  public static Model of(ModelData data, Precision precision) {
    return new Model(data, precision);
  }

  /**
   * Returns a model whose outputs are the outputs of some of this model's layers, for feature
   * extraction. It shares this model's weights and must be closed separately, before or after this
   * model.
   *
   * <pre>{@code
   * try (Model features = model.features("stage4.2.relu")) {
   *   Tensor vectors = features.predict(images); // [N, ...], the layer's output
   * }
   * }</pre>
   *
   * @param layers at least one
   * @throws InvalidArgumentException if a layer does not exist; the message lists similar names
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than available
   */
  public Model features(String... layers) {
    List<String> names =
        Require.all(
            "features", "layers", Arrays.asList(Require.present("features", "layers", layers)));
    if (names.isEmpty()) {
      throw new InvalidArgumentException("features: the list of layers is empty");
    }
    return of(data.part(List.of(), names), precision);
  }

  public ModelData data() {
    return data;
  }

  public Network network() {
    return data.network();
  }

  /**
   * Returns the implementations of the network's convolutions for one image; those for a batch may
   * differ.
   *
   * @throws ShapeException if the network's height or width is dynamic, because the implementations
   *     depend on it
   */
  public Implementations implementations() {
    network().requireSizes("implementations");
    return new Implementations(weights.implementations());
  }

  /**
   * Returns the off-heap memory in bytes: weights and kept plans. Memory that several models share
   * is divided among them, so that a sum over models counts it once.
   */
  public long bytes() {
    return weights.bytes() + sizes.bytes();
  }

  /**
   * Returns the limit, in off-heap bytes, of all plans of this model together, both in use and
   * kept; default half of the memory of the machine or container. {@link #evaluate} and {@link
   * #report} are not counted; they use memory for 64 samples.
   */
  public long planLimit() {
    return sizes.plans().limit();
  }

  /**
   * Sets {@link #planLimit} for later calls. A call that needs more for one sample throws a {@link
   * PlanLimitException} before it allocates memory.
   *
   * @param bytes at least 1
   * @throws InvalidArgumentException if {@code bytes} is less than 1
   * @throws PlanLimitException if the network's sizes are fixed and one sample needs more; the
   *     limit is not changed
   * @throws dev.quern.error.ClosedException if the model is closed
   */
  public void setPlanLimit(long bytes) {
    calls.limitPlans(bytes);
  }

  /** Loads a model from a file: {@link ModelData#load}, then {@link #of(ModelData)}. */
  public static Model load(Path file) {
    return of(ModelData.load(file));
  }

  /**
   * Computes the network's outputs, usually logits, for a network with one input and one output.
   * Outputs are not checked for NaN and infinities.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalized
   * @return {@code [N, ...]}, in the images' arena
   * @throws InvalidArgumentException if the network has several inputs or outputs
   * @throws PlanLimitException if one sample needs more memory than {@link #planLimit}; this
   *     applies to all methods that predict
   * @throws dev.quern.error.MemoryLimitException if other calls use that memory for too long, or
   *     the machine does not have it
   */
  public Tensor predict(Tensor images) {
    return calls.run(images, null);
  }

  /**
   * Computes outputs as {@link #predict(Tensor)} does, into a given tensor, so that no arena grows.
   *
   * @param outputs {@code [N, ...]}, overwritten; must not be used concurrently
   * @return {@code outputs}
   * @throws ShapeException if {@code outputs} has another shape
   */
  public Tensor predict(Tensor images, Tensor outputs) {
    return calls.run(images, Require.present("predict", "outputs", outputs));
  }

  /**
   * Computes the outputs of a network with any number of inputs and outputs.
   *
   * @param inputs a tensor {@code [N, ...]} for each of {@link Network#inputs()}, where {@code ...}
   *     is the input's shape
   * @return a tensor {@code [N, ...]} for each of {@link Network#outputs()}, in the network's
   *     order, in the first input's arena
   * @throws InvalidArgumentException if an input is missing or not the network's
   * @throws ShapeException if shapes do not fit
   */
  public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
    return predict(inputs, null);
  }

  /** Computes outputs into this arena; null for the first input's arena. */
  Map<String, Tensor> predict(Map<String, Tensor> inputs, @Nullable Arena intoOrNull) {
    return calls.predict(inputs, intoOrNull);
  }

  /**
   * Profiles prediction by layer: times passes over the first 64 samples at most, which {@link
   * #predict(Map)} processes in one pass. Layers are timed only in this call.
   *
   * @param inputs as in {@link #predict(Map)}
   * @param steps number of passes, from 1 to 1,000, over which medians are taken; the first is
   *     slower if nothing was predicted before
   * @throws InvalidArgumentException if there are no samples, or as {@link #predict(Map)}
   * @throws ShapeException if shapes do not fit
   */
  public LayerTimes profile(Map<String, Tensor> inputs, int steps) {
    return calls.profile(inputs, steps);
  }

  /** Profiles a network with one input as {@link #profile(Map, int)} does. */
  public LayerTimes profile(Tensor images, int steps) {
    return profile(Map.of(calls.firstInput(), Require.present("profile", "images", images)), steps);
  }

  /** Classifies a byte sample of the network's own size: {@link #classify(byte[], Shape, int)}. */
  public List<LabelScore> classify(byte[] values, int top) {
    network().requireSizes("classify");
    return classify(values, network().input(), top);
  }

  /**
   * Returns the most likely classes of one byte sample of a data set.
   *
   * @param values unsigned bytes in C, H, W order, before normalization
   * @param shape {@code [C, H, W]} or {@code [F]}: the network's input shape, with actual sizes for
   *     dynamic ones
   * @param top number of classes, most likely first
   * @throws InvalidArgumentException if the network's task is not classification
   */
  public List<LabelScore> classify(byte[] values, Shape shape, int top) {
    return new Classifying(this).classify(values, shape, top);
  }

  /** Classifies the image in a file; returns all classes, most likely first. */
  public List<LabelScore> classify(Path file) {
    return classify(Image.read(file));
  }

  /** Classifies an image; returns all classes, most likely first. */
  public List<LabelScore> classify(Image image) {
    return new Classifying(this).classify(image).scores();
  }

  /**
   * Returns the most likely classes of each image; images may have any size.
   *
   * @param top number of classes, most likely first
   * @throws InvalidArgumentException if the network's task is not classification
   */
  public List<List<LabelScore>> classify(List<Image> images, int top) {
    return new Classifying(this).classify(images, top);
  }

  /** Computes the predictions for the image in a file, read by {@link Image#read(Path)}. */
  public Map<String, Prediction> predict(Path file) {
    return predict(Image.read(file));
  }

  /**
   * Computes the predictions for an image, by output in the network's order.
   *
   * @throws InvalidArgumentException if the network has several inputs
   * @throws ShapeException if its input is not an image
   */
  public Map<String, Prediction> predict(Image image) {
    return new Classifying(this)
        .predictAll(List.of(Require.present("predict", "image", image)))
        .get(0);
  }

  /** Computes {@link #predict(Image)} for each image; images may have any size. */
  public List<Map<String, Prediction>> predictAll(List<Image> images) {
    return new Classifying(this).predictAll(images);
  }

  /**
   * Computes the predictions for each sample, by output in the network's order.
   *
   * @param inputs a normalized tensor {@code [N, ...]} for each of {@link Network#inputs()}
   */
  public List<Map<String, Prediction>> predictAll(Map<String, Tensor> inputs) {
    return new Classifying(this).predictAll(inputs);
  }

  /** Detects objects in the image in a file, read by {@link Image#read(Path)}. */
  public List<Detection> detect(Path file) {
    return detect(Image.read(file));
  }

  /**
   * Detects objects in an image by the network's {@link Network#detection}; returns the detections
   * with the highest score first. Boxes are in pixels of the original image, clipped at its border.
   *
   * @throws InvalidArgumentException if the network is not a detector, or has several inputs
   * @throws ShapeException if its input is not an image, or outputs at this size cannot be decoded
   */
  public List<Detection> detect(Image image) {
    return detect(Detecting.one(image)).get(0);
  }

  /** Detects objects in each image as {@link #detect(Image)} does; images may have any size. */
  public List<List<Detection>> detect(List<Image> images) {
    return new Detecting(this).detect(images);
  }

  /** Detects objects as {@link #detect(List)} does, with another non-maximum suppression. */
  public List<List<Detection>> detect(List<Image> images, Nms nms) {
    return new Detecting(this).detect(images, nms);
  }

  /** Evaluates as {@link #evaluate(Dataset, Loss)} does, with the loss of the network's task. */
  public Evaluation evaluate(Dataset images) {
    return evaluating.evaluate(images);
  }

  /**
   * Evaluates as {@link #evaluate(Dataset)} does, with test-time augmentation: the average of the
   * predictions for several views of each image.
   *
   * @throws ShapeException if the samples are not {@code [C, H, W]} images larger than the shift of
   *     a view, or predictions refer to positions in the image, such as boxes or classes of pixels
   */
  public Evaluation evaluate(Dataset images, TestTimeAugmentation views) {
    return evaluating.evaluate(images, views);
  }

  /** Evaluates a network with several inputs or outputs as {@link #evaluate(Dataset)} does. */
  public Evaluation evaluate(MultiDataset images) {
    return evaluating.evaluate(images);
  }

  /**
   * Evaluates accuracy and loss on a data set with labels or targets that match loss and network.
   *
   * @param loss the loss; its label smoothing, class weights and reduction are ignored
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not match the
   *     set's shape and classes
   */
  public Evaluation evaluate(Dataset images, Loss loss) {
    return evaluating.evaluate(images, loss);
  }

  /** Evaluates in detail: the metrics of {@link #evaluate(Dataset)} for each output. */
  public Map<String, Report> report(Dataset images) {
    return evaluating.report(images);
  }

  /** Evaluates as {@link #report(Dataset)} does, with test-time augmentation. */
  public Map<String, Report> report(Dataset images, TestTimeAugmentation views) {
    return evaluating.report(images, views);
  }

  /** Evaluates a network with any number of inputs and outputs as {@link #report(Dataset)} does. */
  public Map<String, Report> report(MultiDataset images) {
    return evaluating.report(images);
  }

  /** Returns whether the model is closed; its methods then throw a {@code ClosedException}. */
  public boolean isClosed() {
    return usage.isClosed();
  }

  /**
   * Rejects later calls, and frees the memory when the last running call returns; immediately if no
   * call is running. Never waits; does nothing if the model is closed already.
   */
  public void closeWhenFree() {
    usage.closeWhenFree(sizes::close);
  }

  /**
   * Frees the memory; closing again does nothing.
   *
   * @throws dev.quern.error.ClosedException if another call is running; the model stays open, so
   *     close it again afterwards, or use {@link #closeWhenFree}
   */
  @Override
  public void close() {
    if (usage.close()) {
      sizes.close();
    }
  }
}
