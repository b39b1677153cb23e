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
import dev.quern.internal.arguments.Require;
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
 * loss of the network's task and seed 1; all other settings are off. Not thread-safe.
 */
public final class TrainerBuilder {
  final TrainerSettings settings;

  TrainerBuilder(Network network) {
    settings = new TrainerSettings(Require.present("trainer", "network", network));
  }

  /** Sets the batch size; the last step of an epoch has the remaining images. */
  public TrainerBuilder batch(int images) {
    settings.batch = images;
    return this;
  }

  /**
   * Sets the optimizer; default SGD with lr 0.01 and momentum 0.9. The settings of a {@link
   * dev.quern.optim.CustomOptimizer} are read in this call.
   *
   * @throws dev.quern.error.UserCodeException if a setting of a custom optimizer is invalid
   */
  public TrainerBuilder optimizer(Optimizer o) {
    settings.optimizer =
        (Optimizer) OptimizerAccess.asked(Require.present("trainer", "optimizer", o));
    return this;
  }

  /** Sets the learning rate's schedule over each call of fit; default constant. */
  public TrainerBuilder schedule(Schedule s) {
    settings.schedule = Require.present("trainer", "schedule", s);
    return this;
  }

  /**
   * Sets a separate learning rate or weight decay for the parameters that a pattern matches. If
   * several groups match a parameter, the last one applies.
   */
  public TrainerBuilder group(ParameterGroup group) {
    settings.groups.add(Require.present("trainer", "group", group));
    return this;
  }

  /**
   * Disables weight decay for biases and normalization layers, so that only the weights of
   * convolutions and linear layers decay; a {@link #group} may override this.
   */
  public TrainerBuilder decayWeightsOnly() {
    settings.decayWeightsOnly = true;
    return this;
  }

  /** Clips the total norm of an update's gradients, as PyTorch's {@code clip_grad_norm_} does. */
  public TrainerBuilder clipNorm(double norm) {
    settings.clipNorm = TrainerSettings.positive("clip norm", norm);
    return this;
  }

  /** Clips each element of the gradients to [-limit, limit], before {@link #clipNorm}. */
  public TrainerBuilder clipValue(double limit) {
    settings.clipValue = TrainerSettings.positive("clip value", limit);
    return this;
  }

  /**
   * Sets gradient accumulation: averages the gradients of {@code steps} steps, then updates the
   * weights once. The last update of an epoch may average fewer steps. The update equals the update
   * for a larger batch, but needs only the memory of the smaller batch.
   */
  public TrainerBuilder accumulate(int steps) {
    TrainerSettings.requireAtLeastOne("accumulate", steps);
    settings.accumulate = steps;
    return this;
  }

  /**
   * Recomputes activations in the backward pass instead of storing them (gradient checkpointing):
   * often half the memory or less, for up to a third more time (Chen et al., "Training Deep Nets
   * with Sublinear Memory Cost", 2016). Results are bit-identical, so a run may be resumed with or
   * without this setting. A {@link dev.quern.layer.CustomLayer} runs its forward pass twice.
   */
  public TrainerBuilder recompute() {
    settings.recompute = true;
    return this;
  }

  /**
   * Keeps an exponential moving average of weights and running statistics, {@code ema = decay ema +
   * (1 - decay) w} after each update, starting with the weights after the first update; evaluation
   * and models then use the average. Default 0, no average.
   *
   * @param decay the decay per update, in [0, 1)
   */
  public TrainerBuilder ema(double decay) {
    settings.ema = TrainerSettings.below1("ema decay", decay);
    return this;
  }

  public TrainerBuilder lookahead(Lookahead l) {
    settings.lookahead = Require.present("trainer", "lookahead", l);
    return this;
  }

  /**
   * Freezes the parameters whose names match these patterns, where {@code *} matches any
   * characters, as in {@code stem.*}. Frozen parameters have no gradients. Layers that neither
   * contain nor follow a trained parameter have no backward pass and need no memory for it.
   *
   * <p>Batch normalization with frozen weight and bias uses its running statistics, as in
   * inference, and does not update them; {@link #moveFrozenStatistics} changes this. Dropout stays
   * active. {@link #build} fails if all parameters are frozen and no statistics are updated.
   */
  public TrainerBuilder freeze(String... patterns) {
    settings.freezing.freeze(patterns);
    return this;
  }

  /**
   * Trains the parameters that match these patterns, and {@link #freeze freezes} all others: {@code
   * freezeAllBut("head.*")} trains a new head on a pretrained body. {@link #build} rejects patterns
   * without a match.
   */
  public TrainerBuilder freezeAllBut(String... patterns) {
    settings.freezing.freezeAllBut(patterns);
    return this;
  }

  /** Freezes all parameters but the head: the last linear layer or convolution. */
  public TrainerBuilder freezeBody() {
    return freezeAllBut(HeadLayer.of(settings.network).name() + ".*");
  }

  /**
   * Unfreezes frozen parameters at the start of an epoch (gradual unfreezing; Howard and Ruder,
   * "Universal Language Model Fine-tuning", 2018). Optimizers count the updates of these parameters
   * from that epoch on. May be called for several epochs. At the start of such an epoch, a trainer
   * briefly needs both its old and its new memory.
   *
   * @param epoch the epoch, counted from 1 over all calls of fit; at least 2
   * @param patterns patterns; each must match a parameter that is still frozen in that epoch
   * @throws InvalidArgumentException if the epoch is less than 2; {@link #build} rejects patterns
   *     without a match
   */
  public TrainerBuilder unfreeze(int epoch, String... patterns) {
    settings.freezing.unfreeze(epoch, patterns);
    return this;
  }

  /**
   * Makes frozen batch normalization use the batch's statistics and update the running statistics,
   * as in PyTorch's training mode. Has no effect on networks without frozen batch normalization.
   */
  public TrainerBuilder moveFrozenStatistics() {
    settings.freezing.moveStatistics();
    return this;
  }

  /**
   * Sets the loss. The default is the loss of the network's {@link dev.quern.network.Task} or,
   * without a task, cross-entropy, which requires a vector of logits as output. Regression and
   * multi-label losses take targets of the output's shape rather than labels. If the network ends
   * in a softmax or sigmoid that its loss already includes, training omits that last layer.
   */
  public TrainerBuilder loss(Loss l) {
    return loss(settings.network.outputs().get(0), l, 1);
  }

  /**
   * Sets the loss of one output; default the loss of the output's task. The loss of a step is the
   * weighted sum of all outputs' losses.
   *
   * @param output one of {@link Network#outputs()}
   * @param weight the weight of the loss, finite and at least 0
   * @throws InvalidArgumentException if the output does not exist, or the weight is negative or not
   *     finite
   */
  public TrainerBuilder loss(String output, Loss l, double weight) {
    settings.losses.set(output, l, weight);
    return this;
  }

  /** Sets the normalization, usually {@link Dataset#normalization()}; default scales to [0, 1]. */
  public TrainerBuilder normalization(Normalization n) {
    return normalization(settings.preprocessing.first(), n);
  }

  /**
   * Sets the normalization of one of several inputs; default scales to [0, 1].
   *
   * @throws InvalidArgumentException if the input does not exist
   */
  public TrainerBuilder normalization(String input, Normalization n) {
    settings.preprocessing.normalize(input, n);
    return this;
  }

  /**
   * Sets the image preprocessing that the resulting model applies to its only or first input.
   * Training only normalizes samples: the data sets must already be preprocessed in the same way.
   */
  public TrainerBuilder preprocessing(Preprocessing p) {
    return preprocessing(settings.preprocessing.first(), p);
  }

  /**
   * Sets the preprocessing of one of several inputs, see {@link #preprocessing(Preprocessing)}.
   *
   * @throws InvalidArgumentException if the input does not exist
   */
  public TrainerBuilder preprocessing(String input, Preprocessing p) {
    settings.preprocessing.set(input, p);
    return this;
  }

  /**
   * Sets the random augmentation of training images in {@link Trainer#fit}: {@link
   * CustomAugmentation}s first, then the others, in the given order; default none. Evaluation and
   * steps on tensors are not augmented. Targets with a class per pixel, of the image's height and
   * width, are transformed like the image: each pixel gets the nearest class, and pixels outside
   * the image get the ignored label, or 0. With other targets of the image's size, {@link #build}
   * rejects augmentations that move pixels. For targets with boxes, the data set receives a mapping
   * of boxes, see {@link Dataset#copyTarget(int, dev.quern.data.BoxMove, java.nio.FloatBuffer)}.
   * Float samples must be from 0 to 1 unless all augmentations are crops and flips.
   */
  public TrainerBuilder augment(Augmentation... all) {
    Require.present("trainer", "augmentations", all);
    settings.augmentations =
        List.copyOf(Require.all("trainer", "augmentations", Arrays.asList(all)));
    return this;
  }

  /**
   * Sets the mixing of samples within a batch in {@link Trainer#fit}, such as mixup, applied after
   * {@link #augment}; default none. If several are given, one of them is selected at random for
   * each batch. Labels become class probabilities; as in PyTorch, the loss is then the mean over
   * samples, even with class weights. Targets are mixed like the samples. In the accuracy of an
   * epoch, the class with the larger fraction counts as correct. Evaluation and steps on tensors
   * are not mixed.
   *
   * <p>{@link #build} rejects a {@link dev.quern.loss.CustomLoss}, a loss with an ignored class,
   * labels per position in the image, networks with several inputs and, with {@link
   * dev.quern.augment.CutMix}, outputs with the height and width of the images.
   */
  public TrainerBuilder mix(Mix... all) {
    Require.present("trainer", "mixes", all);
    settings.mixes = List.copyOf(Require.all("trainer", "mixes", Arrays.asList(all)));
    return this;
  }

  /**
   * Sets the selection and order of samples in an epoch of {@link Trainer#fit}; default each sample
   * once, shuffled by seed and epoch. An epoch always has as many samples as the data set.
   */
  public TrainerBuilder sampler(Sampler s) {
    settings.sampler = Require.present("trainer", "sampler", s);
    return this;
  }

  /** Sets the validation set, which {@link Trainer#fit} evaluates after each epoch. */
  public TrainerBuilder validation(Dataset heldOut) {
    Require.present("trainer", "validation set", heldOut);
    settings.validation.set = () -> NetworkData.of("validation", settings.network, heldOut);
    return this;
  }

  /** Sets the validation set of a network with several inputs or outputs. */
  public TrainerBuilder validation(MultiDataset heldOut) {
    Require.present("trainer", "validation set", heldOut);
    settings.validation.set = () -> NetworkData.of("validation", settings.network, heldOut);
    return this;
  }

  /** Sets early stopping by the validation result; requires {@link #validation}. */
  public TrainerBuilder earlyStopping(EarlyStopping rule) {
    settings.validation.earlyStopping = Require.present("trainer", "early stopping", rule);
    return this;
  }

  /** Sets a rule that reduces the learning rate on plateaus; requires {@link #validation}. */
  public TrainerBuilder reduceOnPlateau(ReduceOnPlateau rule) {
    settings.validation.plateau = Require.present("trainer", "reduce on plateau", rule);
    return this;
  }

  /**
   * Sets the initialization of the parameters that match a pattern, where {@code *} matches any
   * characters, as in {@code *.weight}. If several patterns match a parameter, the last one
   * applies; the default is PyTorch's initialization. {@link Networks} documents the parameter
   * names of the built-in networks.
   */
  public TrainerBuilder initialize(String pattern, Init init) {
    settings.initializers.add(new Initializer.Rule(pattern, init));
    return this;
  }

  /**
   * Sets initial values of weights and buffers by dotted name, in the layouts of model files. All
   * other weights are initialized according to {@link #initialize} and the seed.
   *
   * @see ModelData#weights()
   */
  public TrainerBuilder weights(Map<String, float[]> values) {
    settings.weights =
        Require.all("trainer", "weight", Require.present("trainer", "weights", values));
    return this;
  }

  /** Sets the seed for initial weights, order of images, augmentation and dropout; default 1. */
  public TrainerBuilder seed(long s) {
    settings.seed = s;
    return this;
  }

  /**
   * Sets the precision of convolutions; default {@link Precision#DEFAULT}. {@link Precision#BF16}
   * is PyTorch's {@code torch.autocast("cpu", torch.bfloat16)} for convolutions: weights,
   * optimizer, batch normalization, loss and all sums remain float32, and no loss scaling is
   * needed. Training then takes about half the memory.
   */
  public TrainerBuilder precision(Precision p) {
    settings.precision = Require.present("trainer", "precision", p);
    return this;
  }

  /** Sets the maximum off-heap memory in bytes, above which {@link #build} fails; default none. */
  public TrainerBuilder memoryLimit(long bytes) {
    TrainerSettings.requireAtLeastOne("memory limit", bytes);
    settings.memoryLimit = bytes;
    return this;
  }

  /**
   * Builds a trainer for a learning-rate range test: with these rates and without a validation set.
   */
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
   * Creates the trainer.
   *
   * @throws dev.quern.error.MemoryLimitException if the trainer needs more memory than is
   *     available, or than {@link #memoryLimit} allows
   * @throws InvalidArgumentException if a setting does not match the network, or the loss is
   *     cross-entropy and a layer follows the softmax, which then cannot be omitted
   */
  public Trainer build() {
    settings.complete();
    return new Trainer(settings);
  }
}
