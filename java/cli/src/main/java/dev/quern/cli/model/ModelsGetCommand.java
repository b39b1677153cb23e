package dev.quern.cli.model;

import dev.quern.cli.output.DownloadReport;
import dev.quern.cli.process.Failures;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern models get}, which downloads a pretrained network. */
@Command(
    name = "get",
    description = {
      "Stores the file of a pretrained network in the cache: downloaded from its publisher or"
          + " another address, or copied from a file. Size and SHA-256 must match the catalog. An"
          + " interrupted download resumes.",
      "",
      "QUERN_MODELS_URL is a mirror, from which files are fetched by their names."
    })
public final class ModelsGetCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "NAME",
      converter = PretrainedName.class,
      description = "A name that quern models prints.")
  private Pretrained network;

  @ArgGroup private Source source = new Source();

  /** The source of the file; without an option, the network's publisher. */
  static final class Source {
    @Option(
        names = "--url",
        paramLabel = "URL",
        description = "The file's address, http or https (default: its publisher's).")
    private URI url;

    @Option(names = "--file", paramLabel = "FILE", description = "A file of this machine to copy.")
    private Path file;
  }

  @Override
  public Integer call() {
    PretrainedCache cache = PretrainedCache.standard();
    Path there = source.file == null ? fetched(cache) : cache.add(network, source.file);
    command
        .commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: %s, %,d bytes, license %s%n",
            network.name(),
            Failures.printable(there.toString()),
            network.bytes(),
            network.licence());
    return Failures.OK;
  }

  private Path fetched(PretrainedCache cache) {
    try (DownloadReport report = new DownloadReport(command.commandLine().getErr())) {
      return source.url == null
          ? cache.fetch(network, report)
          : cache.fetch(network, source.url, report);
    }
  }
}
