package dev.quern.cli.predict;

import dev.quern.cli.data.DataOptions;
import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.Counts;
import dev.quern.cli.option.ModelOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.option.TtaOption;
import dev.quern.cli.output.EvaluationText;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.cli.run.Provenance;
import dev.quern.data.MultiDataset;
import dev.quern.data.Preprocessing;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern eval}, which evaluates a model on a test set. */
@Command(
    name = "eval",
    description = {
      "Evaluates a saved model on the test images of a data set.",
      "",
      "The default is the data set that the model was trained on."
    })
public final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = ModelArgument.HELP + ".")
  private ModelArgument model;

  @Mixin private DataOptions data;
  @Mixin private ModelOptions options;
  @Mixin private TtaOption tta;
  @Mixin private ThreadOptions threads;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Use only the first N test images.")
  private Integer limit;

  @Option(
      names = "--json",
      description = "Print one line of JSON: all metrics in full precision, also per class.")
  private boolean json;

  @Option(names = "--confusion", description = "Print the confusion matrix; --json always has it.")
  private boolean confusion;

  @Override
  public Integer call() {
    threads.apply();
    ModelData loaded = options.applied(model.data());
    DataSource source = source(command, data, loaded);
    data.remember(loaded);
    data.open(source, () -> pictures(command, loaded), loaded.network().task().classes());
    MultiDataset all = data.load(source, Split.TEST, loaded.network());
    MultiDataset test = DataOptions.first(all, limit);
    test.targets().forEach((o, set) -> TrainingData.requireOrder(loaded.network(), o, set));
    try (Model m = Model.of(loaded)) {
      PrintWriter out = command.commandLine().getOut();
      Evaluation e =
          tta.views().isEmpty()
              ? m.evaluate(test)
              : m.evaluate(TtaOption.only(test), tta.views().get());
      Map<String, Report> reports = json || confusion ? reports(m, test) : Map.of();
      if (json) {
        out.println(json(e, reports));
        return Failures.OK;
      }
      if (confusion) {
        reports.forEach((output, report) -> confusion(out, output, report, reports.size() > 1));
      }
      e.metrics().forEach((name, v) -> out.printf(Locale.ROOT, "%s %.4f%n", name, v));
      out.println(EvaluationText.of(e));
    }
    return Failures.OK;
  }

  private Map<String, Report> reports(Model m, MultiDataset test) {
    return tta.views().isEmpty()
        ? m.report(test)
        : m.report(TtaOption.only(test), tta.views().get());
  }

  /** Returns the model's preprocessing of images, with the size of the model's input. */
  public static Preprocessing pictures(CommandSpec command, ModelData loaded) {
    Preprocessing how = loaded.preprocessing().values().iterator().next();
    Shape input = loaded.network().input();
    if (how.channels() == Preprocessing.Channels.ANY || input.rank() != 3) {
      throw new BadValueException(
          command, "--data: the model's input " + input + " is not an image");
    }
    if (how.size() == null && input.isFree()) {
      throw new BadValueException(
          command,
          "--data: the model's input "
              + input
              + " is not an image of fixed size; add --size N|HxW");
    }
    return how.size() != null ? how : how.size(new Size((int) input.dim(1), (int) input.dim(2)));
  }

  /** Returns the data set of {@code --data}, or the data set that the model was trained on. */
  public static DataSource source(CommandSpec command, DataOptions data, ModelData loaded) {
    String trained = String.valueOf(loaded.provenance().get(Provenance.DATA));
    if (!data.isGiven() && !Datasets.names().contains(trained)) {
      throw new BadValueException(
          command,
          Provenance.isOwn(trained)
              ? "the model was trained on " + trained + ", a custom data set; name it with --data"
              : "the model has no record of its training data; name a data set with --data");
    }
    return data.source(trained);
  }

  private static String json(Evaluation e, Map<String, Report> reports) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("accuracy", e.accuracy());
    all.put("loss", e.loss());
    all.put("images", e.images());
    Map<String, Object> outputs = new LinkedHashMap<>();
    reports.forEach((name, report) -> outputs.put(name, report.toMap()));
    all.put("outputs", outputs);
    return JsonText.of(all);
  }

  private static void confusion(PrintWriter out, String output, Report report, boolean ofSeveral) {
    if (ofSeveral && report.confusion() != null) {
      out.println("output " + output);
    }
    out.println(
        report.confusion() == null
            ? "output "
                + output
                + " has no confusion matrix, which needs one label per sample or pixel"
            : report.confusion().toString());
  }
}
