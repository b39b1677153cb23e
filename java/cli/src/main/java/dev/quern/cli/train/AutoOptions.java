package dev.quern.cli.train;

import dev.quern.cli.data.DataOptions;
import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.DatasetFacts;
import dev.quern.cli.data.FolderFacts;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.run.ConfigOptions;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import dev.quern.predict.ModelData;
import dev.quern.recipe.FineTuning;
import dev.quern.recipe.ImageFacts;
import dev.quern.recipe.ImageSettings;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Chooses options of {@code quern train} that the user did not give, based on the images of a
 * folder with a subfolder per class, or with masks. Chosen options are command-line arguments that
 * the user could have given. For a network file, no options are chosen.
 */
final class AutoOptions {
  /**
   * If one of these options is given, no options are chosen, since the choice was not tested with
   * these options.
   */
  private static final Set<String> OTHER_WAYS =
      Set.of("--recipe", "--task", "--label-kind", "--labels");

  /** Pretrained networks for fine-tuning; the first network in the cache is used. */
  private static final List<String> PRETRAINED =
      List.of("torchvision/mobilenet_v2", "mobilenet_v2", "torchvision/resnet18");

  /**
   * Maximum number of images for fine-tuning; with more images, training from scratch is good
   * enough.
   */
  private static final int MOST_FOR_PRETRAINED = 2000;

  /** Height and width below which images have little detail at the networks' input size of 224. */
  private static final int SMALL = 64;

  /** Maximum number of small images for fine-tuning. */
  private static final int MOST_SMALL_FOR_PRETRAINED = 1000;

  /** Minimum height and width of images for fine-tuning. */
  private static final int LEAST_FOR_PRETRAINED = 32;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--plain",
      description =
          "Do not choose options based on the images of an image folder: options that are not given"
              + " have the defaults listed here.")
  private boolean plain;

  private final List<String> reasons = new ArrayList<>();

  /** Creates the option with its default; picocli sets its value. */
  AutoOptions() {}

  /** Returns the reasons for the choices, one line each. */
  List<String> reasons() {
    return reasons;
  }

  /** Adds the reasons for which another command chose the options. */
  void take(AutoOptions other) {
    reasons.addAll(other.reasons);
  }

  /** Returns the command line with the chosen options; empty if none are chosen. */
  List<String> completed(DataOptions data, NetworkSource net, ModelData from) {
    Set<String> given = new LinkedHashSet<>();
    List<String> words = ConfigOptions.said(command, Set.of(), given);
    DataSource source = data.bothSplits(DatasetFacts.BUNDLED);
    List<String> more = choose(source, net, from, given, data.testPart());
    words.addAll(more);
    return more.isEmpty() ? more : words;
  }

  /**
   * Returns the chosen options with their values as command-line arguments.
   *
   * @param from the pretrained model; null for training from scratch
   * @param given names of the options that the user gave
   * @param testPart fraction of the images that is held out for testing
   */
  private List<String> choose(
      DataSource source, NetworkSource net, ModelData from, Set<String> given, double testPart) {
    List<String> words = new ArrayList<>();
    if (plain
        || !(net instanceof NetworkSource.BuiltIn)
        || !(source instanceof DataSource.Pictures pictures)
        || given.stream().anyMatch(OTHER_WAYS::contains)) {
      return words;
    }
    if (from == null && FolderFacts.hasMasks(pictures.path())) {
      add(words, given, "--net", DataSource.Pictures.OF_MASKS);
      return chosen(words);
    }
    Optional<FolderFacts> found = FolderFacts.of(pictures.path(), testPart);
    if (found.isEmpty()) {
      return words;
    }
    FolderFacts folder = found.get();
    boolean own = given.contains("--net") || given.contains("--size");
    Optional<Pretrained> cached = from == null && !own ? cached(folder) : Optional.empty();
    if (cached.isPresent()) {
      String name = cached.get().name();
      words.addAll(List.of("--from", name));
      reasons.add(name + " is in the cache; fine-tuning suits " + folder.images() + " images");
    }
    if (from != null || cached.isPresent()) {
      ModelData model = cached.map(Pretrained::data).orElse(from);
      addTuning(words, given, FineTuning.of(model, folder.classes()));
    } else {
      addScratch(words, given, folder);
    }
    return chosen(words);
  }

  private List<String> chosen(List<String> words) {
    if (!words.isEmpty()) {
      reasons.add(
          0, "chosen based on the images (--plain turns this off): " + String.join(" ", words));
    }
    return words;
  }

  private void addScratch(List<String> words, Set<String> given, FolderFacts folder) {
    ImageSettings s =
        ImageSettings.of(
            new ImageFacts(folder.images(), folder.classes(), folder.size(), folder.channels()));
    s.reasons().stream()
        .filter(why -> !given.contains("--net") || !why.startsWith("input "))
        .forEach(reasons::add);
    add(words, given, "--net", s.network());
    if (!given.contains("--net")) { // a given network may have a fixed input size
      add(words, given, "--size", s.size().height() + "x" + s.size().width());
    }
    add(words, given, "--channels", folder.channels() == 1 ? "grey" : "rgb");
    add(words, given, "--epochs", Integer.toString(s.epochs()));
    add(words, given, "--batch", Integer.toString(s.batch()));
    if (!given.contains("--optimizer")) {
      add(words, given, "--optimizer", "muon");
      add(words, given, "--lr", Float.toString(s.lr()));
      add(words, given, "--weight-decay", Float.toString(ImageSettings.WEIGHT_DECAY));
      add(words, given, "--schedule", "one-cycle");
    }
    if (!given.contains("--augment") && !given.contains("--crop") && !given.contains("--flip")) {
      words.addAll(List.of("--crop", Integer.toString(s.crop()), "--crop-mode", "reflect"));
      if (s.flip()) {
        words.addAll(List.of("--flip", "random"));
      }
    }
    if (s.validation() > 0 && !folder.hasValidation() && !given.contains("--save")) {
      add(words, given, "--validation", Integer.toString(s.validation()));
    }
    boolean validated = words.contains("--validation") || folder.hasValidation();
    if (validated && !given.contains("--patience") && !given.contains("--metric")) {
      add(words, given, "--save", "best");
      add(words, given, "--metric", "accuracy");
      add(words, given, "--patience", Integer.toString(Math.max(10, s.epochs() / 2)));
    }
  }

  /**
   * Returns whether fine-tuning suits a folder better than training from scratch: few images, which
   * are large enough.
   */
  static boolean suitsFineTuning(int images, Size size) {
    int side = Math.min(size.height(), size.width());
    return side >= LEAST_FOR_PRETRAINED
        && images <= (side < SMALL ? MOST_SMALL_FOR_PRETRAINED : MOST_FOR_PRETRAINED);
  }

  /** Returns a pretrained network from the cache if fine-tuning suits a folder. */
  private static Optional<Pretrained> cached(FolderFacts folder) {
    if (!suitsFineTuning(folder.images(), folder.size())) {
      return Optional.empty();
    }
    PretrainedCache cache = PretrainedCache.standard();
    return PRETRAINED.stream()
        .map(Pretrained::of)
        .filter(network -> cache.find(network).isPresent())
        .findFirst();
  }

  private void addTuning(List<String> words, Set<String> given, FineTuning t) {
    add(words, given, "--epochs", Integer.toString(t.epochs()));
    add(words, given, "--batch", Integer.toString(t.batch()));
    if (!given.contains("--optimizer")) {
      add(words, given, "--optimizer", "sgd");
      add(words, given, "--lr", Float.toString(FineTuning.LR));
    }
    if (t.addsBatchNorms() && !given.contains("--add-batch-norms") && !given.contains("--freeze")) {
      words.add("--add-batch-norms");
      reasons.add("batch normalization is added: models without it seldom fine-tune well");
    }
    if (t.flip() && !given.contains("--augment") && !given.contains("--flip")) {
      words.addAll(List.of("--flip", "random"));
    }
  }

  private static void add(List<String> words, Set<String> given, String name, String value) {
    if (!given.contains(name)) {
      words.addAll(List.of(name, value));
    }
  }
}
