package dev.quern.cli.serve;

import dev.quern.cli.option.Counts;
import dev.quern.cli.option.PortConverter;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.process.Interruption;
import dev.quern.cli.run.ModelArgument;
import dev.quern.engine.Engine;
import dev.quern.serve.BatchingModel;
import dev.quern.serve.ModelServer;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code quern serve}, which serves models over HTTP. */
@Command(
    name = "serve",
    description = {
      "Serves models over HTTP until Ctrl-C or SIGTERM; prints its address when it is ready to"
          + " accept requests. Concurrent requests are batched; results are bit-identical to those"
          + " of single requests.",
      "",
      "Tensors go to POST /v2/models/NAME/infer by the Open Inference Protocol, as JSON or"
          + " binary; a PNG or JPEG goes to POST /v1/models/NAME:predict. A page to try models is"
          + " at /, metrics in Prometheus's format are at /metrics, a description is at"
          + " /openapi.json.",
      "",
      "The port is open before the models are loaded: until then the server is alive but not"
          + " ready.",
      "",
      "A folder is checked every second: a new file is deployed, a changed file replaces"
          + " its model, a deleted file removes its model, and no request is lost. A file that"
          + " cannot be read gets a line on standard error, and the previous model stays in"
          + " service. Move files into the folder instead of writing them there.",
      "",
      "By default the server listens on this machine only. Anyone who can reach the server"
          + " may send requests to it, unless a token is required."
    })
public final class ServeCommand implements Callable<Integer> {
  private static final int MIB = 20;
  private static final String KEYSTORE = "--tls-keystore";
  private static final String PASSWORD = "--tls-password-file";

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "[NAME=]FILE|DIR",
      required = true,
      converter = ModelSource.Converter.class,
      description =
          ModelArgument.HELP
              + "; its default name is the file's name without the extension, or the network's"
              + " name. Or a folder of such files. May be given several times.")
  private List<ModelSource> sources;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8000",
      converter = PortConverter.class,
      description = "Port; 0 picks a free one; default ${DEFAULT-VALUE}.")
  private Integer port;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      converter = Address.class,
      description =
          "Address to listen on, 0.0.0.0 for all addresses of this machine (default: the"
              + " loopback address, which no other machine reaches).")
  private InetAddress address;

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Largest batch in samples (default: 32); 1 turns batching off.")
  private Integer maxBatch;

  @Option(
      names = "--workers",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Batches computed at the same time (default: 1). Without --threads, the threads are"
              + " divided among them. One per core gives the highest throughput; one in total gives"
              + " the lowest latency of a single request.")
  private Integer workers;

  @Option(
      names = "--window",
      paramLabel = "MICROSECONDS",
      converter = Counts.NotNegative.class,
      description = "Time that the first sample of a batch waits for others (default: 300).")
  private Integer window;

  @Option(
      names = {"--max-queue", "--queue"},
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Largest number of waiting samples (default: 256); further requests are refused with"
              + " status 429.")
  private Integer queue;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Largest height times width of an image, checked before it is decoded (default:"
              + " 16000000).")
  private Integer maxPixels;

  @Option(
      names = "--plan-memory",
      paramLabel = "MIB",
      converter = Counts.Positive.class,
      description =
          "Off-heap memory of each model's computation, in MiB (default: 1024). An image that"
              + " needs more is refused with status 413.")
  private Integer planMemory;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with a secret of at least 16 characters in its first line; each request must"
              + " send it as Authorization: Bearer TOKEN.")
  private Path tokenFile;

  @Option(
      names = KEYSTORE,
      paramLabel = "FILE",
      description = "Serve HTTPS with the key in this file, PKCS #12 or JKS.")
  private Path keystore;

  @Option(
      names = PASSWORD,
      paramLabel = "FILE",
      description = "File with the keystore's password in its first line.")
  private Path passwordFile;

  @Mixin private ThreadOptions threads;

  /** Converter of the value of {@code --address}. */
  static final class Address implements ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String value) {
      try {
        if (!value.isBlank()) {
          return InetAddress.getByName(value);
        }
      } catch (UnknownHostException e) {
        // reported below
      }
      throw new TypeConversionException("'" + value + "' is not an address");
    }
  }

  @Override
  public Integer call() {
    threads.apply();
    if (workers != null && threads.words().isEmpty()) {
      Engine.setThreads(Math.max(1, Engine.info().threads() / workers));
    }
    CountDownLatch stop = new CountDownLatch(1);
    return Interruption.guard(
        stop::countDown, "stopped before all requests were completed", () -> serve(stop));
  }

  private int serve(CountDownLatch stop) {
    ModelServer.Builder settings = BadValueException.check(command, this::settings);
    try (ModelServer server = settings.build()) {
      ServedModels models = new ServedModels(server, command.commandLine());
      for (ModelSource source : sources) {
        if (stop.getCount() == 0) {
          return Failures.STOPPED;
        }
        BadValueException.check(
            command,
            () -> {
              models.add(source);
              return null;
            });
      }
      server.loaded();
      PrintWriter out = command.commandLine().getOut();
      out.println("serving " + String.join(", ", models.names()) + " at " + server.address());
      out.flush();
      while (!stop.await(1, TimeUnit.SECONDS)) {
        models.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Failures.STOPPED;
  }

  private ModelServer.Builder settings() {
    ModelServer.Builder b = ModelServer.builder().port(port).loading(true).batching(this::batching);
    if (address != null) {
      b.address(address);
    }
    if (maxPixels != null) {
      b.maxPixels(maxPixels);
    }
    if (planMemory != null) {
      b.maxPlanBytes((long) planMemory << MIB);
    }
    if (tokenFile != null) {
      b.token(Secrets.token(tokenFile));
    }
    if ((keystore == null) != (passwordFile == null)) {
      throw new BadValueException(command, KEYSTORE + " and " + PASSWORD + " must both be set");
    }
    if (keystore != null) {
      b.tls(Secrets.tls(keystore, passwordFile));
    }
    return b;
  }

  private BatchingModel.Builder batching(BatchingModel.Builder b) {
    if (workers != null) {
      b.workers(workers);
    }
    if (maxBatch != null) {
      b.maxBatch(maxBatch);
    }
    if (window != null) {
      b.window(Duration.of(window, ChronoUnit.MICROS));
    }
    if (queue != null) {
      b.maxQueue(queue);
    }
    return b;
  }
}
