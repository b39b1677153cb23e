package dev.quern.cli;

import dev.quern.cli.check.BenchCommand;
import dev.quern.cli.check.GradcheckCommand;
import dev.quern.cli.check.InfoCommand;
import dev.quern.cli.data.AugmentPreviewCommand;
import dev.quern.cli.model.ConvertCommand;
import dev.quern.cli.model.ExportCommand;
import dev.quern.cli.model.ImportCommand;
import dev.quern.cli.model.ModelsCommand;
import dev.quern.cli.model.NetsCommand;
import dev.quern.cli.model.QuantizeCommand;
import dev.quern.cli.model.SummaryCommand;
import dev.quern.cli.predict.CutoutCommand;
import dev.quern.cli.predict.DepthCommand;
import dev.quern.cli.predict.DetectCommand;
import dev.quern.cli.predict.EvalCommand;
import dev.quern.cli.predict.OcrCommand;
import dev.quern.cli.predict.PoseCommand;
import dev.quern.cli.predict.PredictCommand;
import dev.quern.cli.predict.UpscaleCommand;
import dev.quern.cli.process.Failures;
import dev.quern.cli.process.ThisProcess;
import dev.quern.cli.process.VersionProvider;
import dev.quern.cli.run.PathConverter;
import dev.quern.cli.run.ReportCommand;
import dev.quern.cli.search.SearchCommand;
import dev.quern.cli.serve.ServeCommand;
import dev.quern.cli.train.LrFindCommand;
import dev.quern.cli.train.TrainCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The program {@code quern}. Its exit status is 0 for success, 1 for a failure and 2 for a wrong
 * command line; on failure, it prints one line that begins with {@code quern:} to standard error.
 */
@Command(
    name = "quern",
    description = "Trains and runs convolutional networks on the CPU.",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:failed; one line on standard error has the reason",
      "2:wrong usage",
      "130, 143:stopped by Ctrl-C or SIGTERM; train --resume continues the run",
      "141:standard output is a closed pipe, as in quern nets | head -1"
    },
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  QUERN_DATA       a folder with data sets",
      "  QUERN_MODELS     the folder of pretrained networks",
      "  QUERN_MODELS_URL their mirror, which has the files by their names",
      "  QUERN_ISA        forces baseline, avx2, avx_vnni, avx512, avx512_vnni,",
      "                   avx512_bf16, amx, neon, neon_dot or neon_bf16 kernels",
      "  QUERN_TUNE=1     times the implementations of each convolution and",
      "                   caches the fastest one; results may differ in the last bits",
      "  QUERN_VERBOSE=1  reports each call of a convolution on standard error"
    })
public final class Main {
  /**
   * The commands in the order in which the help lists them. The name of a command is derived from
   * its class name.
   */
  private static final List<Class<?>> COMMANDS =
      List.of(
          TrainCommand.class,
          LrFindCommand.class,
          SearchCommand.class,
          EvalCommand.class,
          ReportCommand.class,
          PredictCommand.class,
          AugmentPreviewCommand.class,
          DetectCommand.class,
          PoseCommand.class,
          OcrCommand.class,
          CutoutCommand.class,
          DepthCommand.class,
          UpscaleCommand.class,
          ServeCommand.class,
          ImportCommand.class,
          ExportCommand.class,
          ConvertCommand.class,
          QuantizeCommand.class,
          NetsCommand.class,
          ModelsCommand.class,
          SummaryCommand.class,
          InfoCommand.class,
          BenchCommand.class,
          GradcheckCommand.class,
          HelpCommand.class);

  @Option(
      names = Failures.DEBUG,
      scope = ScopeType.INHERIT,
      description = "On failure, print the stack trace.")
  private boolean debug;

  private Main() {}

  public static void main(String[] args) {
    Ahead ahead = Ahead.of(args);
    PrintWriter out = new PrintWriter(System.out, true);
    int status = run(out, new PrintWriter(System.err, true), args);
    out.flush();
    if (System.out.checkError() && status == Failures.OK) {
      status = ThisProcess.outputIsPipe() ? Failures.PIPE_CLOSED : Failures.FAILED;
      if (status == Failures.FAILED) {
        System.err.println("quern: standard output cannot be written");
      }
    }
    ahead.join();
    System.exit(status);
  }

  /**
   * Runs one command line in this process.
   *
   * @return the exit status
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    // images are decoded, but never displayed
    System.setProperty("java.awt.headless", "true");
    Failures failures = new Failures(err, args);
    CommandLine line = new CommandLine(new Main());
    // each as a CommandLine, which applies the command's own transformers
    commandsOf(args).forEach(c -> line.addSubcommand(new CommandLine(c)));
    line.setOut(out)
        .setErr(err)
        // a file name may begin with @
        .setExpandAtFiles(false)
        .registerConverter(Path.class, new PathConverter())
        .setParameterExceptionHandler((e, a) -> failures.usage(e))
        .setExecutionExceptionHandler((e, c, r) -> failures.failed(e));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
      return failures.failed(e);
    }
  }

  /**
   * Returns only the command that the first argument names, since creating all commands takes 0.05
   * s; all commands if it names none.
   */
  private static List<Class<?>> commandsOf(String... args) {
    return COMMANDS.stream()
        .filter(c -> args.length > 0 && args[0].equals(name(c)))
        .findFirst()
        .filter(c -> c != HelpCommand.class)
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  private static String name(Class<?> command) {
    return command
        .getSimpleName()
        .replace("Command", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }
}
