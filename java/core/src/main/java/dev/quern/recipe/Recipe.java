package dev.quern.recipe;

import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.error.NotFoundException;
import dev.quern.feed.CheckedDataset;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.CrossEntropy;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Schedule;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Training settings that were tested with a network and a data set; tests/bench lists the
 * accuracies. The settings also suit other data sets with similar images. Immutable.
 *
 * <pre>{@code
 * Recipe recipe = Recipe.of("speednet", "cifar10");
 * try (Trainer t = recipe.trainer(train, 1).build()) {
 *   t.fit(train, recipe.epochs());
 *   System.out.println(recipe.evaluate(t, test));
 * }
 * }</pre>
 */
public final class Recipe {
  private static final int CROP = 4;

  private static final List<Recipe> ALL =
      List.of(
          new Recipe(
              "speednet",
              "cifar10",
              12,
              SpeednetRecipe.BATCH,
              TestTimeAugmentation.flipAndShift(),
              SpeednetRecipe::fill),
          new Recipe(
              "resnet18",
              "cifar10",
              16,
              256,
              TestTimeAugmentation.flipAndShift(),
              Recipe::wideResnet),
          new Recipe("resnet20", "cifar10", 40, 128, TestTimeAugmentation.flip(), Recipe::resnet),
          new Recipe(
              "resnet20", "fashion-mnist", 20, 128, TestTimeAugmentation.flip(), Recipe::resnet));

  private final String network;
  private final String data;
  private final int epochs;
  private final int batch;
  private final TestTimeAugmentation views;
  private final BiConsumer<TrainerBuilder, Dataset> settings;

  private Recipe(
      String network,
      String data,
      int epochs,
      int batch,
      TestTimeAugmentation views,
      BiConsumer<TrainerBuilder, Dataset> settings) {
    this.network = network;
    this.data = data;
    this.epochs = epochs;
    this.batch = batch;
    this.views = views;
    this.settings = settings;
  }

  /** Configures residual networks on small images: Muon for filters, AdamW for other parameters. */
  private static void resnet(TrainerBuilder b, Dataset train) {
    b.augment(new RandomCrop(CROP, PaddingMode.REFLECT), new RandomHorizontalFlip())
        .optimizer(new Muon(0.02f, 0.05f, 0.95f, new AdamW()))
        .schedule(Schedule.oneCycle());
  }

  /** Configures wide residual networks, with label smoothing against overfitting. */
  private static void wideResnet(TrainerBuilder b, Dataset train) {
    resnet(b, train);
    b.loss(new CrossEntropy(0.1f));
  }

  public static List<Recipe> all() {
    return ALL;
  }

  /**
   * Returns the tested recipe for a network and a data set.
   *
   * @param network name of a built-in network
   * @param data name of a data set
   * @throws NotFoundException if there is no recipe for this network and data set; the message
   *     lists the existing recipes
   */
  public static Recipe of(String network, String data) {
    Require.present("recipe", "network", network);
    Require.present("recipe", "data", data);
    return ALL.stream()
        .filter(r -> r.network.equals(network) && r.data.equals(data))
        .findFirst()
        .orElseThrow(
            () ->
                new NotFoundException(
                    "recipe: no recipe exists for "
                        + network
                        + " on "
                        + data
                        + "; the existing ones are "
                        + ALL.stream().map(Recipe::toString).collect(Collectors.joining(", "))));
  }

  /**
   * Returns a recipe for a new data set, chosen from the number, the classes and the size of its
   * images. The network's input has the size of the data set's images.
   *
   * <pre>{@code
   * Recipe recipe = Recipe.forData(train);
   * try (Trainer t = recipe.trainer(train, 1).build()) {
   *   t.fit(train, recipe.epochs());
   * }
   * }</pre>
   *
   * @param train labeled images {@code [1, H, W]} or {@code [3, H, W]}
   * @throws dev.quern.error.ShapeException if samples have another shape
   * @throws dev.quern.error.InvalidArgumentException if the data set is empty, has fewer than two
   *     classes, or has targets instead of labels
   */
  public static Recipe forData(Dataset train) {
    ImageSettings s = ImageSettings.of(ImageFacts.of(train));
    return new Recipe(
        s.network(),
        new CheckedDataset("recipe", train).name(),
        s.epochs(),
        s.batch(),
        s.flip() ? TestTimeAugmentation.flip() : TestTimeAugmentation.none(),
        (b, images) -> s.apply(b));
  }

  public String network() {
    return network;
  }

  public String data() {
    return data;
  }

  /** Returns the number of epochs for {@link Trainer#fit}. */
  public int epochs() {
    return epochs;
  }

  /** Returns the test-time augmentation that {@link #evaluate} uses. */
  public TestTimeAugmentation views() {
    return views;
  }

  /** Returns the number of images per step. */
  public int batch() {
    return batch;
  }

  /**
   * Returns a trainer builder for the recipe's network and a data set; the caller may change its
   * settings.
   *
   * @param train byte images with labels
   * @param seed the seed, passed to {@link TrainerBuilder#seed}
   */
  public TrainerBuilder trainer(Dataset train, long seed) {
    Require.present("recipe", "data set", train);
    return trainer(Networks.byName(network, train.shape(), train.classes().size()), train, seed);
  }

  /**
   * Returns a trainer builder for a network with the same layers as the recipe's network.
   *
   * @param net the network, for example with class names in its task
   * @param train byte images with labels
   * @param seed the seed, passed to {@link TrainerBuilder#seed}
   */
  public TrainerBuilder trainer(Network net, Dataset train, long seed) {
    Require.present("recipe", "data set", train);
    TrainerBuilder b =
        Trainer.builder(net).batch(batch).seed(seed).normalization(train.normalization());
    settings.accept(b, train);
    return b;
  }

  /** Evaluates a trainer with the recipe's test-time augmentation. */
  public Evaluation evaluate(Trainer trainer, Dataset test) {
    Require.present("recipe", "trainer", trainer);
    return trainer.evaluate(test, views);
  }

  /** Returns the names of network and data set, for example {@code speednet on cifar10}. */
  @Override
  public String toString() {
    return network + " on " + data;
  }
}
