package dev.quern.cli.check;

import dev.quern.cli.option.Counts;
import dev.quern.cli.option.FreezeOptions;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.option.PrecisionOption;
import dev.quern.cli.option.RecomputeOption;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.process.ThisProcess;
import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.profile.LayerTimes;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code quern bench}, which measures the speed of training or inference. */
@Command(
    name = "bench",
    description = {
      "Measures speed on synthetic images and prints one line of JSON.",
      "",
      "The benchmark repeats one batch of N(0,1) values with random labels, of the size"
          + " that quern nets prints. A training step is forward, cross-entropy, backward and SGD"
          + " (lr 0.01, momentum 0.9); an inference step is forward only. Rates are images per"
          + " second, measured step by step. A run stops after 60 s, but not before 3 steps."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final long INPUT_SEED = 1234;
  private static final long LABEL_SEED = 4321;
  private static final double MAX_SECONDS = 60;
  private static final int PROFILE_STEPS = 5;

  /**
   * Largest image, in elements, for the default batch of 128; with larger images, memory might not
   * suffice.
   */
  private static final long LARGE = 3 * 64 * 64;

  /** The measured work. */
  enum Mode {
    TRAIN,
    INFER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Converter of the value of {@code --mode}. */
  static final class ModeConverter implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "train" -> Mode.TRAIN;
        case "infer" -> Mode.INFER;
        default -> throw new TypeConversionException("'" + value + "' is neither train nor infer");
      };
    }
  }

  @Spec private CommandSpec command;

  @Option(
      names = "--net",
      paramLabel = "NAME|FILE",
      defaultValue = "lenet",
      converter = NetworkSource.Converter.class,
      completionCandidates = NetworkSource.Names.class,
      description = NetworkSource.HELP + "; default ${DEFAULT-VALUE}.")
  private NetworkSource net;

  @Option(
      names = "--mode",
      paramLabel = "train|infer",
      defaultValue = "train",
      converter = ModeConverter.class,
      description = "Mode to measure; default ${DEFAULT-VALUE}.")
  private Mode mode;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Images a step (default: 64 for lenet, 10000 for notebook, 16 for images larger than"
              + " 3x64x64, else 128).")
  private Integer batch;

  @Mixin private PrecisionOption precision;

  @Mixin private RecomputeOption recompute;

  @Mixin private FreezeOptions freeze;

  @Mixin private ThreadOptions threads;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      converter = Counts.NotNegative.class,
      description =
          "Steps before the timed ones, at least 1 (default: a tenth of --iters, at least 3).")
  private Integer warmup;

  @Option(
      names = "--iters",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Timed steps (default: 300 for lenet, else 20).")
  private Integer iters;

  @Option(
      names = "--profile",
      description =
          "Also print the time per layer and per operator, with GFLOP/s and bytes per second"
              + " beside the machine's peak.")
  private boolean profile;

  /** Times by layer, measured after the benchmark; null if not requested. */
  private LayerTimes times;

  @Override
  public Integer call() {
    if (mode == Mode.INFER) {
      BadValueException.refuse(
          command,
          List.of("--recompute", "--freeze", "--move-frozen-statistics"),
          option -> "bench: --mode infer does not take " + option);
    }
    threads.apply();
    Network network = net.network();
    network.requireSizes("bench");
    int images = batch != null ? batch : usualBatch(network);
    int timed = iters != null ? iters : network.name().equals("lenet") ? 300 : 20;
    int warm = warmup != null ? warmup : Math.max(3, timed / 10);
    Timing timing =
        mode == Mode.TRAIN
            ? train(network, images, warm, timed)
            : infer(network, images, warm, timed);
    PrintWriter out = command.commandLine().getOut();
    out.println(line(network, images, timing));
    if (profile) {
      out.print(times);
    }
    out.flush();
    return Failures.OK;
  }

  private static int usualBatch(Network network) {
    return switch (network.name()) {
      case "lenet" -> 64;
      case "notebook" -> 10_000;
      default -> network.input().elements() > LARGE ? 16 : 128;
    };
  }

  private Timing train(Network network, int images, int warm, int timed) {
    try (Trainer trainer =
            freeze
                .apply(recompute.apply(Trainer.builder(network)))
                .batch(images)
                .optimizer(new Sgd(0.01f, 0.9f))
                .precision(precision.get())
                .build();
        Arena arena = new Arena()) {
      // after building the trainer, which may reject the batch size
      int[] labels = labels(images, Math.toIntExact(network.output().elements()));
      Tensor input = input(arena, network, images);
      Timing timing =
          Timing.of(() -> trainer.step(input, labels), images, warm, timed, MAX_SECONDS);
      if (profile) {
        times = trainer.profile(data(network, values(network, images), labels), PROFILE_STEPS);
      }
      return timing;
    }
  }

  private static Dataset data(Network network, float[] values, int... labels) {
    List<String> classes =
        LongStream.range(0, network.output().elements()).mapToObj(Long::toString).toList();
    return Dataset.of("synthetic", network.input(), classes, values, labels);
  }

  private Timing infer(Network network, int images, int warm, int timed) {
    ModelData data = ModelData.untrained(network, 1);
    try (Model model = Model.of(data, precision.get());
        Arena arena = new Arena()) {
      Tensor input = input(arena, network, images);
      DoubleSupplier step =
          () -> {
            model.predict(input);
            return Double.NaN;
          };
      Timing timing = Timing.of(step, images, warm, timed, MAX_SECONDS);
      if (profile) {
        times = model.profile(input, PROFILE_STEPS);
      }
      return timing;
    }
  }

  private static Tensor input(Arena arena, Network network, int images) {
    return arena.tensor(network.input().batch(images)).copyFrom(values(network, images));
  }

  private static float[] values(Network network, int images) {
    Random random = new Random(INPUT_SEED);
    float[] values = new float[Math.toIntExact(network.input().batch(images).elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static int[] labels(int images, int classes) {
    return new Random(LABEL_SEED).ints(images, 0, classes).toArray();
  }

  private String line(Network network, int images, Timing t) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("peer", "quern");
    line.put("workload", network.name() + "-" + mode);
    line.put("batch", images);
    Map<String, String> frozen = new LinkedHashMap<>();
    freeze.putInto(frozen);
    line.putAll(frozen);
    line.put("threads", Engine.info().threads());
    line.put("warmup_iters", t.warmup());
    line.put("iters", t.iterations());
    line.put("images_per_s_median", JsonText.decimal(t.median(), 2));
    line.put("images_per_s_min", JsonText.decimal(t.slowest(), 2));
    line.put("images_per_s_max", JsonText.decimal(t.fastest(), 2));
    line.put("peak_rss_mb", JsonText.decimal(ThisProcess.peakMegabytes(), 0));
    line.put("first_loss", JsonText.decimal(t.firstLoss(), 5));
    line.put("final_loss", JsonText.decimal(t.finalLoss(), 5));
    line.put("cold_s", JsonText.decimal(t.coldSeconds(), 2));
    return JsonText.of(line);
  }
}
