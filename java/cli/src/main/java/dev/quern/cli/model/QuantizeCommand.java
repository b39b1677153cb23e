package dev.quern.cli.model;

import dev.quern.cli.data.DataOptions;
import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.Choice;
import dev.quern.cli.option.Counts;
import dev.quern.cli.option.PreprocessingOptions;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.predict.EvalCommand;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ModelArgument;
import dev.quern.data.Dataset;
import dev.quern.io.ModelFile;
import dev.quern.io.dataset.Split;
import dev.quern.io.file.AtomicFile;
import dev.quern.network.Network;
import dev.quern.optim.Optimizer;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.CalibrationMethod;
import dev.quern.quantize.Quantization;
import dev.quern.quantize.QuantizationReport;
import dev.quern.quantize.QuantizationReport.LayerError;
import dev.quern.quantize.QuantizedModel;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern quantize}, which quantizes a model to int8. */
@Command(
    name = "quantize",
    description = {
      "Quantizes a float model to int8: a quarter of the bytes, and faster. The model is"
          + " one that quern train saved, or an ONNX network.",
      "",
      "Ranges are calibrated on training images of the data set; without --data, of the one"
          + " that the model was trained on. If it has labeled test images, the accuracy before"
          + " and after is printed."
    })
public final class QuantizeCommand implements Callable<Integer> {
  private static final int WORST = 5;

  /** One in {@code APART} training images is held out, at most {@code MOST_APART} in all. */
  private static final int APART = 5;

  private static final int MOST_APART = 5000;

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = ModelArgument.FORM,
      required = true,
      converter = ModelArgument.Converter.class,
      description = "A float model: *.safetensors or *.onnx, or a name of quern models.")
  private ModelArgument model;

  @Mixin private DataOptions data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "File to write; an existing file is replaced.")
  private Path out;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "500",
      converter = Counts.Positive.class,
      description = "Number of training images to calibrate on; default ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--method",
      paramLabel = "HOW",
      converter = Method.class,
      description =
          "Calibration of ranges: min_max, percentile (all but 0.01 percent), entropy, or mse,"
              + " the least squared error (default).")
  private CalibrationMethod method = CalibrationMethod.MSE;

  @Option(
      names = "--keep",
      paramLabel = "LAYER",
      split = ",",
      description = "Layers to keep in float32.")
  private String[] keep = {};

  @Option(
      names = "--accuracy-bound",
      paramLabel = "POINTS",
      description =
          "Largest accuracy loss in percentage points, 0.5 for example: the layers with the"
              + " largest loss stay in float32 until it is met. Accuracy is measured on a fifth of"
              + " the training images, at most 5,000, which are then not used to calibrate ranges.")
  private Double bound;

  @Option(
      names = "--fine-tune",
      paramLabel = "EPOCHS",
      converter = Counts.Positive.class,
      description =
          "Fine-tune the quantized model for this many epochs of the training images, which must"
              + " have labels: this recovers part of the accuracy that quantization loses. quern"
              + " train --from does the same with more options.")
  private Integer epochs;

  @Option(
      names = "--lr",
      paramLabel = "X",
      defaultValue = "0.001",
      description =
          "Learning rate of --fine-tune, with sgd, momentum 0.9 and a cosine schedule; default"
              + " ${DEFAULT-VALUE}.")
  private float lr;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Counts.Positive.class,
      defaultValue = "64",
      description = "Batch size of --fine-tune; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Use only the first N test images.")
  private Integer limit;

  @Option(
      names = "--no-bias-correction",
      negatable = false,
      description = "Do not correct the mean quantization error (bias correction off).")
  private boolean uncorrected;

  @Option(
      names = "--no-equalization",
      negatable = false,
      description = "Do not equalize the ranges of channels.")
  private boolean unequal;

  @Option(
      names = "--report",
      description =
          "Print the quantization error of each layer, and the accuracy on a fifth of the"
              + " training images with only that layer quantized, which takes an evaluation per"
              + " layer.")
  private boolean report;

  @Mixin private PreprocessingOptions preprocessing;
  @Mixin private ThreadOptions threads;

  /** Converter of the value of {@code --method}. */
  static final class Method extends Choice<CalibrationMethod> {
    Method() {
      super(CalibrationMethod.class);
    }
  }

  @Override
  public Integer call() {
    AtomicFile.requireFolder("quantize", out);
    Optimizer optimizer = BadValueException.check(command, () -> new Sgd(lr, 0.9f));
    if (epochs == null) {
      BadValueException.refuse(
          command, List.of("--lr", "--batch"), name -> name + " needs --fine-tune");
    }
    threads.apply();
    ModelData loaded = preprocessing.applied(model.data());
    DataSource source = EvalCommand.source(command, data, loaded);
    Network network = loaded.network();
    data.remember(loaded);
    data.open(source, () -> EvalCommand.pictures(command, loaded), network.task().classes());
    Quantization how =
        Quantization.of(loaded)
            .method(method)
            .biasCorrection(!uncorrected)
            .equalization(!unequal)
            .keep(keep);
    if (bound != null) {
      BadValueException.check(command, () -> how.accuracyBound(bound));
    }
    Dataset training = data.load(source, Split.TRAIN);
    Dataset test = test(source, network);
    if (test != null && (bound != null || report)) {
      // if layers were chosen by test images, the test result would be too optimistic
      Dataset mixed = training.shuffled(1);
      int apart = Math.min(MOST_APART, training.size() / APART + 1);
      how.heldOut(mixed.slice(0, apart)).accuracyByLayer(report);
      training = mixed.slice(apart, mixed.size());
    }
    QuantizedModel made = how.calibrate(training, images);
    ModelData tuned = epochs == null ? made.data() : tuned(made.data(), training, optimizer);
    ModelFile.save(out, tuned);
    PrintWriter print = command.commandLine().getOut();
    print(print, made.report());
    if (test != null) {
      print.printf(
          Locale.ROOT,
          "accuracy %.4f, was %.4f%s%n",
          accuracy(tuned, test),
          accuracy(loaded, test),
          epochs == null ? "" : before(accuracy(made.data(), test)));
    }
    return Failures.OK;
  }

  private static String before(double accuracy) {
    return String.format(Locale.ROOT, ", before fine-tuning %.4f", accuracy);
  }

  /** Returns the quantized model after some epochs of fine-tuning, with the same quantization. */
  private ModelData tuned(ModelData made, Dataset training, Optimizer optimizer) {
    Network network = made.network();
    if (!training.hasTargets()) {
      TrainingData.requireOrder(network, network.outputs().get(0), training);
    }
    TrainerBuilder b =
        Trainer.builder(network)
            .weights(made.weights())
            .batch(batch)
            .optimizer(optimizer)
            .schedule(Schedule.cosine());
    made.preprocessing().forEach(b::preprocessing);
    Map<String, String> provenance = new LinkedHashMap<>(made.provenance());
    provenance.put("fine_tuned", epochs + " epochs of " + training.name() + " at lr " + lr);
    try (Trainer trainer = b.build()) {
      trainer.fit(training, epochs);
      return trainer.modelData(provenance);
    }
  }

  private static double accuracy(ModelData of, Dataset test) {
    try (Model m = Model.of(of)) {
      return m.evaluate(test).accuracy();
    }
  }

  /** Returns the labeled test images; null without labels. */
  private Dataset test(DataSource source, Network network) {
    if (!network.isSingle()) {
      return null;
    }
    Dataset test = data.load(source, Split.TEST);
    if (test.size() == 0 || test.hasTargets()) {
      return null;
    }
    TrainingData.requireOrder(network, network.outputs().get(0), test);
    return limit == null ? test : test.slice(0, Math.min(limit, test.size()));
  }

  private void print(PrintWriter print, QuantizationReport done) {
    List<LayerError> shown = report ? done.layers() : done.worst(WORST);
    print.printf(Locale.ROOT, "%-28s %-8s %8s %8s", "layer", "type", "dB", "alone dB");
    print.println(report ? " accuracy" : "");
    for (LayerError l : shown) {
      print.printf(Locale.ROOT, "%-28s %-8s", Failures.printable(l.name()), l.type());
      if (l.quantized()) {
        print.printf(Locale.ROOT, " %8.1f %8.1f", l.snr(), l.ownSnr());
      } else {
        print.printf(" %8s %8s", "float", "float");
      }
      print.println(
          Double.isNaN(l.accuracyAlone())
              ? ""
              : String.format(Locale.ROOT, " %8.4f", l.accuracyAlone()));
    }
    print.printf(
        Locale.ROOT,
        "%s: %d of %d layers quantized by %d images, weights %,d bytes, were %,d%n",
        Failures.printable(out.toString()),
        done.quantized(),
        done.layers().size(),
        done.images(),
        done.bytesAfter(),
        done.bytesBefore());
  }
}
