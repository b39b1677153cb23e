package dev.quern.cli.model;

import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.Failures;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.io.pretrained.PretrainedCache;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern models}, which lists the pretrained networks. */
@Command(
    name = "models",
    subcommands = {ModelsGetCommand.class, ModelsShowCommand.class},
    description = {
      "Prints the pretrained networks: task, input, classes, size of the file, license, and whether"
          + " the file is in the cache. Commands that accept a model also accept these names.",
      "",
      "Only quern models get downloads files. QUERN_MODELS names a folder that replaces the user's"
          + " cache."
    })
public final class ModelsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(names = "--json", description = "Print a line of JSON for each network.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    PretrainedCache cache = PretrainedCache.standard();
    if (json) {
      Pretrained.all().forEach(n -> out.println(json(n, cache)));
      return Failures.OK;
    }
    row(out, "network", "task", "input", "classes", "MB", "license", "here");
    for (Pretrained n : Pretrained.all()) {
      row(
          out,
          n.name(),
          n.task(),
          n.input().toString(),
          Integer.toString(n.classes().size()),
          String.format(Locale.ROOT, "%.2f", n.bytes() / 1e6),
          n.licence(),
          cache.find(n).isPresent() ? "yes" : "no");
    }
    return Failures.OK;
  }

  /** Returns an entry of the catalog as JSON, with its file if the file is in the cache. */
  static String json(Pretrained n, PretrainedCache cache) {
    return JsonText.object(
        json -> {
          json.writeStringField("name", n.name());
          json.writeStringField("about", n.about());
          json.writeStringField("task", n.task());
          json.writeStringField("input", n.input().toString());
          json.writeFieldName("preprocessing");
          json.writeRawValue(ModelsShowCommand.preprocessing(n));
          json.writeArrayFieldStart("classes");
          for (String name : n.classes()) {
            json.writeString(name);
          }
          json.writeEndArray();
          json.writeStringField("file", n.fileName());
          json.writeNumberField("bytes", n.bytes());
          json.writeStringField("sha256", n.sha256());
          json.writeStringField("licence", n.licence());
          json.writeStringField("origin", n.origin());
          json.writeStringField("url", n.uri() == null ? null : n.uri().toString());
          json.writeStringField("path", cache.find(n).map(Object::toString).orElse(null));
        });
  }

  private static void row(PrintWriter out, String... cells) {
    out.printf(Locale.ROOT, "%-27s %-14s %-9s %7s %6s  %-12s %s%n", (Object[]) cells);
  }
}
