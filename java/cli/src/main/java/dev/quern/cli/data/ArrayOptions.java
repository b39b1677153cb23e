package dev.quern.cli.data;

import dev.quern.cli.option.Choice;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.data.Dataset;
import dev.quern.io.ArrayFiles;
import dev.quern.io.ArrayFilesBuilder;
import dev.quern.io.ArrayLayout;
import dev.quern.io.dataset.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for arrays in NumPy or safetensors files. Each file is opened once for both splits. */
public final class ArrayOptions implements OpenSets {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--layout",
      paramLabel = "nchw|nhwc|as_is",
      converter = Layout.class,
      description =
          "Axis order of the images in arrays: nchw, nhwc, or as_is for samples that are not images"
              + " (default: an axis of size 4 or less is the channel axis; samples with two axes"
              + " are grayscale images).")
  private ArrayLayout layout;

  private ArrayFiles files;

  /** The options that split the data; null if the files contain a test set. */
  private ImageFolderOptions division;

  /** Creates the options with their defaults; picocli sets their values. */
  public ArrayOptions() {}

  /** Converter of the value of {@code --layout}. */
  static final class Layout extends Choice<ArrayLayout> {
    Layout() {
      super(ArrayLayout.class);
    }
  }

  /**
   * Opens arrays.
   *
   * @param classes class names in label order; empty to use the class names in the files
   * @param divided options that split the data if the files do not contain a test set
   */
  void open(Path path, List<String> classes, ImageFolderOptions divided) {
    ArrayFilesBuilder b =
        ArrayFiles.builder(path).split(1 - divided.testPart(), divided.splitSeed());
    if (layout != null) {
      b.layout(layout);
    }
    if (!classes.isEmpty()) {
      b.classes(classes);
    }
    files = BadValueException.check(command, b::open);
    division = files.isDivided() ? divided : null;
  }

  @Override
  public String summary() {
    String validation =
        files.validation().size() == 0 ? "" : files.validation().size() + " validation, ";
    return Failures.printable(
        files.name()
            + ": arrays of "
            + files.train().size()
            + " training, "
            + validation
            + files.test().size()
            + " test samples"
            + (files.classes().isEmpty() ? "" : " of " + files.classes().size() + " classes"));
  }

  @Override
  public Dataset set(Split split) {
    Dataset set = split == Split.TRAIN ? files.train() : files.test();
    return OpenSets.requireSome(command, set, split, files.name() + " has no samples");
  }

  @Override
  public Dataset validation() {
    return files.validation();
  }

  @Override
  public void putInto(Map<String, String> words) {
    if (division != null) {
      division.putInto(words);
    }
  }

  @Override
  public void close() {
    files.close();
  }

  /** Warns on standard error if an image folder also contains array files, which are not read. */
  void tellBeside(CommandSpec own, Path pictures) {
    if (ArrayFiles.isAt(pictures)) {
      Failures.line(
          own.commandLine().getErr(),
          "note: "
              + pictures
              + " contains image folders and array files: only the images are read; to read the"
              + " arrays, move their files to another folder");
    }
  }

  /**
   * Checks that no option for arrays is given.
   *
   * @throws BadValueException if such an option is given
   */
  void requireNone(CommandSpec own) {
    if (layout != null) {
      throw new BadValueException(
          own, "--layout requires arrays: --data FILE.npz or a folder of arrays");
    }
  }
}
