package dev.quern.bench.random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.engine.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A Python process with PyTorch that reads a line of JSON and answers with one.
 *
 * <p>Debian's PyTorch takes whatever BLAS the system has, by default the slow reference one, which
 * would flatter Quern. So Quern's own OpenBLAS is loaded ahead of it, and a process that does not
 * have it is refused.
 */
final class TorchProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Else each large block is mapped, faulted in and unmapped again in each step. */
  private static final String MALLOC =
      "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184:glibc.malloc.arena_max=1";

  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private final String version;

  /**
   * @param settings of the environment, besides those that all have
   */
  TorchProcess(TorchOptions options, String script, Map<String, String> settings)
      throws IOException {
    Path blas = Engine.info().openblasLibrary();
    String threads = Integer.toString(Engine.info().threads());
    ProcessBuilder builder =
        new ProcessBuilder(options.python, options.scripts.resolve(script).toString(), threads)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"));
    environment.put("LD_PRELOAD", blas.toString());
    environment.put("GLIBC_TUNABLES", MALLOC);
    environment.put("OMP_NUM_THREADS", threads);
    environment.put("OPENBLAS_NUM_THREADS", threads);
    environment.putAll(settings);
    process = builder.start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    questions = process.outputWriter(StandardCharsets.UTF_8);
    JsonNode hello = read();
    version = hello.path("version").asText();
    if (!hello.path("libraries").toString().contains(blas.toString())) {
      close();
      throw new IOException("PyTorch runs without " + blas + ": " + hello);
    }
  }

  String version() {
    return version;
  }

  /** The answer to a map of JSON values. */
  JsonNode ask(Map<String, ?> question) throws IOException {
    questions.write(JSON.writeValueAsString(question) + "\n");
    questions.flush();
    JsonNode answer = read();
    if (answer.has("error")) {
      throw new IOException("PyTorch: " + answer.path("error").asText());
    }
    return answer;
  }

  private JsonNode read() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("PyTorch's process has ended");
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    questions.close();
    answers.close();
    process.destroy();
  }
}
