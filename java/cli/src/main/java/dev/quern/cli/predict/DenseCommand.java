package dev.quern.cli.predict;

import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.PictureFolder;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Image;
import dev.quern.error.QuernException;
import dev.quern.predict.Model;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that writes an image for each image, by a model whose output is a map or an image. */
abstract class DenseCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = ModelArgument.HELP + ".")
  private ModelArgument model;

  @Option(
      names = "--out",
      paramLabel = "FILE|DIR",
      required = true,
      description =
          "The PNG file to write, if the name ends in .png; otherwise a folder for the PNG files of"
              + " all images.")
  private Path target;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "Output of the network, if it has several (default: the first).")
  private String output;

  @Mixin private PreprocessingOptions preprocessing;

  @Mixin private ThreadOptions threads;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "PNG, JPEG, GIF, BMP, WebP or TIFF files.")
  private List<Path> images;

  @Override
  public Integer call() {
    threads.apply();
    PictureFolder folder = PictureFolder.orFile(command, "--out", target, images);
    int status = Failures.OK;
    try (Model m = Model.of(preprocessing.applied(model.data()))) {
      List<String> outputs = m.network().outputs();
      if (output != null && !outputs.contains(output)) {
        throw new BadValueException(
            command, "--output " + output + " is not one of the network's outputs, " + outputs);
      }
      String name = output == null ? outputs.get(0) : output;
      Function<Image, BufferedImage> function = function(m, name);
      for (Path image : images) {
        if (!write(function, folder, image)) {
          status = Failures.FAILED;
        }
      }
    }
    return status;
  }

  /**
   * Returns the function that makes the image to write from an input image.
   *
   * @param output the name of the network's output
   */
  abstract Function<Image, BufferedImage> function(Model m, String output);

  final CommandSpec command() {
    return command;
  }

  /** Writes the result for an image and prints its name; returns false after a failure. */
  private boolean write(Function<Image, BufferedImage> function, PictureFolder folder, Path image) {
    PrintWriter out = command.commandLine().getOut();
    try {
      Path file = folder.write(image, "", function.apply(Image.read(image)));
      out.println(
          Failures.printable(image.toString()) + "\t" + Failures.printable(file.toString()));
      return true;
    } catch (QuernException e) {
      out.flush();
      Failures.line(command.commandLine().getErr(), command.name(), image, e);
      return false;
    }
  }
}
