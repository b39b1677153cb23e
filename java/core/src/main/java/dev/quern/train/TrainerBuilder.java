package dev.quern.train;

import dev.quern.augment.Augmentation;
import dev.quern.augment.CustomAugmentation;
import dev.quern.augment.Mix;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.data.Sampler;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.NetworkData;
import dev.quern.init.Init;
import dev.quern.internal.Require;
import dev.quern.kernel.optim.OptimizerAccess;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Optimizer;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.Schedule;
import dev.quern.plan.HeadLayer;
import dev.quern.plan.build.Initializer;
import dev.quern.predict.ModelData;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Settings of a {@link Trainer}; the defaults are batch 64, SGD with lr 0.01 and momentum 0.9, the
 * loss of the network's task, seed 1, and nothing of the rest. Not thread-safe.
 */
public final class TrainerBuilder {
  final TrainerSettings settings;

  TrainerBuilder(Network network) {
    settings = new TrainerSettings(Require.present("trainer", "network", network));
  }

  /** Images a step; the last step of an epoch takes what is left. */
  public TrainerBuilder batch(int images) {
    settings.batch = images;
    return this;
  }

  /**
   * How weights follow their gradients; default SGD with lr 0.01 and momentum 0.9. A {@link
   * dev.quern.optim.CustomOptimizer} is asked for its answers here.
   *
   * @throws dev.quern.error.UserCodeException if one of its answers cannot be
   */
  public TrainerBuilder optimizer(Optimizer o) {
    settings.optimizer =
        (Optimizer) OptimizerAccess.asked(Require.present("trainer", "optimizer", o));
    return this;
  }

  /** How the learning rate moves over each call of fit; default constant. */
  public TrainerBuilder schedule(Schedule s) {
    settings.schedule = Require.present("trainer", "schedule", s);
    return this;
  }

  /**
   * A learning rate or weight decay of their own for the parameters that a pattern names. Where
   * several groups name a parameter, the last one rules.
   */
  public TrainerBuilder group(ParameterGroup group) {
    settings.groups.add(Require.present("trainer", "group", group));
    return this;
  }

  /**
   * No weight decay on biases and normalisation layers, only on the weights of convolutions and
   * linear layers; a {@link #group} may still say otherwise.
   */
  public TrainerBuilder decayWeightsOnly() {
    settings.decayWeightsOnly = true;
    return this;
  }

  /**
   * Scales the gradients of each update down so that their norm, over all that is trained, is at
   * most {@code norm}: PyTorch's clip_grad_norm_.
   */
  public TrainerBuilder clipNorm(double norm) {
    settings.clipNorm = TrainerSettings.positive("clip norm", norm);
    return this;
  }

  /** Bounds each gradient to [-limit, limit], before {@link #clipNorm}. */
  public TrainerBuilder clipValue(double limit) {
    settings.clipValue = TrainerSettings.positive("clip value", limit);
    return this;
  }

  /**
   * Updates the weights only every {@code steps} steps, and after an epoch's last, by the mean of
   * the steps' gradients: the update of a larger batch in the memory of a small one.
   */
  public TrainerBuilder accumulate(int steps) {
    TrainerSettings.requireAtLeastOne("accumulate", steps);
    settings.accumulate = steps;
    return this;
  }

  /**
   * Forgets activations and computes them again in the backward pass: often half the memory or
   * less, for up to a third more time (Chen et al., "Training Deep Nets with Sublinear Memory
   * Cost", 2016). The results are the same to the last bit, so that a run may be resumed with or
   * without. A {@link dev.quern.layer.CustomLayer} is asked for its forward pass twice.
   */
  public TrainerBuilder recompute() {
    settings.recompute = true;
    return this;
  }

  /**
   * Keeps an exponential moving average of weights and running statistics, {@code ema = decay ema +
   * (1 - decay) w} after each update, starting from the first; evaluation and models then use the
   * average. Default 0: none.
   *
   * @param decay in [0, 1)
   */
  public TrainerBuilder ema(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new InvalidArgumentException("trainer: ema decay " + decay + " is outside [0, 1)");
    }
    settings.ema = decay;
    return this;
  }

  public TrainerBuilder lookahead(Lookahead l) {
    settings.lookahead = Require.present("trainer", "lookahead", l);
    return this;
  }

  /**
   * Keeps the parameters that these patterns name as they are, {@code *} standing for any run of
   * characters: {@code stem.*}. They have no gradients. Layers that nothing trained lies before
   * have no backward pass, and keep no memory for it.
   *
   * <p>Batch normalisation whose weight and bias are both frozen goes by its running statistics, as
   * in inference, and leaves them as they are; {@link #moveFrozenStatistics} differs. Dropout stays
   * active. {@link #build} refuses to freeze all parameters, unless these statistics move.
   */
  public TrainerBuilder freeze(String... patterns) {
    settings.freezing.freeze(patterns);
    return this;
  }

  /**
   * Trains the parameters that these patterns name, and {@link #freeze freezes} all others: {@code
   * freezeAllBut("head.*")} trains a new head on a pretrained body.
   *
   * @param patterns of which each names a parameter; {@link #build} refuses others
   */
  public TrainerBuilder freezeAllBut(String... patterns) {
    settings.freezing.freezeAllBut(patterns);
    return this;
  }

  /**
   * {@link #freezeAllBut} the head: the last linear layer or convolution of a network with one
   * output.
   *
   * @throws InvalidArgumentException if the network has several outputs, or does not end in such a
   *     layer
   */
  public TrainerBuilder freezeBody() {
    return freezeAllBut(HeadLayer.of(settings.network).name() + ".*");
  }

  /**
   * Trains what {@link #freeze} froze from an epoch on: gradual unfreezing (Howard and Ruder,
   * "Universal Language Model Fine-tuning", 2018). Optimizers count the updates of these parameters
   * from there. May be called for several epochs; a trainer makes its memory anew in each, so that
   * it holds both for a moment.
   *
   * @param epoch counted from 1 over all calls of fit; at least 2
   * @param patterns of which each names something that is still frozen then
   * @throws InvalidArgumentException if the epoch is below 2; {@link #build} refuses patterns
   */
  public TrainerBuilder unfreeze(int epoch, String... patterns) {
    settings.freezing.unfreeze(epoch, patterns);
    return this;
  }

  /**
   * Batch normalisation that is frozen goes by the batch's statistics and moves the running ones,
   * as PyTorch's does in training mode. Nothing to a network in which none is frozen.
   */
  public TrainerBuilder moveFrozenStatistics() {
    settings.freezing.moveStatistics();
    return this;
  }

  /**
   * What training makes small; default that of the network's {@link dev.quern.network.Task}, which
   * is plain cross-entropy where it has none. That wants a network that ends in one row of logits.
   * The others take targets, not labels, of any output's shape. Where the network ends in the
   * softmax or sigmoid that its loss applies itself, training leaves that out.
   */
  public TrainerBuilder loss(Loss l) {
    return loss(settings.network.outputs().get(0), l, 1);
  }

  /**
   * What training makes small at one output: the loss of a step is the sum of all outputs' losses,
   * each times its weight; default those of the network's tasks.
   *
   * @param output one of {@link Network#outputs()}
   * @param weight a number of at least 0
   * @throws InvalidArgumentException if there is no such output, or the weight is no such number
   */
  public TrainerBuilder loss(String output, Loss l, double weight) {
    settings.losses.set(output, l, weight);
    return this;
  }

  /**
   * How samples become inputs; default scaling to [0, 1]. Usually {@link Dataset#normalization()}
   * of the training set.
   */
  public TrainerBuilder normalization(Normalization n) {
    return normalization(settings.preprocessing.first(), n);
  }

  /**
   * How samples become one of several inputs; default scaling to [0, 1].
   *
   * @throws InvalidArgumentException if there is no such input
   */
  public TrainerBuilder normalization(String input, Normalization n) {
    settings.preprocessing.normalize(input, n);
    return this;
  }

  /**
   * How pictures become the only input, or the first, in the model that training makes. Data sets
   * are to have been made in the same way; of them only the normalization is used.
   */
  public TrainerBuilder preprocessing(Preprocessing p) {
    return preprocessing(settings.preprocessing.first(), p);
  }

  /**
   * {@link #preprocessing(Preprocessing)} of one of several inputs.
   *
   * @throws InvalidArgumentException if there is no such input
   */
  public TrainerBuilder preprocessing(String input, Preprocessing p) {
    settings.preprocessing.set(input, p);
    return this;
  }

  /**
   * What {@link Trainer#fit} does at random to each training image: {@link CustomAugmentation}s
   * first, then the others, in this order; default nothing. Evaluation sees images as they are, and
   * so do steps on tensors. Targets of the image's height and width that are classes or labels of
   * pixels move with it: each takes the nearest pixel, from outside the ignored label, or 0. Where
   * they are other numbers, {@link #build} refuses what moves pixels. A data set of boxes is told
   * where they are then: {@link Dataset#copyTarget(int, dev.quern.data.BoxMove,
   * java.nio.FloatBuffer)}. Floats are taken for numbers from 0 to 1, except that a crop and flips
   * alone take any.
   */
  public TrainerBuilder augment(Augmentation... all) {
    Require.present("trainer", "augmentations", all);
    settings.augmentations =
        List.copyOf(Require.all("trainer", "augmentations", Arrays.asList(all)));
    return this;
  }

  /**
   * How {@link Trainer#fit} mixes the samples of a batch with each other, behind {@link #augment};
   * of several ways one is drawn for each batch, all as likely; default none. Labels become
   * probabilities, so that the mean of the loss is over samples, as PyTorch's with probabilities,
   * where classes have weights, too. Targets are mixed like the samples. The accuracy of an epoch
   * is that of the class with the larger part. Evaluation and steps on tensors mix nothing.
   *
   * <p>{@link #build} refuses networks of several inputs, {@link dev.quern.loss.CustomLoss}, labels
   * at positions, a loss that ignores one of the classes, and under {@link
   * dev.quern.augment.CutMix} outputs of the images' height and width.
   */
  public TrainerBuilder mix(Mix... all) {
    Require.present("trainer", "mixes", all);
    settings.mixes = List.copyOf(Require.all("trainer", "mixes", Arrays.asList(all)));
    return this;
  }

  /**
   * Which samples an epoch of {@link Trainer#fit} has, and in which order; default each of them
   * once, shuffled by seed and epoch. An epoch always has as many as the data set.
   */
  public TrainerBuilder sampler(Sampler s) {
    settings.sampler = Require.present("trainer", "sampler", s);
    return this;
  }

  /**
   * A data set that fit evaluates after each epoch; not the test set. {@link #build} asks it for
   * its name, size and shape.
   */
  public TrainerBuilder validation(Dataset heldOut) {
    Require.present("trainer", "validation set", heldOut);
    settings.validation.set = () -> NetworkData.of("validation", settings.network, heldOut);
    return this;
  }

  /** {@link #validation(Dataset)} of a network with several inputs or outputs. */
  public TrainerBuilder validation(MultiDataset heldOut) {
    Require.present("trainer", "validation set", heldOut);
    settings.validation.set = () -> NetworkData.of("validation", settings.network, heldOut);
    return this;
  }

  /** Ends fit when the validation set says so; needs {@link #validation}. */
  public TrainerBuilder earlyStopping(EarlyStopping rule) {
    settings.validation.earlyStopping = Require.present("trainer", "early stopping", rule);
    return this;
  }

  /** Lowers the learning rate when the validation set says so; needs {@link #validation}. */
  public TrainerBuilder reduceOnPlateau(ReduceOnPlateau rule) {
    settings.validation.plateau = Require.present("trainer", "reduce on plateau", rule);
    return this;
  }

  /**
   * How the parameters that a pattern names start, {@code *} standing for any run of characters:
   * {@code *.weight}. Where several patterns name a parameter, the last one rules; where none does,
   * the default is PyTorch's. {@link Networks} tells the names in the built-in networks.
   */
  public TrainerBuilder initialize(String pattern, Init init) {
    settings.initializers.add(new Initializer.Rule(pattern, init));
    return this;
  }

  /**
   * First values of weights and buffers by dotted name, in file layouts; the rest is initialised by
   * {@link #initialize} and the seed.
   *
   * @see ModelData#weights()
   */
  public TrainerBuilder weights(Map<String, float[]> values) {
    settings.weights =
        Require.all("trainer", "weight", Require.present("trainer", "weights", values));
    return this;
  }

  /** Decides first weights, order of images, augmentation and dropout. */
  public TrainerBuilder seed(long s) {
    settings.seed = s;
    return this;
  }

  /**
   * What convolutions may do with single precision; default {@link Precision#DEFAULT}.
   *
   * @throws InvalidArgumentException if it is {@link Precision#BF16}, which is for inference
   */
  public TrainerBuilder precision(Precision p) {
    if (Require.present("trainer", "precision", p) == Precision.BF16) {
      throw new InvalidArgumentException("trainer: precision BF16 is for inference");
    }
    settings.precision = p;
    return this;
  }

  /**
   * Refuses to build a trainer that would hold more off-heap memory than this; default no limit.
   */
  public TrainerBuilder memoryLimit(long bytes) {
    TrainerSettings.requireAtLeastOne("memory limit", bytes);
    settings.memoryLimit = bytes;
    return this;
  }

  /** A trainer by another schedule and without a validation set; the settings stay as they are. */
  Trainer tester(Schedule rates) {
    Schedule ownSchedule = settings.schedule;
    Validation ownValidation = settings.validation;
    try {
      settings.schedule = rates;
      settings.validation = new Validation();
      return build();
    } finally {
      settings.schedule = ownSchedule;
      settings.validation = ownValidation;
    }
  }

  /**
   * @throws dev.quern.error.MemoryLimitException if the trainer needs more memory than there is, or
   *     than {@link #memoryLimit} allows
   * @throws InvalidArgumentException if a setting does not fit the network, or softmax stands
   *     before its end under cross-entropy
   */
  public Trainer build() {
    settings.complete();
    return new Trainer(settings);
  }
}
