package dev.quern.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.cli.ProcessTest;
import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process of its own shows of {@code quern serve}. */
@Timeout(120)
class ServeProcessTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsItInGoodOrder(String signal, int status) throws Exception {
    assumeThat(ProcessTest.isIgnored(signal)).as("SIG%s is ignored here", signal).isFalse();
    Path model = Serving.model(dir.resolve("m.safetensors"), 1);
    Path errors = dir.resolve("errors");
    Process p =
        ProcessTest.quern("serve", "--port", 0, "--model", model)
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader lines = p.inputReader()) {
      String line = lines.readLine();
      assertThat(line).as(Files.readString(errors)).startsWith("serving m at http://127.0.0.1:");
      URI uri = URI.create(line.substring(line.indexOf("http")) + "/v2/models/m/ready");
      HttpResponse<String> ready =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(ready.statusCode()).isEqualTo(200);
      new ProcessBuilder("kill", "-" + signal, Long.toString(p.pid())).start().waitFor();
      assertThat(p.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(lines.lines()).isEmpty();
    } finally {
      p.destroyForcibly();
    }
    assertThat(errors).isEmptyFile();
    assertThat(p.exitValue()).isEqualTo(status);
  }
}
