package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.engine.Implementations;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.feed.NetworkData;
import dev.quern.feed.Views;
import dev.quern.internal.arguments.Require;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.network.Network;
import dev.quern.plan.NamedBatch;
import dev.quern.plan.TensorBatch;
import dev.quern.plan.load.LoaderThread;
import dev.quern.predict.ModelData;
import dev.quern.profile.LayerTimes;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The trainer of a network: owns weights, gradients, optimizer state and the run's seed. Runs with
 * equal seed, data, instruction set and OpenBLAS core produce bit-identical weights for any number
 * of threads.
 *
 * <pre>{@code
 * try (var trainer = Trainer.builder(network).batch(64).optimizer(new Sgd(0.01f, 0.9f)).build()) {
 *   trainer.fit(train, 5);
 *   System.out.println(trainer.evaluate(test));
 * }
 * }</pre>
 *
 * Weights of {@link dev.quern.layer.Quantized} layers are stored as floats, also in {@link #state}.
 * Each step rounds the weights as {@link dev.quern.layer.Quantized#round} does, computes forward
 * and backward pass with the rounded weights, and applies the gradients of the rounded weights to
 * the float weights (the straight-through estimator; Bengio et al., "Estimating or Propagating
 * Gradients Through Stochastic Neurons for Conditional Computation", 2013; Jacob et al.,
 * "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
 * 2018). Evaluations and {@link #modelData models} use int8 weights. Ranges of {@link
 * dev.quern.layer.activation.FakeQuantize} do not change.
 *
 * <p>Thread-safe: concurrent calls run one after the other. Closing the trainer during a call
 * throws an exception. A data set that the trainer is reading must not call the trainer; such a
 * call throws, too.
 */
public final class Trainer implements AutoCloseable {
  private static final String PROFILE = LayerProfile.NAME;
  private static final String CONTRIBUTE = TrainingSession.CONTRIBUTE;

  private final Network network;
  private final TrainingSession session;

  Trainer(TrainerSettings s) {
    network = s.network;
    session = new TrainingSession(s);
  }

  public static TrainerBuilder builder(Network network) {
    return new TrainerBuilder(network);
  }

  public Network network() {
    return network;
  }

  /**
   * Returns the implementations of the convolutions and, with {@code Precision.BF16}, of the linear
   * layers that run in bfloat16. They affect the last bits of the weights.
   */
  public Implementations implementations() {
    return session.implementations();
  }

  /** Returns the off-heap memory in bytes: weights, gradients, optimizer state and plans. */
  public long bytes() {
    return session.bytes();
  }

  /**
   * Trains as {@link #fit(Dataset, int, TrainingListener)} does, without a listener. To print the
   * progress, call that method with {@link TrainingListener#console()}.
   */
  public History fit(Dataset data, int epochCount) {
    return fit(data, epochCount, new TrainingListener() {});
  }

  /**
   * Trains for a number of epochs on a shuffled data set. If {@link #stop} stopped the previous
   * call, or a {@link #restore restored} state was saved during a call, that call is resumed.
   *
   * <p>Resuming requires the same data. The number of epochs may be changed, but not to less than
   * the number of started epochs; if the state was saved after the last epoch, a larger number adds
   * epochs. The schedule always spans the current number of epochs. After a change of this number,
   * the result therefore equals that of a run with the new number only if the schedule does not
   * depend on the number of epochs (constant, step, multi-step, exponential).
   *
   * <p>An interrupt of the calling thread stops the call as {@link #stop} does: after the current
   * step, with {@link History.StopReason#STOPPED}; the thread stays interrupted, so the next call
   * stops before its first step unless the caller clears the interrupt.
   *
   * @param epochCount number of epochs, including epochs before an interruption; at least 1
   * @return the metrics of each epoch of the call, including epochs before an interruption
   * @throws NumericException if a loss is NaN or infinite; the message names the step and layer
   * @throws InvalidArgumentException if the stopped call had other data or has started more epochs,
   *     or all sample weights are 0
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not match the
   *     set's shape and classes; the weights are unchanged, and the trainer remains usable
   * @throws dev.quern.error.UserCodeException if a custom augmentation, optimizer or schedule
   *     throws; the trainer remains usable
   */
  public History fit(Dataset data, int epochCount, TrainingListener listener) {
    requireFit(data, epochCount, listener);
    return session.fit(NetworkData.of("fit", network, data), epochCount, listener);
  }

  /** Trains as {@link #fit(MultiDataset, int, TrainingListener)} does, without a listener. */
  public History fit(MultiDataset data, int epochCount) {
    return fit(data, epochCount, new TrainingListener() {});
  }

  /**
   * Trains as {@link #fit(Dataset, int, TrainingListener)} does, for a network with any number of
   * inputs and outputs.
   *
   * @param data a data set for each input, and a data set for each output's labels or targets, by
   *     the names of inputs and outputs
   */
  public History fit(MultiDataset data, int epochCount, TrainingListener listener) {
    requireFit(data, epochCount, listener);
    return session.fit(NetworkData.of("fit", network, data), epochCount, listener);
  }

  private static void requireFit(Object data, int epochCount, TrainingListener listener) {
    LoaderThread.refuse("fit");
    Require.present("fit", "data", data);
    Require.present("fit", "listener", listener);
    if (epochCount < 1) {
      throw new InvalidArgumentException("fit: epochs " + epochCount + " must be at least 1");
    }
  }

  /**
   * Trains replicas of the network in this process or in others, each on one part of a data set.
   * The replicas are synchronized in rounds according to {@code rule}. Listeners receive each round
   * as a step. In other respects, this method behaves as {@link #fit(Dataset, int,
   * TrainingListener)}.
   *
   * <p>The weights are bit-identical for the same parts, rule and seed. With one part and one step
   * per round, they equal the weights of {@link #fit(Dataset, int)} bit for bit. Batch
   * normalization uses each replica's own batch statistics; running statistics are averaged.
   *
   * @throws InvalidArgumentException if there are no images, or if a round has several steps and
   *     the trainer accumulates gradients or has averaged or slow weights
   * @throws dev.quern.error.UserCodeException if the exchange throws
   * @throws dev.quern.error.DataException if the exchange does not return the needed contribution
   */
  public History fit(
      GradientExchange exchange, LocalSgd rule, int epochCount, TrainingListener listener) {
    requireFit(exchange, epochCount, listener);
    Require.present("fit", "rule", rule);
    return session.fit(exchange, rule, epochCount, listener);
  }

  /**
   * Computes one replica's contribution to a round of another trainer's {@link
   * #fit(GradientExchange, LocalSgd, int, TrainingListener)}; called by a {@link GradientExchange}.
   * The weights and progress of this trainer are overwritten; the result depends only on the
   * arguments.
   *
   * @param replica the index of the replica, from 0
   * @param part the replica's data
   * @throws InvalidArgumentException if the other trainer has another network or other settings
   * @throws NumericException if a loss is NaN or infinite
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not match the
   *     set's shape and classes
   */
  public Contribution contribute(Round round, int replica, Dataset part) {
    LoaderThread.refuse(CONTRIBUTE);
    Require.present(CONTRIBUTE, "round", round);
    if (replica < 0) {
      throw new InvalidArgumentException(
          CONTRIBUTE + ": replica " + replica + " must be at least 0");
    }
    return session.contribute(round, replica, NetworkData.of(CONTRIBUTE, network, part));
  }

  /**
   * Stops the running call of {@link #fit} after its current step or, if no call is running, the
   * next call before its first step. May be called from any thread at any time.
   */
  public void stop() {
    session.stop();
  }

  /**
   * Trains one step on a given batch of images with labels.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalized, with N at most the
   *     trainer's batch size; must not be changed during the step
   * @param labels N class indices
   * @return the batch's loss before the update
   * @throws dev.quern.error.LayerException if a {@link dev.quern.layer.CustomLayer} threw; the
   *     weights are unchanged, and the trainer remains usable
   */
  public double step(Tensor images, int... labels) {
    return step(TensorBatch.of(images, labels));
  }

  /**
   * Trains one step on a batch with class probabilities, or multi-label or regression targets.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalized, with N at most the
   *     trainer's batch size; must not be changed during the step
   * @param targets {@code [N, ...]}, where {@code ...} is the network's output shape
   * @return the batch's loss before the update
   */
  public double step(Tensor images, Tensor targets) {
    return step(TensorBatch.of(images, targets));
  }

  /**
   * Trains one step of a network with any number of inputs and outputs.
   *
   * @param inputs a tensor {@code [N, ...]} for each of {@link Network#inputs()}, where {@code ...}
   *     is the input's shape and N is at most the trainer's batch size; must not be changed during
   *     the step
   * @param targets a tensor {@code [N, ...]} for each of {@link Network#outputs()}, where {@code
   *     ...} is the output's shape: regression targets, probabilities, or 0 and 1
   * @return the weighted sum of the outputs' losses before the update
   * @throws InvalidArgumentException if an input or target is missing or unknown
   * @throws dev.quern.error.ShapeException if shapes do not match
   */
  public double step(Map<String, Tensor> inputs, Map<String, Tensor> targets) {
    LoaderThread.refuse("step");
    return session.step(NamedBatch.of(network, inputs, targets));
  }

  private double step(TensorBatch batch) {
    LoaderThread.refuse("step");
    return session.step(batch);
  }

  /**
   * Returns the gradients of the last step by dotted name, in the layouts of model files, for tests
   * and inspection. Frozen parameters have no gradient.
   */
  public Map<String, float[]> gradients() {
    LoaderThread.refuse("gradients");
    return session.gradients();
  }

  /**
   * Profiles a step by layer: runs forward and backward pass over the first batch of a data set
   * without augmentation, and times each layer. Weights, optimizer state, running statistics and
   * random numbers are unchanged, so later training is not affected; {@link #gradients} returns the
   * gradients of the last profiled step. Layers are timed only in this call.
   *
   * @param steps number of steps, from 1 to 1,000; times are medians over the steps. The first step
   *     is slower if nothing was trained before
   * @throws InvalidArgumentException if the set is empty, or {@link #fit} or a step is running
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not match the
   *     set's shape and classes
   */
  public LayerTimes profile(Dataset data, int steps) {
    LoaderThread.refuse(PROFILE);
    return session.profile(NetworkData.of(PROFILE, network, data), steps);
  }

  /** Profiles as {@link #profile(Dataset, int)} does, for any number of inputs and outputs. */
  public LayerTimes profile(MultiDataset data, int steps) {
    LoaderThread.refuse(PROFILE);
    return session.profile(NetworkData.of(PROFILE, network, data), steps);
  }

  /**
   * Evaluates accuracy, loss and metrics on a data set, with the current weights or, with {@link
   * TrainerBuilder#ema}, their average. A model with these weights returns the same result:
   * bit-identical if the trainer's batch size is 64 or more, otherwise equal up to the rounding of
   * kernels for fewer samples.
   *
   * @throws dev.quern.error.DataException if the data set throws, or a sample does not match the
   *     set's shape and classes
   */
  public Evaluation evaluate(Dataset data) {
    LoaderThread.refuse("evaluate");
    return session.evaluate(NetworkData.of("evaluate", network, data));
  }

  /**
   * Evaluates as {@link #evaluate(Dataset)} does, with test-time augmentation: the average of the
   * predictions for several views of each image.
   *
   * @throws dev.quern.error.ShapeException if the samples are not {@code [C, H, W]} images larger
   *     than the shift of a view, or predictions refer to positions in the image, such as boxes or
   *     the classes of pixels
   */
  public Evaluation evaluate(Dataset data, TestTimeAugmentation views) {
    LoaderThread.refuse("evaluate");
    return session.evaluate(Views.of("evaluate", network, data, views));
  }

  /** Evaluates as {@link #evaluate(Dataset)} does, for any number of inputs and outputs. */
  public Evaluation evaluate(MultiDataset data) {
    LoaderThread.refuse("evaluate");
    return session.evaluate(NetworkData.of("evaluate", network, data));
  }

  /**
   * Evaluates as {@link #evaluate(Dataset)} does, and returns a detailed report for each output, in
   * the network's order.
   */
  public Map<String, Report> report(Dataset data) {
    LoaderThread.refuse("report");
    return session.reports(NetworkData.of("report", network, data));
  }

  /** Evaluates as {@link #report(Dataset)} does, for any number of inputs and outputs. */
  public Map<String, Report> report(MultiDataset data) {
    LoaderThread.refuse("report");
    return session.reports(NetworkData.of("report", network, data));
  }

  /**
   * Returns a copy of the state that is needed to resume training; a listener may call this method
   * within an epoch.
   */
  public TrainingState state() {
    LoaderThread.refuse("state");
    return session.state();
  }

  /**
   * Restores a state of a trainer with the same network and settings; further training is
   * bit-identical to that of the original trainer. If a call of fit was running when the state was
   * saved, the next call resumes that call.
   *
   * @throws InvalidArgumentException if network or settings differ, or tensors are missing or
   *     unknown; the trainer is then unchanged
   */
  public void restore(TrainingState state) {
    LoaderThread.refuse("restore");
    session.restore(Require.present("trainer", "state", state));
  }

  /**
   * Saves the weights that {@link #evaluate} uses as a model with preprocessing, tasks and class
   * names, for {@link dev.quern.predict.Model#load}.
   *
   * @param file the file, with the extension {@code .safetensors}, or {@code .onnx} if quern-onnx
   *     is present; an existing file is replaced atomically
   * @throws NumericException if a weight is NaN or infinite
   * @throws dev.quern.error.NotFoundException if the folder is missing, or no module for the
   *     extension is present (quern-io for .safetensors)
   * @throws dev.quern.error.FileAccessException if the file cannot be written
   */
  public void save(Path file) {
    modelData(Map.of()).save(Require.present("save", "file", file));
  }

  /**
   * Returns a model as {@link #modelData(List, Map)} does, with the class names of the network's
   * tasks or, if the tasks have none, of the data set of the last {@link #fit}.
   */
  public ModelData modelData(Map<String, String> provenance) {
    return modelData(List.of(), provenance);
  }

  /**
   * Returns a model with a copy of the weights that {@link #evaluate} uses. An output without a
   * task gets the task of its loss: single-label for cross-entropy, multi-label for binary
   * cross-entropy, regression or an image for mse and huber.
   *
   * @param classes the class names of the only or first output; if the list is empty, the class
   *     names of the output's task or, if the task has none, of the data set of the last {@link
   *     #fit}
   * @param provenance free text by key, stored in the model file
   * @throws NumericException if a weight is NaN or infinite
   */
  public ModelData modelData(List<String> classes, Map<String, String> provenance) {
    LoaderThread.refuse("modelData");
    List<String> names = Require.all("trainer", "classes", classes);
    return session.modelData(names, provenance);
  }

  /**
   * Frees the trainer's memory; closing it again does nothing.
   *
   * @throws dev.quern.error.ClosedException if another call is running; the trainer stays open
   */
  @Override
  public void close() {
    LoaderThread.refuse("close");
    session.close();
  }
}
