package dev.quern.peers.run;

import dev.quern.peers.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The comparison's command line. */
@Command(
    name = "peers",
    description = "Measures Quern and other libraries in turn and prints a table of images/s.")
public final class Main implements Callable<Integer> {
  private static final String WORKLOADS =
      "lenet-train-64,resnet20-train-128,vgg-small-train-128,resnet18-train-128,"
          + "notebook-train-10000,lenet-infer-64,resnet20-infer-128,vgg-small-infer-128,"
          + "resnet18-infer-128,resnet18-infer-1,resnet18-infer-32,mobilenet-infer-1,"
          + "resnet50-infer-1";

  /** Those that a Java program could take and that train, and the fastest one that does not. */
  private static final String PEERS = "tensorflow,djl,dl4j,onnxruntime";

  @Spec private CommandLine.Model.CommandSpec command;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  @Option(names = "--home", hidden = true, required = true)
  private Path home;

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "NETWORK|FILE.onnx-train|infer|int8|train-bf16|infer-bf16-BATCH",
      defaultValue = WORKLOADS,
      converter = WorkloadConverter.class,
      description = "What to measure; default: ${DEFAULT-VALUE}.")
  private List<Workload> workloads;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      defaultValue = PEERS,
      converter = PeerConverter.class,
      description = "Whom to compare with; default: ${DEFAULT-VALUE}.")
  private List<Candidate> peers;

  @Option(names = "--rounds", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "Of measuring in each process, after a third of that for warm-up; default 5.")
  private double seconds;

  @Option(names = "--threads", defaultValue = "2", description = "Default ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--limit",
      defaultValue = "600",
      description = "Seconds after which a process is ended; default ${DEFAULT-VALUE}.")
  private long limit;

  static final class WorkloadConverter implements ITypeConverter<Workload> {
    @Override
    public Workload convert(String value) {
      try {
        return Workload.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class PeerConverter implements ITypeConverter<Candidate> {
    @Override
    public Candidate convert(String value) {
      Set<Candidate> all = EnumSet.complementOf(EnumSet.of(Candidate.QUERN));
      return all.stream()
          .filter(c -> c.module().equals(value))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("'" + value + "' is none of " + names(all)));
    }
  }

  private static String names(Set<Candidate> candidates) {
    return candidates.stream().map(Candidate::module).collect(Collectors.joining(","));
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || threads < 1 || limit < 1 || !(seconds > 0)) {
      throw new ParameterException(
          command.commandLine(), "--rounds, --seconds, --threads and --limit must be above 0");
    }
    Path modules = home.toAbsolutePath().normalize();
    Child child = new Child(new Commands(modules, threads, seconds), limit);
    Comparison comparison = new Comparison(child, rounds, System.err);
    List<Row> rows = new ArrayList<>();
    for (Workload workload : workloads) {
      rows.add(comparison.run(workload, peers));
    }
    System.out.print(Table.of(rows, peers));
    return 0;
  }

  /** Ends the JVM, which is Maven's, only where something is wrong. */
  public static void main(String[] args) {
    int status = new CommandLine(new Main()).execute(args);
    if (status != 0) {
      System.exit(status);
    }
  }
}
