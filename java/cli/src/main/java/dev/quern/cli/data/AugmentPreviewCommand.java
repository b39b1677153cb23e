package dev.quern.cli.data;

import dev.quern.augment.Augmentation;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.output.ContactSheet;
import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.dataset.Split;
import dev.quern.train.AugmentPreview;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern augment-preview}, which shows augmented training images. */
@Command(
    name = "augment-preview",
    description = {
      "Draws training images and their augmented versions: one row per image, first the"
          + " image itself, then its versions of the first epochs. quern train with the same"
          + " options and seed trains on the same versions."
    })
public final class AugmentPreviewCommand implements Callable<Integer> {
  private static final int ROWS = 8;
  private static final int EPOCHS = 7;

  @Spec private CommandSpec command;

  @Mixin private DataOptions data;

  @Mixin private ResizeOptions resize;

  @Option(
      names = "--net",
      paramLabel = "NAME|FILE",
      defaultValue = "lenet",
      converter = NetworkSource.Converter.class,
      completionCandidates = NetworkSource.Names.class,
      description =
          "Network with the input size to which a folder's images are resized, if --size is not"
              + " given. "
              + NetworkSource.HELP
              + "; default ${DEFAULT-VALUE}.")
  private NetworkSource net;

  @Mixin private AugmentOptions augment;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the training run; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "PNG file to write; an existing file is replaced.")
  private Path out;

  @Override
  public Integer call() {
    Augmentation[] all =
        BadValueException.check(command, () -> augment.all().toArray(Augmentation[]::new));
    DataSource source = data.source(DatasetFacts.BUNDLED);
    resize.open(source, data, net);
    Dataset train = data.load(source, Split.TRAIN);
    int rows = Math.min(ROWS, train.size());
    if (rows == 0) {
      throw new InvalidArgumentException("augment-preview: data set " + train.name() + " is empty");
    }
    Normalization normalization = train.normalization();
    List<List<Image>> sheet = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int index = (int) ((long) train.size() * i / rows);
      List<Image> row = new ArrayList<>();
      row.add(AugmentPreview.image(train, index, normalization, seed, 1));
      for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        row.add(AugmentPreview.image(train, index, normalization, seed, epoch, all));
      }
      sheet.add(row);
    }
    PictureFolder.write("augment-preview", out, ContactSheet.of(sheet));
    command.commandLine().getOut().println(rows + " images of " + train.name() + ": " + out);
    return Failures.OK;
  }
}
