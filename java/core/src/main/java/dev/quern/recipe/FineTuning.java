package dev.quern.recipe;

import dev.quern.augment.Augmentation;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.feed.CheckedDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.plan.HeadLayer;
import dev.quern.predict.ModelData;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings for fine-tuning a pretrained classifier on other images: a new head for the classes of
 * these images, and SGD with a small learning rate for all layers. If a model has convolutions but
 * no batch normalization, for example because an export folded it, {@link ModelData#withBatchNorms}
 * inserts batch normalization: networks without it seldom train well. Immutable.
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
  /** The initial learning rate of SGD, which has momentum 0.9. */
  public static final float LR = 0.001f;

  private static final int BATCH = 16;
  private static final int EPOCHS = 10;

  /** Maximum number of images whose statistics initialize inserted batch normalization. */
  private static final int NORMALIZED = 1000;

  private final ModelData pretrained;
  private final List<String> classes;
  private final boolean addsBatchNorms;
  private final boolean flip;

  private FineTuning(ModelData pretrained, List<String> classes) {
    this.pretrained = pretrained;
    this.classes = classes;
    addsBatchNorms =
        pretrained.network().nodes().stream().noneMatch(n -> n.layer() instanceof BatchNorm2d)
            && pretrained.network().nodes().stream().anyMatch(n -> n.layer() instanceof Conv2d);
    flip = ImageSettings.mayBeMirrored(classes);
  }

  /**
   * Returns settings for fine-tuning a pretrained model to other classes.
   *
   * @param pretrained a classifier with one output
   * @param classes the class names, at least one
   * @throws dev.quern.error.InvalidArgumentException if the model has several outputs, or does not
   *     end in a linear layer or convolution
   */
  public static FineTuning of(ModelData pretrained, List<String> classes) {
    Require.present("fine-tuning", "pretrained model", pretrained);
    HeadLayer.of(pretrained.network());
    return new FineTuning(pretrained, Require.all("fine-tuning", "classes", classes));
  }

  /** Returns the name of the layer that a new head replaces. */
  public String head() {
    return HeadLayer.of(pretrained.network()).name();
  }

  /** Returns the number of epochs for {@link Trainer#fit}. */
  public int epochs() {
    return EPOCHS;
  }

  /** Returns the number of images per step. */
  public int batch() {
    return BATCH;
  }

  /** Returns whether batch normalization is inserted after the convolutions. */
  public boolean addsBatchNorms() {
    return addsBatchNorms;
  }

  /** Returns whether training images are flipped horizontally at random. */
  public boolean flip() {
    return flip;
  }

  /**
   * Returns a trainer builder for the model with the new head; the caller may change its settings.
   *
   * @param train images of the model's input size, with the classes that were passed to {@link
   *     #of}, in the same order
   * @param seed seed of the new head's weights, also passed to {@link TrainerBuilder#seed}
   * @throws dev.quern.error.InvalidArgumentException if batch normalization is inserted and the
   *     images do not consist of bytes
   */
  public TrainerBuilder trainer(Dataset train, long seed) {
    CheckedDataset data = new CheckedDataset("fine-tuning", train);
    ModelData model =
        pretrained.forClasses(data.classNames().isEmpty() ? classes : data.classNames(), seed);
    if (addsBatchNorms) {
      Dataset some = train.shuffled(seed);
      model = model.withBatchNorms(some.slice(0, Math.min(NORMALIZED, data.size())));
    }
    List<Augmentation> augmentations = new ArrayList<>();
    if (flip) {
      augmentations.add(new RandomHorizontalFlip());
    }
    TrainerBuilder b =
        Trainer.builder(model.network())
            .weights(model.weights())
            .batch(BATCH)
            .seed(seed)
            .augment(augmentations.toArray(Augmentation[]::new))
            .optimizer(new Sgd(LR, 0.9f))
            .schedule(Schedule.cosine());
    model.preprocessing().forEach(b::preprocessing);
    return b;
  }
}
