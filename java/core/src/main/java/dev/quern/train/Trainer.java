package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.engine.Implementations;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.feed.NetworkData;
import dev.quern.feed.Views;
import dev.quern.internal.Require;
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
 * Trains a network: owns weights, gradients, optimizer state and the run's seed. Same seed, data,
 * instruction set and OpenBLAS core give the same weights to the last bit, whatever the thread
 * count.
 *
 * <pre>{@code
 * try (Trainer trainer = Trainer.builder(network).batch(64).optimizer(new Sgd(0.01f, 0.9f)).build()) {
 *   trainer.fit(train, 5);
 *   System.out.println(trainer.evaluate(test));
 * }
 * }</pre>
 *
 * Weights of {@link dev.quern.layer.Quantized} layers are kept in floats, in {@link #state} too.
 * Each step rounds them as {@link dev.quern.layer.Quantized#round} does, goes forward and backward
 * with what is rounded, and takes its gradient for the weight's own (the straight-through
 * estimator; Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons for
 * Conditional Computation", 2013; Jacob et al., "Quantization and Training of Neural Networks for
 * Efficient Integer-Arithmetic-Only Inference", 2018). Evaluations and {@link #modelData models}
 * have whole numbers. Ranges of {@link dev.quern.layer.activation.FakeQuantize} stay.
 *
 * <p>Calls from several threads wait for each other; closing during one is refused, and so are
 * calls by a data set that is being read.
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

  /** What runs the network's convolutions in training: part of what decides the weights' bits. */
  public Implementations implementations() {
    return session.implementations();
  }

  /** Bytes held off-heap: weights, gradients, optimizer state and plans. */
  public long bytes() {
    return session.bytes();
  }

  /**
   * {@link #fit(Dataset, int, TrainingListener)} with nobody listening; it prints nothing. {@link
   * TrainingListener#console()} does.
   */
  public History fit(Dataset data, int epochCount) {
    return fit(data, epochCount, new TrainingListener() {});
  }

  /**
   * Runs epochs over a shuffled data set; goes on with the call that {@link #stop} ended, or that a
   * {@link #restore restored} state was in, if there is one.
   *
   * <p>Going on takes the same data, and as many epochs as before, or others: no fewer than that
   * call has begun. A state of a call whose epochs are all done can go on with more. The schedule
   * always spans the epochs that are asked for now. With other epochs than before, the bits are
   * therefore not those of a call that had as many from its start, unless the schedule does not
   * depend on how many there are: constant, step, multi-step and exponential ones do not.
   *
   * <p>An interrupt of the thread that calls ends it as {@link #stop} does: after the step that
   * runs, with {@link History.Ending#STOPPED}; the thread stays interrupted, and so the next call
   * ends before its first step, until the caller clears the interrupt.
   *
   * @param epochCount epochs of the call, those before an interruption included; at least 1
   * @return one entry for each epoch of the call, those before an interruption included
   * @throws NumericException if a loss is NaN or infinite; names the step and the first layer
   *     concerned
   * @throws InvalidArgumentException if a call that was stopped was of other data, or has begun
   *     more epochs than these, or the weights of all samples are 0
   * @throws dev.quern.error.DataException if the data set throws, or a sample is not what it
   *     promised; the weights stay, and the trainer can go on
   * @throws dev.quern.error.UserCodeException if an augmentation, optimizer or schedule of the
   *     user's own throws; the trainer can go on
   */
  public History fit(Dataset data, int epochCount, TrainingListener listener) {
    requireFit(data, epochCount, listener);
    return session.fit(NetworkData.of("fit", network, data), epochCount, listener);
  }

  /** {@link #fit(MultiDataset, int, TrainingListener)} with nobody listening. */
  public History fit(MultiDataset data, int epochCount) {
    return fit(data, epochCount, new TrainingListener() {});
  }

  /**
   * {@link #fit(Dataset, int, TrainingListener)} of a network with any number of inputs and
   * outputs.
   *
   * @param data a set for each input, and one for each output's labels or targets, by their names
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
   * Epochs of rounds, in which replicas of the network train on parts of a data set, elsewhere or
   * here, and meet as the rule says. All else is as in {@link #fit(Dataset, int,
   * TrainingListener)}; a listener's step is a round.
   *
   * <p>The parts, the rule and the seed decide every bit of the weights. With one part and one step
   * a round they are those of {@link #fit(Dataset, int)}. Batch-norm takes each replica's own batch
   * statistics; running ones are averaged.
   *
   * @throws InvalidArgumentException if there are no images, or the trainer accumulates gradients
   *     or keeps averaged or slow weights and a round has more than one step
   * @throws dev.quern.error.UserCodeException if the exchange throws
   * @throws dev.quern.error.DataException if it does not bring what the round asks for
   */
  public History fit(
      GradientExchange exchange, LocalSgd rule, int epochCount, TrainingListener listener) {
    requireFit(exchange, epochCount, listener);
    Require.present("fit", "rule", rule);
    return session.fit(exchange, rule, epochCount, listener);
  }

  /**
   * Does a replica's part of a round of another trainer's {@link #fit(GradientExchange, LocalSgd,
   * int, TrainingListener)}, for a {@link GradientExchange}. What this trainer trained itself is
   * lost; what it gives depends on its arguments alone.
   *
   * @param replica counted from 0
   * @param part the replica's
   * @throws InvalidArgumentException if the other trainer has another network or other settings
   * @throws NumericException if a loss is NaN or infinite
   * @throws dev.quern.error.DataException if the data set throws, or a sample is not what it
   *     promised
   */
  public Contribution contribute(Round round, int replica, Dataset part) {
    LoaderThread.refuse(CONTRIBUTE);
    Require.present(CONTRIBUTE, "round", round);
    if (replica < 0) {
      throw new InvalidArgumentException(CONTRIBUTE + ": replica " + replica + " is below 0");
    }
    return session.contribute(round, replica, NetworkData.of(CONTRIBUTE, network, part));
  }

  /**
   * Ends the present call of {@link #fit}, or the next, after the step that runs. May be called
   * from any thread at any time.
   */
  public void stop() {
    session.stop();
  }

  /**
   * One step on a batch of the caller's own.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalised, N at most the
   *     trainer's batch; read until the step is done, so that nobody may change them meanwhile
   * @param labels N class indices
   * @return the batch's loss before the update
   * @throws dev.quern.error.LayerException if a {@link dev.quern.layer.CustomLayer} threw; the
   *     weights stay, and the trainer can go on
   */
  public double step(Tensor images, int... labels) {
    return step(TensorBatch.of(images, labels));
  }

  /**
   * One step on a batch with soft or several labels, or with numbers to come near to.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalised, N at most the
   *     trainer's batch; read until the step is done, so that nobody may change them meanwhile
   * @param targets {@code [N, ...]}, the network's output shape behind N
   * @return the batch's loss before the update
   */
  public double step(Tensor images, Tensor targets) {
    return step(TensorBatch.of(images, targets));
  }

  /**
   * One step of a network with any number of inputs and outputs.
   *
   * @param inputs for each of {@link Network#inputs()} {@code [N, ...]}, its shape behind N, N at
   *     most the trainer's batch; read until the step is done, so that nobody may change them
   *     meanwhile
   * @param targets for each of {@link Network#outputs()} {@code [N, ...]}, its shape behind N:
   *     numbers to come near to, probabilities, or 0 and 1
   * @return the sum of the outputs' losses before the update, each times its weight
   * @throws InvalidArgumentException if one is missing or not the network's
   * @throws dev.quern.error.ShapeException if shapes do not fit
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
   * The gradients of the last step, by dotted name, in file layouts: for tests and curious users.
   * Frozen parameters have none.
   */
  public Map<String, float[]> gradients() {
    LoaderThread.refuse("gradients");
    return session.gradients();
  }

  /**
   * Where a step's time goes: runs forward and backward over the first batch of a data set, as it
   * is, and times each layer. Weights, optimizer state, running statistics and random numbers stay
   * as they are, and so does what training gives afterwards; {@link #gradients} are those of the
   * last step here. Nothing is timed at other times.
   *
   * @param steps of which medians are taken, from 1 to 1,000; the first is slower than others where
   *     nothing was trained before
   * @throws InvalidArgumentException if the set is empty, or {@link #fit} or a step still runs
   * @throws dev.quern.error.DataException if the data set throws, or a sample is not what it
   *     promised
   */
  public LayerTimes profile(Dataset data, int steps) {
    LoaderThread.refuse(PROFILE);
    return session.profile(NetworkData.of(PROFILE, network, data), steps);
  }

  /** {@link #profile(Dataset, int)} of a network with any number of inputs and outputs. */
  public LayerTimes profile(MultiDataset data, int steps) {
    LoaderThread.refuse(PROFILE);
    return session.profile(NetworkData.of(PROFILE, network, data), steps);
  }

  /**
   * Accuracy, loss and scores on a data set, with the weights of now, or their average. A model of
   * them says the same: to the last bit where the batch is 64 or more, else to the rounding of
   * kernels for fewer samples.
   *
   * @throws dev.quern.error.DataException if the data set throws, or a sample is not what it
   *     promised
   */
  public Evaluation evaluate(Dataset data) {
    LoaderThread.refuse("evaluate");
    return session.evaluate(NetworkData.of("evaluate", network, data));
  }

  /**
   * {@link #evaluate(Dataset)} of the average of what is said of several views of each image.
   *
   * @throws dev.quern.error.ShapeException if the samples are not {@code [C, H, W]} images that are
   *     larger than the way a view moves them, or answers have places in the image, as those of
   *     pixels and boxes have
   */
  public Evaluation evaluate(Dataset data, TestTimeAugmentation views) {
    LoaderThread.refuse("evaluate");
    return session.evaluate(Views.of("evaluate", network, data, views));
  }

  /** {@link #evaluate(Dataset)} of a network with any number of inputs and outputs. */
  public Evaluation evaluate(MultiDataset data) {
    LoaderThread.refuse("evaluate");
    return session.evaluate(NetworkData.of("evaluate", network, data));
  }

  /**
   * How good the answers on a data set are, with the weights of now, or their average: what {@link
   * #evaluate} says in more detail, by output, in the network's order.
   */
  public Map<String, Report> report(Dataset data) {
    LoaderThread.refuse("report");
    return session.reports(NetworkData.of("report", network, data));
  }

  /** {@link #report(Dataset)} of a network with any number of inputs and outputs. */
  public Map<String, Report> report(MultiDataset data) {
    LoaderThread.refuse("report");
    return session.reports(NetworkData.of("report", network, data));
  }

  /**
   * A copy of everything that training needs to go on. A listener may ask for it in the middle of
   * an epoch.
   */
  public TrainingState state() {
    LoaderThread.refuse("state");
    return session.state();
  }

  /**
   * Goes back, or on, to a state of a trainer of the same network and settings: what follows is
   * what followed there, to the last bit. If a call of fit was under way, the next one goes on with
   * it.
   *
   * @throws InvalidArgumentException if network or settings differ, or tensors are missing or too
   *     many; nothing has changed then
   */
  public void restore(TrainingState state) {
    LoaderThread.refuse("restore");
    session.restore(Require.present("trainer", "state", state));
  }

  /**
   * Saves the weights of now, or their average, as a model that {@link
   * dev.quern.predict.Model#load} reads: with preprocessing, tasks and the names of classes.
   *
   * @param file whose name ends in {@code .safetensors}, or in {@code .onnx} where quern-onnx is
   *     there; an older file is replaced as a whole or not at all
   * @throws NumericException if a weight is NaN or infinite
   * @throws dev.quern.error.NotFoundException if the folder is missing, or no module writes such
   *     files: quern-io writes .safetensors
   * @throws dev.quern.error.FileAccessException if the file cannot be written
   */
  public void save(Path file) {
    modelData(Map.of()).save(Require.present("save", "file", file));
  }

  /**
   * {@link #modelData(List, Map)} with the names of classes that the network's tasks have, or else
   * those of the data set that the last {@link #fit} was called with.
   */
  public ModelData modelData(Map<String, String> provenance) {
    return modelData(List.of(), provenance);
  }

  /**
   * A copy of the weights of now, or of their average, with all that a model needs. An output whose
   * task is plain gets the task that its loss tells: classes that exclude each other under
   * cross-entropy, labels under binary cross-entropy, numbers or an image under mse and huber.
   *
   * @param classes names of the classes of the only output, or the first; empty for those of its
   *     task, or else of the data set of the last {@link #fit}
   * @param provenance free text by key, kept in the model file
   * @throws NumericException if a weight is NaN or infinite
   */
  public ModelData modelData(List<String> classes, Map<String, String> provenance) {
    LoaderThread.refuse("modelData");
    List<String> names = Require.all("trainer", "classes", classes);
    return session.modelData(names, provenance);
  }

  /**
   * Frees the memory; later calls do nothing.
   *
   * @throws dev.quern.error.ClosedException if a call is inside; the trainer stays open, so close
   *     it again afterwards
   */
  @Override
  public void close() {
    LoaderThread.refuse("close");
    session.close();
  }
}
