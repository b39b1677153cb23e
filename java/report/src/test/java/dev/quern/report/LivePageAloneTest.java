package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.NotFoundException;
import dev.quern.network.Networks;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Without quern-serve, which is optional, the page says what is missing. */
@Timeout(120)
class LivePageAloneTest {
  @Test
  void theServerIsMissed() throws Exception {
    String path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(e -> !e.contains("quern-serve") && !e.contains("serve" + File.separator))
            .filter(e -> !e.contains("netty"))
            .collect(Collectors.joining(File.pathSeparator));
    Process p =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                path,
                LivePageAloneTest.class.getName())
            .start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out).startsWith("live page: the server requires the module quern-serve");
    assertThat(p.waitFor()).isZero();
  }

  public static void main(String[] args) {
    try (Trainer trainer =
        Trainer.builder(Networks.byName("lenet", Shape.of(1, 28, 28), 10)).build()) {
      new LivePage(trainer, 0, "t", null, null, null).close();
    } catch (NotFoundException e) {
      System.out.println(e.getMessage());
    }
  }
}
