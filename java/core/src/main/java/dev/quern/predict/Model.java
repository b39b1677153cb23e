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
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A trained network with constant weights, for prediction. Thread-safe: concurrent calls share the
 * weights, and each call has its own working memory, called a plan. A plan processes up to 64
 * samples; its batch size is a power of two. The total memory of all plans is limited by {@link
 * #planLimit}. A call that would exceed the limit processes fewer samples at a time, with
 * bit-identical results, and waits up to ten seconds for other calls to finish. Plans are kept for
 * later calls.
 *
 * <p>If the network's height or width is dynamic, each call's inputs determine the size. The model
 * then keeps packed weights of the last eight sizes, up to 1 GiB, and plans up to 256 MiB.
 *
 * <p>Open models share memory: bit-identical weights are stored off-heap only once, for example the
 * weights of a backbone with several heads, or of a file loaded twice. Loading first allocates the
 * model's whole memory, then frees duplicates.
 */
public final class Model implements AutoCloseable {
  private final ModelData data;
  private final Precision precision;
  private final Weights weights;
  private final Sizes sizes;
  private final Usage usage = new Usage("model", this);
  final Calls calls;
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

  /** Creates a model from its data, with a precision for its convolutions. */
  public static Model of(ModelData data, Precision precision) {
    return new Model(data, precision);
  }

  /**
   * Returns a model for feature extraction: its outputs are the outputs of the given layers of this
   * model. Both models share the weights and must be closed separately, in any order.
   *
   * <pre>{@code
   * try (Model features = model.features("stage4.2.relu")) {
   *   Tensor vectors = features.predict(images); // [N, ...], the layer's output
   * }
   * }</pre>
   *
   * @param layers the names of the layers, at least one
   * @throws InvalidArgumentException if a layer does not exist; the message lists similar names
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than available
   */
  public Model features(String... layers) {
    String[] given = Require.present("features", "layers", layers);
    List<String> names = Require.all("features", "layers", Arrays.asList(given));
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
   * Returns each convolution's implementation for one image; larger batches may use others.
   *
   * @throws ShapeException if the network's height or width is dynamic
   */
  public Implementations implementations() {
    network().requireSizes("implementations");
    return new Implementations(weights.implementations());
  }

  /**
   * Returns the model's off-heap memory in bytes: weights and kept plans. Shared memory is divided
   * equally among the models, so a sum over models counts it once.
   */
  public long bytes() {
    return weights.bytes() + sizes.bytes();
  }

  /**
   * Returns the maximum off-heap memory of all plans of this model, in bytes; by default half of
   * the memory of the machine or container. {@link #evaluate} and {@link #report} are not limited;
   * they need memory for 64 samples.
   */
  public long planLimit() {
    return sizes.plans().limit();
  }

  /**
   * Sets {@link #planLimit} for later calls. If even a single sample would exceed the limit, a call
   * throws a {@link PlanLimitException}, without allocating memory.
   *
   * @param bytes the limit in bytes, at least 1
   * @throws InvalidArgumentException if {@code bytes} is less than 1
   * @throws PlanLimitException if the network has a fixed size and a single sample exceeds the
   *     limit; the old limit remains
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
   * Returns the network's outputs, usually logits, for a network with one input and one output. The
   * outputs may contain NaN or infinities.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalized
   * @return {@code [N, ...]}, in the images' arena
   * @throws InvalidArgumentException if the network has several inputs or outputs
   * @throws PlanLimitException if a single sample exceeds {@link #planLimit}; all prediction
   *     methods throw this exception
   * @throws dev.quern.error.MemoryLimitException if memory is not available, or not released by
   *     other calls within ten seconds
   */
  public Tensor predict(Tensor images) {
    return calls.run(images, null);
  }

  /**
   * Computes outputs as {@link #predict(Tensor)} does, and writes them to an existing tensor,
   * without allocating memory in an arena.
   *
   * @param outputs {@code [N, ...]}, overwritten; other threads must not use it during the call
   * @return {@code outputs}
   * @throws ShapeException if {@code outputs} does not have the shape of the network's outputs
   */
  public Tensor predict(Tensor images, Tensor outputs) {
    return calls.run(images, Require.present("predict", "outputs", outputs));
  }

  /**
   * Returns the outputs of a network with any number of inputs and outputs.
   *
   * @param inputs a tensor {@code [N, ...]} for each of {@link Network#inputs()}, by name
   * @return a tensor {@code [N, ...]} for each of {@link Network#outputs()}, in the network's
   *     order, in the first input's arena
   * @throws InvalidArgumentException if an input is missing or unknown
   * @throws ShapeException if an input has the wrong shape, or the numbers of samples differ
   */
  public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
    return calls.predict(inputs, null);
  }

  /**
   * Computes outputs as {@link #predict(Map)} does, and writes them to existing tensors.
   *
   * @param outputs a tensor {@code [N, ...]} for each of {@link Network#outputs()}, by name,
   *     overwritten; other threads must not use them during the call
   * @throws InvalidArgumentException if an input or output is missing or unknown, or the tensor of
   *     an output is also that of an input or of another output
   * @throws ShapeException if a shape is wrong, or the numbers of samples differ
   */
  public void predict(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    calls.predictInto(inputs, Require.all("predict", "outputs", outputs));
  }

  /**
   * Measures the time of each layer during prediction. Each pass processes at most the first 64
   * samples. Other calls do not measure times.
   *
   * @param inputs as in {@link #predict(Map)}
   * @param steps number of passes, 1 to 1,000; a time is the median over the passes. The first pass
   *     is slower if nothing was predicted before
   * @throws InvalidArgumentException if there are no samples, or an input is missing or unknown
   * @throws ShapeException if an input has the wrong shape, or the numbers of samples differ
   */
  public LayerTimes profile(Map<String, Tensor> inputs, int steps) {
    return calls.profile(inputs, steps);
  }

  /** Measures layer times as {@link #profile(Map, int)} does, for a network with one input. */
  public LayerTimes profile(Tensor images, int steps) {
    return profile(Map.of(calls.firstInput(), Require.present("profile", "images", images)), steps);
  }

  /** Returns the result of {@link #classify(byte[], Shape, int)} for the network's input shape. */
  public List<LabelScore> classify(byte[] values, int top) {
    network().requireSizes("classify");
    return classify(values, network().input(), top);
  }

  /**
   * Returns the most likely classes of one byte sample.
   *
   * @param values unsigned bytes in C, H, W order, before normalization
   * @param shape {@code [C, H, W]} or {@code [F]}: the network's input shape, with actual sizes
   *     instead of dynamic ones
   * @param top maximum number of returned classes, most likely first
   * @throws InvalidArgumentException if the network's task is not classification
   */
  public List<LabelScore> classify(byte[] values, Shape shape, int top) {
    return new Classifying(this).classify(values, shape, top);
  }

  /** Returns all classes with their probabilities for the image in a file, most likely first. */
  public List<LabelScore> classify(Path file) {
    return classify(Image.read(file));
  }

  /** Returns all classes with their probabilities for an image, most likely first. */
  public List<LabelScore> classify(Image image) {
    return new Classifying(this).classify(image).scores();
  }

  /**
   * Returns the most likely classes of each image. Images may have any size.
   *
   * @param top maximum number of classes per image, most likely first
   * @throws InvalidArgumentException if the network's task is not classification
   */
  public List<List<LabelScore>> classify(List<Image> images, int top) {
    return new Classifying(this).classify(images, top);
  }

  /** Returns the predictions for the image in a file, which is read by {@link Image#read(Path)}. */
  public Map<String, Prediction> predict(Path file) {
    return predict(Image.read(file));
  }

  /**
   * Returns the predictions for an image by output name, in the network's order.
   *
   * @throws InvalidArgumentException if the network has several inputs
   * @throws ShapeException if the network's input is not an image
   */
  public Map<String, Prediction> predict(Image image) {
    return new Classifying(this)
        .predictAll(List.of(Require.present("predict", "image", image)))
        .get(0);
  }

  /** Returns the result of {@link #predict(Image)} for each image. Images may have any size. */
  public List<Map<String, Prediction>> predictAll(List<Image> images) {
    return new Classifying(this).predictAll(images);
  }

  /**
   * Returns the predictions for each sample by output name, in the network's order.
   *
   * @param inputs normalized tensors {@code [N, ...]} for all {@link Network#inputs()}, by name
   */
  public List<Map<String, Prediction>> predictAll(Map<String, Tensor> inputs) {
    return new Classifying(this).predictAll(inputs);
  }

  /** Detects objects in the image in a file, which is read by {@link Image#read(Path)}. */
  public List<Detection> detect(Path file) {
    return detect(Image.read(file));
  }

  /**
   * Detects objects in an image with the network's {@link Network#detection} task. Returns
   * detections in descending order of score. Boxes are in pixels of the original image, clipped at
   * its border.
   *
   * @throws InvalidArgumentException if the network is not a detector, or has several inputs
   * @throws ShapeException if the network's input is not an image, or its outputs at this size
   *     cannot be decoded
   */
  public List<Detection> detect(Image image) {
    return detect(Detecting.one(image)).get(0);
  }

  /** Detects objects in each image, as {@link #detect(Image)} does. Images may have any size. */
  public List<List<Detection>> detect(List<Image> images) {
    return new Detecting(this).detect(images);
  }

  /** Detects objects in each image, with {@code nms} in place of the network's own setting. */
  public List<List<Detection>> detect(List<Image> images, Nms nms) {
    return new Detecting(this).detect(images, nms);
  }

  /** Returns loss, accuracy and metrics on a data set, with the loss of the network's task. */
  public Evaluation evaluate(Dataset images) {
    return evaluating.evaluate(images);
  }

  /**
   * Evaluates the model on a data set with test-time augmentation: predictions for several views of
   * each image are averaged.
   *
   * @throws ShapeException if samples are not images {@code [C, H, W]}, a shift is not smaller than
   *     the image, or predictions refer to positions in the image (boxes, classes of pixels)
   */
  public Evaluation evaluate(Dataset images, TestTimeAugmentation views) {
    return evaluating.evaluate(images, views);
  }

  /** Evaluates a network with any number of inputs and outputs, with the losses of its tasks. */
  public Evaluation evaluate(MultiDataset images) {
    return evaluating.evaluate(images);
  }

  /**
   * Evaluates the model on a data set with labels or targets that match loss and network.
   *
   * @param loss the loss; its label smoothing, class weights and reduction are ignored
   * @throws dev.quern.error.DataException if the data set throws an exception, or a sample does not
   *     match the data set's shape and classes
   */
  public Evaluation evaluate(Dataset images, Loss loss) {
    return evaluating.evaluate(images, loss);
  }

  /** Evaluates the model on a data set and returns a detailed report for each output, by name. */
  public Map<String, Report> report(Dataset images) {
    return evaluating.report(images);
  }

  /** Evaluates the model as {@link #report(Dataset)} does, with test-time augmentation. */
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
   * Closes the model as soon as running calls have returned, and rejects later calls. This method
   * returns immediately, and does nothing if the model is already closed.
   */
  public void closeWhenFree() {
    usage.closeWhenFree(sizes::close);
  }

  /**
   * Frees the memory. If the model is already closed, this does nothing.
   *
   * @throws dev.quern.error.ClosedException if another call is running; the model then remains
   *     open. Close it again later, or use {@link #closeWhenFree}
   */
  @Override
  public void close() {
    if (usage.close()) {
      sizes.close();
    }
  }
}
