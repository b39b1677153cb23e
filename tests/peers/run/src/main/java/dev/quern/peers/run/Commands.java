package dev.quern.peers.run;

import dev.quern.peers.Workload;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command lines of the libraries' programs.
 *
 * @param home the folder of the libraries' modules
 * @param threads to compute with
 * @param seconds to measure for
 */
record Commands(Path home, int threads, double seconds) {
  /** Of a library's program. */
  List<String> measure(Candidate candidate, Workload workload) throws Failure, IOException {
    List<String> command =
        candidate.isCpp() ? cpp(candidate) : java(candidate, candidate.mainClass());
    addArguments(command, workload);
    command.add(Double.toString(seconds));
    return command;
  }

  /** Of the program that writes what the libraries run. */
  List<String> write(Workload workload) throws IOException {
    List<String> command = java(Candidate.QUERN, "dev.quern.peers.ModelFolderWriter");
    addArguments(command, workload);
    return command;
  }

  private void addArguments(List<String> command, Workload workload) {
    command.add(workload.toString());
    command.add(Integer.toString(threads));
    command.add(home.resolve("run/target/model").toString());
  }

  private List<String> cpp(Candidate candidate) throws Failure {
    Path program = home.resolve("cpp/target").resolve(candidate.module());
    if (!Files.isExecutable(program)) {
      throw new Failure("was not built, for it needs Debian's " + candidate.packages());
    }
    return new ArrayList<>(List.of(program.toString()));
  }

  private List<String> java(Candidate candidate, String mainClass) throws IOException {
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
    command.add(mainClass);
    return command;
  }

  private static String classPath(Path target) throws IOException {
    String libraries = Files.readString(target.resolve("classpath.txt")).strip();
    return target.resolve("classes") + File.pathSeparator + libraries;
  }
}
