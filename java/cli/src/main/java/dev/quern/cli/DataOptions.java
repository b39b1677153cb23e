package dev.quern.cli;

import dev.quern.data.Dataset;
import picocli.CommandLine.Option;

/** Options of commands that read a data set of the user's choice. */
final class DataOptions extends DataFolderOptions {
  @Option(
      names = "--data",
      paramLabel = "NAME",
      converter = DatasetFacts.Converter.class,
      description =
          "The data set: cifar10, mnist, fashion-mnist, or fashion-mnist-sample, which comes with"
              + " Quern.")
  private DatasetFacts data;

  /** What was asked for, else {@code otherwise}. */
  DatasetFacts facts(String otherwise) {
    return data == null ? DatasetFacts.of(otherwise) : data;
  }

  boolean isGiven() {
    return data != null;
  }

  /** The first {@code limit} images; all where it is null. */
  static Dataset first(Dataset data, Integer limit) {
    return limit == null ? data : data.slice(0, Math.min(limit, data.size()));
  }
}
