package dev.quern.peers.run;

import dev.quern.peers.Program;
import dev.quern.peers.Workload;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts a library's program in a JVM of its own, since the native parts of several libraries
 * exclude one another, and so that none suffers from what another left behind.
 *
 * @param home the folder of the libraries' modules
 * @param threads to compute with
 * @param seconds to measure for
 * @param limit seconds after which a process is ended
 */
record Child(Path home, int threads, double seconds, long limit) {
  /** A library's failure; the message is the reason. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    Failure(String reason) {
      super(reason);
    }
  }

  /**
   * Runs to the end of the process.
   *
   * @return images a second
   */
  double measure(Candidate candidate, Workload workload)
      throws Failure, IOException, InterruptedException {
    Path output = Files.createTempFile("peers-", ".log");
    try {
      Process process = builder(candidate, workload).redirectOutput(output.toFile()).start();
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

  private ProcessBuilder builder(Candidate candidate, Workload workload) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(candidate.options());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED"); // else a warning in every log
    }
    Path cache = home.resolve("run/target/cache").resolve(candidate.module());
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    command.add("-DDJL_CACHE_DIR=" + cache);
    command.add("-cp");
    command.add(classPath(home.resolve(candidate.module()).resolve("target")));
    command.add(candidate.mainClass());
    command.add(workload.toString());
    command.add(Integer.toString(threads));
    command.add(Double.toString(seconds));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    setUp(builder.environment(), candidate);
    return builder;
  }

  private static String classPath(Path target) throws IOException {
    String libraries = Files.readString(target.resolve("classpath.txt")).strip();
    return target.resolve("classes") + File.pathSeparator + libraries;
  }

  private void setUp(Map<String, String> environment, Candidate candidate) {
    // forced kernels or block sizes would slow down whoever brings an OpenBLAS
    environment.remove("OPENBLAS_CORETYPE");
    environment.remove("OPENBLAS_L2_SIZE");
    for (String name : List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
      environment.put(name, Integer.toString(threads));
    }
    environment.putAll(candidate.environment());
  }
}
