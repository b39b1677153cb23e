package dev.quern.cli.model;

import dev.quern.cli.option.ClassList;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.NameMap;
import dev.quern.io.StateDict;
import dev.quern.io.file.Version;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.network.Torchvision;
import dev.quern.predict.MatchingWeights;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of {@code quern import} for a file that contains weights without a network. */
final class WeightsOptions {
  /** Image size for networks with a dynamic input size: the size of ImageNet training images. */
  private static final Size SIDE = Size.of(224);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"--net", "--network"},
      paramLabel = "NAME|FILE",
      converter = NetworkSource.Converter.class,
      completionCandidates = NetworkSource.Names.class,
      description = NetworkSource.HELP + " that the weights are of.")
  private NetworkSource net;

  @Option(
      names = "--names",
      paramLabel = "MAP",
      description = "File that maps names of weights in FILE to names in the network.")
  private Path names;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      converter = FreeInput.class,
      description =
          "Input of a built-in network; ? makes height and width dynamic, as in 3x?x? (default:"
              + " the one that quern nets prints).")
  private Shape input;

  @Option(
      names = "--classes",
      paramLabel = ClassList.FORM,
      converter = ClassList.Converter.class,
      description =
          "Number of classes, or their names separated by commas, or a text file with one name"
              + " per line (default: the number that quern nets prints, without names).")
  private ClassList classes = ClassList.NONE;

  @Option(
      names = "--partial",
      description = "Initialize weights that are missing or of another shape, as for training.")
  private boolean partial;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the weights that --partial initializes; default ${DEFAULT-VALUE}.")
  private long seed;

  /** Converter of the value of {@code --input}. */
  static final class FreeInput implements ITypeConverter<Shape> {
    private static final Pattern SHAPE =
        Pattern.compile("(\\d{1,9})x(\\d{1,9}|\\?)x(\\d{1,9}|\\?)");

    @Override
    public Shape convert(String value) {
      Matcher m = SHAPE.matcher(value);
      if (!m.matches()) {
        throw new TypeConversionException(
            "'" + value + "' is not CHANNELSxHEIGHTxWIDTH, such as 3x224x224 or 3x?x?");
      }
      try {
        return Shape.of(Long.parseLong(m.group(1)), side(m.group(2)), side(m.group(3)));
      } catch (InvalidArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }

    private static long side(String text) {
      return text.equals("?") ? Shape.FREE : Long.parseLong(text);
    }
  }

  /** Creates the options with their defaults; picocli sets their values. */
  WeightsOptions() {}

  /** Returns whether an option that applies only to files without a network was given. */
  boolean isAsked() {
    return net != null || names != null || input != null || partial;
  }

  /** Returns the value of {@code --classes}. The option also applies to files with a network. */
  ClassList classes() {
    return classes;
  }

  /** Returns a model with the file's weights, and prints which weights were loaded. */
  ModelData model(Path file, PrintWriter out) {
    if (net == null) {
      throw new BadValueException(
          command, file + " has weights without a network: choose one with --net NAME|FILE");
    }
    Network network = network();
    NameMap map = names == null ? NameMap.none() : NameMap.load(names);
    StateDict dict = StateDict.load(file);
    MatchingWeights found = dict.matching(network, map);
    out.println(found.report());
    List<String> unused = new ArrayList<>(map.unused(List.copyOf(dict.weights().keySet())));
    if (!unused.isEmpty()) {
      out.println("lines of " + names + " that match no weight: " + String.join(", ", unused));
    }
    out.flush();
    Map<String, float[]> weights = new LinkedHashMap<>(found.weights());
    if (weights.size() < network.state().size()) {
      requirePartial(file, network, dict, found.report());
      ModelData.untrained(network, seed).weights().forEach(weights::putIfAbsent);
    }
    ModelData model =
        new ModelData(
            network, weights, Map.of(), Map.of("imported", "weights", "quern", Version.TEXT));
    return isTorchvisions(network) ? model.withPreprocessing(imagenet(network)) : model;
  }

  private void requirePartial(
      Path file, Network network, StateDict dict, MatchingWeights.Report report) {
    if (partial) {
      return;
    }
    List<String> lacking = new ArrayList<>(report.missing());
    lacking.addAll(report.otherShape().keySet());
    throw new FormatException(
        "import: "
            + file
            + " lacks "
            + lacking.size()
            + " of the "
            + network.state().size()
            + " weights of "
            + network.name()
            + ", "
            + lacking.get(0)
            + (lacking.size() > 1 ? " and others" : "")
            + "; "
            + near(network, dict)
            + "--partial initializes them");
  }

  /**
   * Returns a hint that names another network whose weights all occur in the file; empty if there
   * is no such network.
   */
  private static String near(Network network, StateDict dict) {
    return Torchvision.names().stream()
        .filter(n -> !n.equals(network.name()))
        .filter(n -> lacking(Networks.byName(n), dict).isEmpty())
        .findFirst()
        .map(n -> "its names match --net " + n + "; ")
        .orElse("");
  }

  private static List<String> lacking(Network network, StateDict dict) {
    return dict.matching(network, NameMap.none()).report().missing();
  }

  private Network network() {
    if (net instanceof NetworkSource.BuiltIn) {
      Network usual = net.network();
      Shape size = input == null ? usual.input() : input;
      int count = classes == ClassList.NONE ? (int) usual.output().elements() : classes.count();
      Network network = BadValueException.check(command, () -> net.network(size, count));
      return network.withTask(Task.singleLabel().withClasses(classes.names()));
    }
    if (input != null) {
      throw new BadValueException(command, "--input requires a built-in network, not a file");
    }
    Network network = net.network();
    if (classes == ClassList.NONE) {
      return network;
    }
    Shape output = network.output();
    if (output.rank() == 0 || output.isFree(0) || output.dim(0) != classes.count()) {
      throw new BadValueException(
          command,
          "--classes "
              + classes.count()
              + ": the output of network "
              + network.name()
              + " has "
              + output);
    }
    Task task = network.task().kind() == Task.Kind.PLAIN ? Task.singleLabel() : network.task();
    return BadValueException.check(
        command, () -> network.withTask(task.withClasses(classes.names())));
  }

  private static boolean isTorchvisions(Network network) {
    return Torchvision.names().contains(network.name()) && network.input().dim(0) == 3;
  }

  private static Preprocessing imagenet(Network network) {
    Preprocessing usual = Preprocessing.imagenet();
    return network.isFree() ? usual.size(SIDE) : usual;
  }
}
