package dev.quern.peers.run;

import dev.quern.peers.Program;
import dev.quern.peers.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts a library's program in a process of its own, since the native parts of several libraries
 * exclude one another, and so that none suffers from what another left behind.
 *
 * @param limit seconds after which a process is ended
 */
record Child(Commands commands, long limit) {
  /**
   * Measures to the end of the process.
   *
   * @return images a second
   */
  double measure(Candidate candidate, Workload workload)
      throws Failure, IOException, InterruptedException {
    return run(commands.measure(candidate, workload), candidate.environment());
  }

  /** Lets Quern write the network that all libraries run. */
  void write(Workload workload) throws Failure, IOException, InterruptedException {
    run(commands.write(workload), Map.of());
  }

  private double run(List<String> command, Map<String, String> environment)
      throws Failure, IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    setUp(builder.environment());
    builder.environment().putAll(environment);
    Path output = Files.createTempFile("peers-", ".log");
    try {
      Process process = builder.redirectOutput(output.toFile()).start();
      Thread ender = new Thread(process::destroyForcibly);
      Runtime.getRuntime().addShutdownHook(ender); // Ctrl-C must not leave it running
      boolean ended = process.waitFor(limit, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(ender);
      if (!ended) {
        throw new Failure("took longer than " + limit + " s");
      }
      // what libraries print need not be UTF-8
      return result(new String(Files.readAllBytes(output)).lines().toList(), process.exitValue());
    } finally {
      Files.delete(output);
    }
  }

  private static double result(List<String> lines, int status) throws Failure {
    for (String line : lines) {
      if (line.startsWith(Program.RESULT)) {
        return Double.parseDouble(line.substring(Program.RESULT.length()));
      } else if (line.startsWith(Program.FAILURE)) {
        throw new Failure(line.substring(Program.FAILURE.length()));
      }
    }
    String last = lines.isEmpty() ? "nothing printed" : lines.get(lines.size() - 1);
    throw new Failure("exit status " + status + ": " + last);
  }

  private void setUp(Map<String, String> environment) {
    // forced kernels or block sizes would slow down whoever brings an OpenBLAS
    environment.remove("OPENBLAS_CORETYPE");
    environment.remove("OPENBLAS_L2_SIZE");
    for (String name : List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
      environment.put(name, Integer.toString(commands.threads()));
    }
  }
}
