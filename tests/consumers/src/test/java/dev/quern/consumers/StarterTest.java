package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manual's application with the Spring Boot starter, as an executable jar. */
class StarterTest {
  private static final int SIDE = 16;
  private static final int PATIENCE_TENTHS = 600;
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void classifiesReportsAndReloads() throws Exception {
    Path project = Projects.built("starter");
    Path model = folder.resolve("digits.safetensors");
    Jdk jdk = Jdk.current();
    jdk.java(folder, "-cp", Jdk.classPath(project), "app.Save", model.toString());
    Path jar = project.resolve("target/starter-1.jar");
    Path log = folder.resolve("log.txt");
    List<String> command =
        List.of(
            jdk.tool("java"),
            "-jar",
            jar.toString(),
            "--server.port=0",
            "--quern.models.digits.path=" + model);
    Process server = Command.start(folder, command, log);
    try {
      URI here = URI.create("http://localhost:" + port(server, log));
      for (int label = 0; label < 2; label++) {
        assertThat(classify(here, bar(label)))
            .contains(label == 0 ? "\"label\":\"upright\"" : "\"label\":\"across\"");
      }
      assertThat(get(here, "/actuator/metrics/quern.queue?tag=model:digits"))
          .contains("\"statistic\":\"COUNT\",\"value\":2.0");
      assertThat(get(here, "/actuator/health")).contains("\"quern\":{\"status\":\"UP\"");
      Path next = Files.copy(model, folder.resolve("next"));
      Files.move(next, model, StandardCopyOption.REPLACE_EXISTING);
      awaitHealth(here, "\"version\":2");
      assertThat(classify(here, bar(0))).contains("\"label\":\"upright\"");
    } finally {
      server.destroy();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).as("it stops").isTrue();
    }
    assertThat(Files.readString(log))
        .contains("model digits is reloaded")
        .doesNotContain("WARN", "ERROR");
  }

  @Test
  void aMissingFileEndsTheStart() throws Exception {
    Path jar = Projects.built("starter").resolve("target/starter-1.jar");
    Path log = folder.resolve("log.txt");
    List<String> command =
        List.of(
            Jdk.current().tool("java"),
            "-jar",
            jar.toString(),
            "--server.port=0",
            "--quern.models.digits.path=" + folder.resolve("none.safetensors"));
    Process server = Command.start(folder, command, log);
    assertThat(server.waitFor(60, TimeUnit.SECONDS)).as("it stops").isTrue();
    assertThat(server.exitValue()).isEqualTo(1);
    assertThat(Files.readString(log))
        .contains(
            "APPLICATION FAILED TO START",
            "for configuration property 'quern.models.digits.path'",
            "none.safetensors does not exist");
  }

  /** Netty, of which Spring Boot has a version of its own, is not needed for batching. */
  @Test
  void theServersLibrariesStayOut() throws Exception {
    try (var lib = Files.list(Projects.built("starter").resolve("target/lib"))) {
      assertThat(lib)
          .extracting(jar -> jar.getFileName().toString())
          .anyMatch(name -> name.startsWith("quern-serve"))
          .anyMatch(name -> name.startsWith("openblas") && name.contains(Repository.PLATFORM))
          .noneMatch(name -> name.startsWith("netty"))
          .noneMatch(name -> name.startsWith("prometheus"));
    }
  }

  private String classify(URI here, byte[] image) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(here.resolve("/digits"))
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(image))
            .build();
    return good(client.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  private String get(URI here, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(here.resolve(path)).build();
    return good(client.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  private static String good(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private void awaitHealth(URI here, String text) throws Exception {
    for (int tenth = 0; tenth < PATIENCE_TENTHS; tenth++) {
      if (get(here, "/actuator/health").contains(text)) {
        return;
      }
      Thread.sleep(100);
    }
    assertThat(get(here, "/actuator/health")).contains(text);
  }

  /** An image file of a bar: of label 0 it is upright, of label 1 across. */
  private static byte[] bar(int label) throws Exception {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int k = 0; k < SIDE; k++) {
      image.setRGB(label == 0 ? 5 : k, label == 0 ? k : 5, 0xffffff);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static int port(Process server, Path log) throws Exception {
    for (int tenth = 0; tenth < PATIENCE_TENTHS; tenth++) {
      Matcher m = PORT.matcher(Files.readString(log));
      if (m.find()) {
        return Integer.parseInt(m.group(1));
      }
      assertThat(server.isAlive()).as(Files.readString(log)).isTrue();
      Thread.sleep(100);
    }
    throw new AssertionError("not started: " + Files.readString(log));
  }
}
