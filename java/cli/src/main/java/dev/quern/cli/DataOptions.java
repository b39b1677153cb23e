package dev.quern.cli;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.DatasetFile;
import dev.quern.io.Split;
import dev.quern.network.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of commands that read a data set of the user's choice. */
final class DataOptions extends DataFolderOptions {
  @Option(
      names = "--data",
      paramLabel = "NAME|PATH",
      converter = DataSource.Converter.class,
      description =
          "The data set: cifar10, mnist, fashion-mnist, or fashion-mnist-sample, which comes with"
              + " Quern; or a folder with train.safetensors and test.safetensors of your own. Where"
              + " only one is read, that file itself will do.")
  private DataSource data;

  /** What was asked for, else the data set of this name. */
  DataSource source(String otherwise) {
    return data == null ? new DataSource.Known(DatasetFacts.of(otherwise)) : data;
  }

  /**
   * What was asked for, where both splits are read.
   *
   * @throws BadValueException if it is a file
   */
  DataSource bothSplits(String otherwise) {
    DataSource source = source(otherwise);
    if (source instanceof DataSource.Own own && !Files.isDirectory(own.path())) {
      throw new BadValueException(
          command(),
          "--data "
              + own.path()
              + " is one file; training takes a folder with train.safetensors and test.safetensors");
    }
    return source;
  }

  boolean isGiven() {
    return data != null;
  }

  /** Loads a split of a set of one input and one kind of target. */
  Dataset load(DataSource source, Split split) {
    return source instanceof DataSource.Known known
        ? load(known.facts().name(), split)
        : DatasetFile.load(file((DataSource.Own) source, split));
  }

  private Path file(DataSource.Own own, Split split) {
    if (isSought()) {
      throw new BadValueException(
          command(), "--data-dir and --download are for data sets that Quern knows by name");
    }
    return own.file(split);
  }

  /** Loads a split by the names of a network's inputs and outputs. */
  MultiDataset load(DataSource source, Split split, Network network) {
    if (network.isSingle()) {
      return named(network, load(source, split));
    }
    if (source instanceof DataSource.Own own) {
      return DatasetFile.load(file(own, split), network);
    }
    throw new InvalidArgumentException(
        "network "
            + network.name()
            + " has inputs "
            + network.inputs().keySet()
            + " and outputs "
            + network.outputs()
            + ": --data takes files of your own for it");
  }

  /** A set by the names of a network of one input and one output. */
  static MultiDataset named(Network network, Dataset only) {
    return MultiDataset.of(
        Map.of(network.inputs().keySet().iterator().next(), only),
        Map.of(network.outputs().get(0), only));
  }

  /** The first {@code limit} samples; all where it is null. */
  static MultiDataset first(MultiDataset data, Integer limit) {
    return limit == null ? data : data.slice(0, Math.min(limit, data.size()));
  }
}
