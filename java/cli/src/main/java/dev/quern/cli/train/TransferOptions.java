package dev.quern.cli.train;

import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.Usual;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Preprocessing;
import dev.quern.io.json.Json;
import dev.quern.io.json.PreprocessingJson;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.ParameterGroup;
import dev.quern.predict.ModelData;
import dev.quern.train.TrainerBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of {@code quern train} for fine-tuning a trained model. */
final class TransferOptions {
  /** Key of the model's name in a checkpoint. */
  private static final String FROM = "from";

  /** Key, in a checkpoint, of the change to the model's last layer. */
  private static final String HEAD = "head";

  /** Key, in a checkpoint, of whether batch normalizations were added. */
  private static final String NORMS = "batch_norms";

  /**
   * Maximum number of images with which the statistics of added batch normalizations are computed.
   */
  private static final int NORMALISED = 1000;

  /** Prefix of the keys, in a checkpoint, of each input's preprocessing. */
  private static final String PREPROCESSING = "preprocessing.";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      converter = ModelArgument.Converter.class,
      description =
          "Fine-tune a trained model, in place of --net: a .safetensors or .onnx file, or a name"
              + " listed by \"quern models\". The model's network, weights and preprocessing are"
              + " used. If the data has other classes, a new layer replaces the last linear layer.")
  private ModelArgument from;

  @Option(
      names = "--new-head",
      description = "Replace the last linear layer even if --from has the classes of the data.")
  private boolean newHead;

  @Option(
      names = "--add-batch-norms",
      description =
          "In the --from model, insert batch normalization after each convolution that is not"
              + " followed by batch normalization. This restores layers that were folded into the"
              + " convolutions when the model was exported. Predictions do not change; fine-tuning"
              + " works better.")
  private boolean addBatchNorms;

  @Option(
      names = "--unfreeze-at",
      paramLabel = "EPOCH:PATTERN",
      split = ",",
      converter = Unfreezing.class,
      description =
          "Unfreeze the frozen parameters that match PATTERN from the start of epoch EPOCH on, for"
              + " example '3:stage4.*,5:stage3.*'; the first epoch is 1.")
  private List<Named> unfreezings = List.of();

  @Option(
      names = "--lr-scale",
      paramLabel = "PATTERN:FACTOR",
      split = ",",
      converter = Scale.class,
      description =
          "Multiply the learning rate of the parameters that match PATTERN by FACTOR, for example"
              + " 'stem.*:0.1'. If several patterns match a parameter, the last one applies.")
  private List<Named> scales = List.of();

  /** A pattern with a number, which is an epoch or a factor. */
  record Named(String pattern, double number, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** Converter of the value of {@code --unfreeze-at}. */
  static final class Unfreezing implements ITypeConverter<Named> {
    @Override
    public Named convert(String value) {
      int colon = value.indexOf(':');
      try {
        int epoch = Integer.parseInt(value.substring(0, Math.max(0, colon)));
        if (epoch >= 2 && colon + 1 < value.length()) {
          return new Named(value.substring(colon + 1), epoch, value);
        }
      } catch (NumberFormatException e) {
        // reported below
      }
      throw new TypeConversionException(
          "'" + value + "' is not EPOCH:PATTERN with an epoch of at least 2, such as 3:stage4.*");
    }
  }

  /** Converter of the value of {@code --lr-scale}. */
  static final class Scale implements ITypeConverter<Named> {
    @Override
    public Named convert(String value) {
      int colon = value.lastIndexOf(':');
      try {
        float factor = Float.parseFloat(value.substring(colon + 1));
        if (factor >= 0 && Float.isFinite(factor) && colon > 0) {
          return new Named(value.substring(0, colon), factor, value);
        }
      } catch (NumberFormatException e) {
        // reported below
      }
      throw new TypeConversionException(
          "'" + value + "' is not PATTERN:FACTOR with a factor of at least 0, such as stem.*:0.1");
    }
  }

  /** The model of {@code --from}; null before it is loaded, or without the option. */
  private ModelData model;

  /**
   * Data for checkpoints: the model's name, the change to the head, added batch normalizations,
   * preprocessing.
   */
  private final Map<String, String> kept = new LinkedHashMap<>();

  private final Map<String, Preprocessing> preprocessing = new LinkedHashMap<>();

  /** Creates the options with their defaults; picocli sets their values. */
  TransferOptions() {}

  /**
   * Loads the model of {@code --from}, if it is given, and returns its network.
   *
   * @param net the network to return without {@code --from}
   * @throws BadValueException if options contradict each other
   */
  NetworkSource source(NetworkSource net) {
    if (from == null) {
      if (newHead || addBatchNorms) {
        throw new BadValueException(
            command, (newHead ? "--new-head" : "--add-batch-norms") + " needs --from");
      }
      return net;
    }
    if (command.commandLine().getParseResult().hasMatchedOption("--net")) {
      throw new BadValueException(command, "--from already contains a network; omit --net");
    }
    model();
    kept.put(FROM, from.label());
    return new NetworkSource.Kept(model.network(), model.network());
  }

  /** Returns the model of {@code --from}, which is loaded once; null without the option. */
  ModelData model() {
    if (model == null && from != null) {
      model = from.data();
    }
    return model;
  }

  /** Returns whether {@code --from} was given. */
  boolean isAsked() {
    return from != null;
  }

  /** Returns the default settings for training on this data. */
  Usual usual(DataSource source) {
    boolean tunes = isAsked() && source instanceof DataSource.Pictures;
    return tunes ? Usual.TRANSFER : source.usual();
  }

  /**
   * Adapts the model to the data, with a new head if the classes differ; returns the model's
   * network.
   */
  Network fitted(Network network, MultiDataset data, long seed) {
    preprocessing.putAll(model.preprocessing());
    if (network.outputs().size() == 1) {
      model = fitted(data.targets().get(network.outputs().get(0)), seed);
    }
    if (addBatchNorms) {
      Dataset images = data.inputs().values().iterator().next().shuffled(seed);
      model = model.withBatchNorms(images.slice(0, Math.min(NORMALISED, images.size())));
      kept.put(NORMS, "added");
    }
    return model.network();
  }

  private ModelData fitted(Dataset targets, long seed) {
    List<String> names = targets.classes();
    long count =
        targets.hasTargets() && targets.targetShape().rank() == 1
            ? targets.targetShape().dim(0)
            : names.size();
    boolean pixels =
        targets.hasTargets()
            && targets.targetShape().rank() != 1
            && model.network().task().kind() != Task.Kind.PIXEL_CLASSES;
    if (pixels || count < 1) {
      return model; // outputs that are images do not have a head to replace
    }
    boolean named = names.size() == count;
    ModelData base = model;
    if (newHead || !named && base.network().output().dim(0) != count) {
      base = base.withNewHead((int) count, seed);
    }
    ModelData made = named ? base.forClasses(names, seed) : base;
    kept.put(HEAD, fate(made, (int) count));
    return made;
  }

  private String fate(ModelData made, int count) {
    List<String> changed =
        made.weights().entrySet().stream()
            .filter(e -> model.weights().get(e.getKey()) != e.getValue())
            .map(Map.Entry::getKey)
            .toList();
    if (changed.isEmpty()) {
      return "kept";
    }
    String layer = changed.get(0).substring(0, changed.get(0).lastIndexOf('.'));
    boolean moved =
        !newHead && made.classes().size() == count && sameNames(made.classes(), model.classes());
    return layer + (moved ? " in another order" : " new for " + count + " outputs");
  }

  private static boolean sameNames(List<String> a, List<String> b) {
    return a.stream().sorted().toList().equals(b.stream().sorted().toList());
  }

  /** Applies the options to a trainer's settings. */
  TrainerBuilder apply(TrainerBuilder b) {
    if (model != null) {
      b.weights(model.weights());
    }
    preprocessing.forEach(b::preprocessing);
    scales.forEach(s -> b.group(new ParameterGroup(s.pattern(), (float) s.number())));
    unfreezings.forEach(u -> b.unfreeze((int) u.number(), u.pattern()));
    return b;
  }

  /** Adds the options to a run's settings, as text by name. */
  void putInto(Map<String, String> words) {
    kept.forEach(
        (key, value) -> {
          if (!key.startsWith(PREPROCESSING)) {
            words.put(key, value);
          }
        });
    put(words, "unfreeze_at", unfreezings);
    put(words, "lr_scale", scales);
  }

  private static void put(Map<String, String> words, String key, List<Named> values) {
    if (!values.isEmpty()) {
      words.put(key, String.join(",", values.stream().map(Named::text).toList()));
    }
  }

  /**
   * Stores data that a resumed run cannot derive from its options, because the model's file may
   * have been deleted.
   */
  void keepIn(Map<String, String> info) {
    info.putAll(kept);
    preprocessing.forEach(
        (input, p) -> info.put(PREPROCESSING + input, PreprocessingJson.write(p).toString()));
  }

  /** Restores the data that {@link #keepIn} stored. */
  void goOn(Map<String, String> info) {
    info.forEach(
        (key, value) -> {
          if (key.startsWith(PREPROCESSING)) {
            preprocessing.put(
                key.substring(PREPROCESSING.length()),
                PreprocessingJson.read(key, Json.parse(key, value)));
          } else if (List.of(FROM, HEAD, NORMS).contains(key)) {
            kept.put(key, value);
          }
        });
  }
}
