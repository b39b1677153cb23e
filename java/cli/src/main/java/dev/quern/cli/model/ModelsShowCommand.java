package dev.quern.cli.model;

import dev.quern.cli.process.Failures;
import dev.quern.io.json.PreprocessingJson;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern models show}, which prints the properties of a pretrained network. */
@Command(
    name = "show",
    description = "Prints the properties of a pretrained network, one per line.")
public final class ModelsShowCommand implements Callable<Integer> {
  /** Number of class names that are printed. */
  private static final int SHOWN = 5;

  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "NAME",
      converter = PretrainedName.class,
      description = "A name that quern models prints.")
  private Pretrained network;

  @Option(names = "--json", description = "Print a line of JSON, with all classes.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    PretrainedCache cache = PretrainedCache.standard();
    if (json) {
      out.println(ModelsCommand.json(network, cache));
      return Failures.OK;
    }
    Optional<Path> here = cache.find(network);
    line(out, "name", network.name());
    line(out, "about", network.about());
    line(out, "task", network.task());
    line(out, "input", network.input().toString());
    line(out, "preprocessing", preprocessing(network));
    line(out, "classes", classes(network.classes()));
    line(out, "file", network.fileName());
    line(out, "bytes", String.format(Locale.ROOT, "%,d", network.bytes()));
    line(out, "sha256", network.sha256());
    line(out, "license", network.licence());
    line(out, "origin", network.origin());
    line(out, "address", network.uri() == null ? "none known" : network.uri().toString());
    line(out, "here", here.map(Path::toString).orElse("no; its place is " + cache.folder()));
    return Failures.OK;
  }

  static String preprocessing(Pretrained network) {
    return PreprocessingJson.write(network.preprocessing()).toString();
  }

  private static String classes(List<String> all) {
    List<String> shown = all.subList(0, Math.min(SHOWN, all.size()));
    return all.size() + ": " + String.join("; ", shown) + (all.size() > SHOWN ? "; ..." : "");
  }

  private static void line(PrintWriter out, String key, String value) {
    out.printf(Locale.ROOT, "%-14s %s%n", key, Failures.printable(value));
  }
}
