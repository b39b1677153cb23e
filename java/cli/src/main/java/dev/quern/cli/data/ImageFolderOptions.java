package dev.quern.cli.data;

import dev.quern.cli.option.Choice;
import dev.quern.cli.option.Counts;
import dev.quern.cli.output.FolderReport;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ImageFolderBuilder;
import dev.quern.io.dataset.LabelKind;
import dev.quern.io.dataset.Split;
import dev.quern.io.file.NotRead;
import dev.quern.network.Task;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of an image folder. The folder is opened once for both splits. */
public final class ImageFolderOptions implements OpenSets {
  /** Maximum number of broken files to list. */
  private static final int MOST_LISTED = 100;

  /** Default size of a cache file in megabytes. */
  private static final int MOST_IN_FILE = 10_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "CSV file with the labels of an image folder: columns \"file\", \"label\" and optionally"
              + " \"split\" (train, val or test); default: subfolder names are labels.")
  private Path labels;

  @Option(
      names = "--label-kind",
      paramLabel = "KIND",
      defaultValue = "class",
      converter = Kind.class,
      description =
          "Kind of the labels in the --labels file: class (default), multi_label (classes separated"
              + " by semicolons, for --task multi_label) or numbers (for --task regression).")
  private LabelKind labelKind;

  @Option(
      names = "--weight-column",
      paramLabel = "NAME",
      description =
          "Name of the column with sample weights in the CSV file of --labels or --data. In"
              + " training, the loss of each sample is multiplied by its weight.")
  private String weightColumn;

  @Option(
      names = "--test-part",
      paramLabel = "PART",
      defaultValue = "0.2",
      converter = Part.class,
      description =
          "Fraction of each class that is held out for testing if an image folder, arrays or a CSV"
              + " file contain no test set; default ${DEFAULT-VALUE}.")
  private double testPart;

  @Option(
      names = "--split-seed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Seed that selects the samples of --test-part; must be the same in quern train and quern"
              + " eval; default ${DEFAULT-VALUE}.")
  private long splitSeed;

  @Option(names = "--skip-broken", description = "Image folder: skip and list broken files.")
  private boolean skipBroken;

  @Option(
      names = "--cache",
      paramLabel = "MB",
      converter = Counts.NotNegative.class,
      description =
          "Memory for decoded images of an image folder. Images that do not fit are decoded each"
              + " time they are read (default: a quarter of the JVM's heap).")
  private Integer cache;

  @Option(
      names = "--cache-file",
      paramLabel = "FILE",
      description =
          "File that keeps the decoded images of an image folder for later runs; rebuilt if images"
              + " or resizing change. With this option, --cache limits the size of the file"
              + " (default: 10,000 MB).")
  private Path cacheFile;

  private ImageFolder folder;

  /** Creates the options with their defaults; picocli sets their values. */
  public ImageFolderOptions() {}

  /** Converter of the value of {@code --label-kind}. */
  static final class Kind extends Choice<LabelKind> {
    Kind() {
      super(LabelKind.class);
    }

    /**
     * Converts a value; also accepts {@code several}, the spelling in configurations before 0.1.0.
     */
    @Override
    public LabelKind convert(String value) {
      return value.equalsIgnoreCase("several") ? LabelKind.MULTI_LABEL : super.convert(value);
    }
  }

  /** Converter of the value of {@code --test-part}. */
  static final class Part implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      try {
        double part = Double.parseDouble(value);
        if (part > 0 && part <= 1) {
          return part;
        }
      } catch (NumberFormatException e) {
        // reported below
      }
      throw new TypeConversionException("'" + value + "' is not above 0 and at most 1");
    }
  }

  /**
   * Opens a folder and prints a description of its content.
   *
   * @param classes class names in label order; empty to use the class names in the folder
   */
  void open(Path path, Preprocessing how, List<String> classes) {
    CommandSpec of = command;
    try (FolderReport report = new FolderReport(of.commandLine().getErr())) {
      ImageFolderBuilder b =
          ImageFolder.builder(path)
              .preprocessing(how)
              .split(1 - testPart, splitSeed)
              .listener(report);
      long limit = (cache == null ? MOST_IN_FILE : cache) * 1_000_000L;
      if (cacheFile != null) {
        b.keptCache(cacheFile, limit);
      } else if (cache != null) {
        b.cache(limit);
      }
      if (labels != null) {
        b.labels(labels, labelKind);
      } else if (labelKind != LabelKind.CLASS) {
        throw new BadValueException(of, "--label-kind needs --labels");
      }
      if (weightColumn != null && labels == null) {
        throw new BadValueException(of, "--weight-column needs --labels");
      } else if (weightColumn != null) {
        b.weights(weightColumn);
      }
      if (skipBroken) {
        b.skipBroken();
      }
      if (!classes.isEmpty()) {
        b.classes(classes);
      }
      folder = BadValueException.check(of, b::open);
    }
  }

  /**
   * Checks that the open folder has at least two classes.
   *
   * @param path path of the folder, for the message
   * @throws FormatException if all images have the same class
   */
  void requireClasses(Path path) {
    if (labelKind == LabelKind.CLASS && folder.classes().size() == 1) {
      throw new FormatException(
          "image folder: "
              + path
              + " has one class, "
              + folder.classes().get(0)
              + ": training needs at least two");
    }
  }

  /** Lists the skipped broken files on standard error. */
  void tellBroken() {
    PrintWriter err = command.commandLine().getErr();
    folder.broken().stream()
        .limit(MOST_LISTED)
        .forEach(b -> Failures.line(err, "broken: " + b.path() + ": " + b.reason()));
    int more = folder.broken().size() - MOST_LISTED;
    if (more > 0) {
      Failures.line(err, "broken: " + more + " more");
    }
  }

  /**
   * Returns a summary, for example {@code pets: 590 images of 3 classes: cat 200, dog 200, fish
   * 190}.
   */
  @Override
  public String summary() {
    int all = folder.all().size();
    Map<String, Integer> counts = folder.counts();
    String skipped =
        folder.broken().isEmpty() ? "" : "; " + folder.broken().size() + " broken files skipped";
    return Failures.printable(
        folder.name()
            + ": "
            + all
            + " images"
            + (hasMasks() ? " with masks" : counts.isEmpty() ? " with numbers" : "")
            + (counts.isEmpty() ? "" : " of " + counts.size() + " classes: ")
            + counts.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "))
            + skipped
            + NotRead.text(folder.notRead()));
  }

  private boolean hasMasks() {
    return folder.all().hasTargets() && folder.all().targetShape().rank() == 2;
  }

  /** Returns the task of the labels; {@link Task#plain} if each image has one class. */
  Task task() {
    if (!folder.all().hasTargets()) {
      return Task.plain();
    }
    if (hasMasks()) {
      return Task.pixelClasses();
    }
    return folder.classes().isEmpty() ? Task.regression() : Task.multiLabel();
  }

  /** Returns the images of a split, at least one. */
  @Override
  public Dataset set(Split split) {
    Dataset set = split == Split.TRAIN ? folder.train() : folder.test();
    return OpenSets.requireSome(command, set, split, folder.name() + " contains no images");
  }

  /** Returns the images of the folder {@code val}; may be empty. */
  @Override
  public Dataset validation() {
    return folder.validation();
  }

  @Override
  public List<Path> testFiles() {
    return folder.testFiles();
  }

  /** Adds the options that determine the held-out images to a run's settings. */
  @Override
  public void putInto(Map<String, String> words) {
    words.put("test_part", Double.toString(testPart));
    words.put("split_seed", Long.toString(splitSeed));
    if (weightColumn != null) {
      words.put("weight_column", weightColumn);
    }
  }

  @Override
  public void close() {
    folder.close();
  }

  String weightColumn() {
    return weightColumn;
  }

  double testPart() {
    return testPart;
  }

  long splitSeed() {
    return splitSeed;
  }

  /**
   * Checks that no option for an image folder is given.
   *
   * @throws BadValueException if such an option is given
   */
  void requireNone(CommandSpec own) {
    BadValueException.refuse(
        own,
        List.of("--test-part", "--split-seed"),
        name -> name + " requires an image folder, arrays or a CSV file");
    requireDivisionAlone(own);
  }

  /**
   * Checks that each given option for an image folder also applies to tables.
   *
   * @throws BadValueException if a given option is for image folders only
   */
  void requireTableAlone(CommandSpec own) {
    BadValueException.refuse(
        own,
        List.of("--labels", "--label-kind", "--skip-broken", "--cache", "--cache-file"),
        name -> name + " requires an image folder: --data DIR");
  }

  /**
   * Checks that each given option for an image folder is one that determines the split.
   *
   * @throws BadValueException if another option for an image folder is given
   */
  void requireDivisionAlone(CommandSpec own) {
    BadValueException.refuse(
        own,
        List.of(
            "--labels",
            "--label-kind",
            "--weight-column",
            "--skip-broken",
            "--cache",
            "--cache-file"),
        name -> name + " requires an image folder: --data DIR");
  }
}
