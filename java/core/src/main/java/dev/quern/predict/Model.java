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
 * A trained network with frozen weights. Thread-safe: concurrent calls share one copy of the
 * weights, and each works in its own memory: a plan for its number of samples, rounded up to a
 * power of two, at most 64. All plans together stay within {@link #planLimit}: a call that needs
 * more for its samples runs them in smaller pieces, with bit-identical results, and waits up to ten
 * seconds for other calls. Plans are kept for later calls.
 *
 * <p>If the network's height or width is free, the size is that of each call's images. Weights
 * packed for a size are kept for the last eight sizes, 1 GiB of them at most, and 256 MiB of plans.
 *
 * <p>Open models share memory: weights that are equal bit for bit are stored off-heap once, such as
 * those of a backbone with several heads, or of a file that is loaded twice. Loading first
 * allocates a model's whole memory, before equal parts are found.
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
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than there is
   */
  public static Model of(ModelData data) {
    return of(data, Precision.DEFAULT);
  }

  /** {@link #of(ModelData)} with this precision of its convolutions. */
  public static Model of(ModelData data, Precision precision) {
    return new Model(data, precision);
  }

  /**
   * Returns a model with the outputs of some of this model's layers as its outputs, for feature
   * extraction. It must be closed separately, before or after this model; they share weights.
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
   * Implementations of the network's convolutions for one image; they may differ for a batch.
   *
   * @throws ShapeException if the network's height or width is free, because they depend on the
   *     image
   */
  public Implementations implementations() {
    network().requireSizes("implementations");
    return new Implementations(weights.implementations());
  }

  /**
   * Off-heap memory in bytes: weights and kept plans. Memory shared by several models counts in
   * equal parts, so that a sum over models counts it once.
   */
  public long bytes() {
    return weights.bytes() + sizes.bytes();
  }

  /**
   * Bytes outside the heap that the plans of this model take together, those of calls that run and
   * those that are kept: default half of what the machine or container grants. {@link #evaluate}
   * and {@link #report} are not counted; they take what 64 samples need.
   */
  public long planLimit() {
    return sizes.plans().limit();
  }

  /**
   * Sets {@link #planLimit} for later calls. Calls that need more for one sample throw a {@link
   * PlanLimitException} before anything is allocated.
   *
   * @param bytes at least 1
   * @throws InvalidArgumentException if it is less
   * @throws PlanLimitException if the network's sizes are fixed and one sample needs more; the
   *     limit is not changed
   * @throws dev.quern.error.ClosedException if this is closed
   */
  public void setPlanLimit(long bytes) {
    calls.limitPlans(bytes);
  }

  /** {@link #of(ModelData)} of a file, by {@link ModelData#load}. */
  public static Model load(Path file) {
    return of(ModelData.load(file));
  }

  /**
   * The network's outputs, usually logits; not checked, so that NaN and infinities pass. For
   * networks with one input and one output.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalized
   * @return {@code [N, ...]}, in the images' arena
   * @throws InvalidArgumentException if the network has several inputs or outputs
   * @throws PlanLimitException if one sample needs more memory than {@link #planLimit}; this holds
   *     for all methods that predict
   * @throws dev.quern.error.MemoryLimitException if other calls hold that memory for too long, or
   *     the machine does not have it
   */
  public Tensor predict(Tensor images) {
    return calls.run(images, null);
  }

  /**
   * Computes outputs as {@link #predict(Tensor)} does, into a given tensor, so that no arena grows.
   *
   * @param outputs {@code [N, ...]}, overwritten; must not be used by others meanwhile
   * @return that tensor
   * @throws ShapeException if it has another shape
   */
  public Tensor predict(Tensor images, Tensor outputs) {
    return calls.run(images, Require.present("predict", "outputs", outputs));
  }

  /**
   * Computes the outputs of a network with any number of inputs and outputs.
   *
   * @param inputs for each of {@link Network#inputs()} {@code [N, ...]}, with its shape after N
   * @return {@code [N, ...]} for each of {@link Network#outputs()}, in its order, in the first
   *     input's arena
   * @throws InvalidArgumentException if an input is missing or not the network's
   * @throws ShapeException if shapes do not fit
   */
  public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
    return predict(inputs, null);
  }

  /** Outputs go into this arena; null for the first input's. */
  Map<String, Tensor> predict(Map<String, Tensor> inputs, @Nullable Arena intoOrNull) {
    return calls.predict(inputs, intoOrNull);
  }

  /**
   * Profiles prediction by layer: times passes over the samples, at most the first 64, which {@link
   * #predict(Map)} processes at once. Layers are timed only in this call.
   *
   * @param inputs as {@link #predict(Map)} takes them
   * @param steps number of passes, from 1 to 1,000, over which medians are taken; the first is
   *     slower if nothing was predicted before
   * @throws InvalidArgumentException if there are no samples, or as {@link #predict(Map)}
   * @throws ShapeException if shapes do not fit
   */
  public LayerTimes profile(Map<String, Tensor> inputs, int steps) {
    return calls.profile(inputs, steps);
  }

  /** {@link #profile(Map, int)} of a network with one input. */
  public LayerTimes profile(Tensor images, int steps) {
    return profile(Map.of(calls.firstInput(), Require.present("profile", "images", images)), steps);
  }

  /** {@link #classify(byte[], Shape, int)} of a sample of the network's own size. */
  public List<LabelScore> classify(byte[] values, int top) {
    network().requireSizes("classify");
    return classify(values, network().input(), top);
  }

  /**
   * Returns the most likely classes of one byte sample of a data set.
   *
   * @param values unsigned bytes in C, H, W order; normalized as in training
   * @param shape {@code [C, H, W]} or {@code [F]}, which the network's input equals or leaves free
   * @param top number of classes, most likely first
   * @throws InvalidArgumentException if the network's task is not classification
   */
  public List<LabelScore> classify(byte[] values, Shape shape, int top) {
    return new Classifying(this).classify(values, shape, top);
  }

  /**
   * Classifies the image in a file, read by {@link Image#read(Path)}; all classes, most likely
   * first.
   */
  public List<LabelScore> classify(Path file) {
    return classify(Image.read(file));
  }

  /** Classifies an image; all classes, most likely first. */
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
   * Computes the predictions for an image: by output, in the network's order.
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
   * Computes the predictions for each sample: by output, in the network's order.
   *
   * @param inputs for each of {@link Network#inputs()} {@code [N, ...]}, already normalized
   */
  public List<Map<String, Prediction>> predictAll(Map<String, Tensor> inputs) {
    return new Classifying(this).predictAll(inputs);
  }

  /** Detects objects in the image in a file, read by {@link Image#read(Path)}. */
  public List<Detection> detect(Path file) {
    return detect(Image.read(file));
  }

  /**
   * Detects objects in an image by the network's {@link Network#detection}, best first. Boxes are
   * in pixels of this image in its original size, and clipped at its border.
   *
   * @throws InvalidArgumentException if the network is not a detector, or has several inputs
   * @throws ShapeException if its input is not an image, or outputs at this size cannot be decoded
   */
  public List<Detection> detect(Image image) {
    return detect(Detecting.one(image)).get(0);
  }

  /** {@link #detect(Image)} of each, whatever their sizes. */
  public List<List<Detection>> detect(List<Image> images) {
    return new Detecting(this).detect(images);
  }

  /** {@link #detect(List)} with another suppression than the network's own. */
  public List<List<Detection>> detect(List<Image> images, Nms nms) {
    return new Detecting(this).detect(images, nms);
  }

  /** {@link #evaluate(Dataset, Loss)} by the loss of the network's task. */
  public Evaluation evaluate(Dataset images) {
    return evaluating.evaluate(images);
  }

  /**
   * Evaluates as {@link #evaluate(Dataset)} does, with test-time augmentation: the average of the
   * predictions for several views of each image.
   *
   * @throws ShapeException if the samples are not {@code [C, H, W]} images larger than the shift of
   *     a view, or predictions have positions in the image, as for pixels and boxes
   */
  public Evaluation evaluate(Dataset images, TestTimeAugmentation views) {
    return evaluating.evaluate(images, views);
  }

  /** {@link #evaluate(Dataset)} of a network with any number of inputs and outputs. */
  public Evaluation evaluate(MultiDataset images) {
    return evaluating.evaluate(images);
  }

  /**
   * Evaluates accuracy and loss on a data set with labels or targets that fit loss and network.
   *
   * @param loss without its smoothing, weights and reduction
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not have the
   *     promised form
   */
  public Evaluation evaluate(Dataset images, Loss loss) {
    return evaluating.evaluate(images, loss);
  }

  /**
   * Evaluates a data set in detail: the metrics of {@link #evaluate(Dataset)} by output, in the
   * network's order.
   */
  public Map<String, Report> report(Dataset images) {
    return evaluating.report(images);
  }

  /** {@link #report(Dataset)} of what {@link #evaluate(Dataset, TestTimeAugmentation)} scores. */
  public Map<String, Report> report(Dataset images, TestTimeAugmentation views) {
    return evaluating.report(images, views);
  }

  /** {@link #report(Dataset)} of a network with any number of inputs and outputs. */
  public Map<String, Report> report(MultiDataset images) {
    return evaluating.report(images);
  }

  /** Whether this is closed, so that calls throw {@link dev.quern.error.ClosedException}. */
  public boolean isClosed() {
    return usage.isClosed();
  }

  /**
   * Closes this for later calls, and frees the memory when the last running call ends; immediately
   * if there is none. Never waits, and does nothing if this is closed already.
   */
  public void closeWhenFree() {
    usage.closeWhenFree(sizes::close);
  }

  /**
   * Frees the memory; later calls do nothing.
   *
   * @throws dev.quern.error.ClosedException if a call is inside; the model stays open, so close it
   *     again afterwards, or use {@link #closeWhenFree}
   */
  @Override
  public void close() {
    if (usage.close()) {
      sizes.close();
    }
  }
}
