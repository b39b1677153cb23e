package dev.quern.recipe;

import dev.quern.augment.Augmentation;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.feed.CheckedDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.BatchNorm2d;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.Schedule;
import dev.quern.plan.HeadLayer;
import dev.quern.predict.ModelData;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings for training a pretrained classifier on other images: a new head for their classes is
 * trained first, with the body frozen. A body with batch normalization is trained after that, at a
 * tenth of the learning rate (Howard and Ruder, "Universal Language Model Fine-tuning", 2018). A
 * body that lost its batch normalization on export stays frozen, because it seldom learns.
 * Immutable.
 *
 * <pre>{@code
 * FineTuning tuning = FineTuning.of(ModelData.load(file), train.classes());
 * try (Trainer trainer = tuning.trainer(train, 1).build()) {
 *   trainer.fit(train, tuning.epochs());
 *   trainer.save(Path.of("tuned.safetensors"));
 * }
 * }</pre>
 */
public final class FineTuning {
  /** Learning rate of the head. */
  public static final float LR = 0.003f;

  /** Of it, the part for the body. */
  public static final float BODY_SCALE = 0.1f;

  /** The epoch from which a body with batch normalization is trained. */
  public static final int UNFREEZE = 4;

  private static final int BATCH = 16;
  private static final int EPOCHS = 15;

  private final ModelData pretrained;
  private final List<String> classes;
  private final boolean trainsBody;
  private final boolean flip;

  private FineTuning(ModelData pretrained, List<String> classes) {
    this.pretrained = pretrained;
    this.classes = classes;
    trainsBody =
        pretrained.network().nodes().stream().anyMatch(n -> n.layer() instanceof BatchNorm2d);
    flip = ImageSettings.mayBeMirrored(classes);
  }

  /**
   * Chooses settings for a pretrained model and other classes.
   *
   * @param pretrained a classifier with one output
   * @param classes at least one
   * @throws dev.quern.error.InvalidArgumentException if the model has several outputs, or does not
   *     end in a linear layer or convolution
   */
  public static FineTuning of(ModelData pretrained, List<String> classes) {
    Require.present("fine-tuning", "pretrained model", pretrained);
    HeadLayer.of(pretrained.network());
    return new FineTuning(pretrained, Require.all("fine-tuning", "classes", classes));
  }

  /** Name of the layer that is the head. */
  public String head() {
    return HeadLayer.of(pretrained.network()).name();
  }

  /** Epochs for {@link Trainer#fit}. */
  public int epochs() {
    return EPOCHS;
  }

  /** Images per step. */
  public int batch() {
    return BATCH;
  }

  /** Whether the body is trained, from epoch {@link #UNFREEZE} on. */
  public boolean trainsBody() {
    return trainsBody;
  }

  /** Whether training images are mirrored at random. */
  public boolean flip() {
    return flip;
  }

  /**
   * A trainer of the model with a head for the classes, with settings that may still be changed.
   *
   * @param train images of the size of the model's input, with these classes in their order
   * @param seed of the new head, and as of {@link TrainerBuilder#seed}
   */
  public TrainerBuilder trainer(Dataset train, long seed) {
    CheckedDataset data = new CheckedDataset("fine-tuning", train);
    ModelData model =
        pretrained.forClasses(data.classNames().isEmpty() ? classes : data.classNames(), seed);
    Network network = model.network();
    String head = HeadLayer.of(network).name() + ".*";
    List<Augmentation> augmentations = new ArrayList<>();
    if (flip) {
      augmentations.add(new RandomHorizontalFlip());
    }
    TrainerBuilder b =
        Trainer.builder(network)
            .weights(model.weights())
            .batch(BATCH)
            .seed(seed)
            .augment(augmentations.toArray(Augmentation[]::new))
            .optimizer(new AdamW(LR))
            .schedule(Schedule.cosine())
            .freezeBody();
    model.preprocessing().forEach(b::preprocessing);
    if (trainsBody) {
      b.unfreeze(UNFREEZE, "*")
          .group(new ParameterGroup("*", BODY_SCALE))
          .group(new ParameterGroup(head, 1));
    }
    return b;
  }
}
