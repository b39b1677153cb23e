package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code java -jar quern-cli-all.jar}: the command line in a folder where nothing else is. */
class OneJarTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.quern.consumers.Jdk#all")
  void trainsAndEvaluates(Jdk jdk) throws Exception {
    String jar = jar().toString();
    String text = jdk.java(folder, "-jar", jar, "train", "--epochs", "1", "--limit", "1000");
    assertThat(text)
        .contains("on fashion-mnist-sample: 1,000 training")
        .contains("test accuracy 0.");
    String model = "runs/lenet-fashion-mnist-sample/latest/model.safetensors";
    assertThat(folder.resolve(model)).exists();
    text = jdk.java(folder, "-jar", jar, "eval", "--model", model);
    assertThat(text).contains("accuracy 0.");
    assertThat(jdk.java(folder, "-jar", jar, "--version"))
        .isEqualTo("quern " + Repository.VERSION + "\n");
    serves(jdk, jar, model);
  }

  private void serves(Jdk jdk, String jar, String model) throws Exception {
    Path log = folder.resolve("log.txt");
    List<String> command =
        List.of(jdk.tool("java"), "-jar", jar, "serve", "--port", "0", "--model", "bags=" + model);
    Process server = Command.start(folder, command, log);
    try {
      for (int tenth = 0; tenth < 600 && !Files.readString(log).contains("\n"); tenth++) {
        Thread.sleep(100);
      }
      assertThat(Files.readString(log)).startsWith("serving bags at http://127.0.0.1:");
      String address = Files.readString(log).replaceFirst(".* at ", "").strip();
      assertThat(got(address + "/v2/models/bags")).contains("\"name\":\"bags\"", "[-1,1,28,28]");
      assertThat(got(address + "/metrics")).contains("quern_requests_total");
      assertThat(got(address + "/")).contains("<html");
    } finally {
      server.destroy();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).as("it stops").isTrue();
    }
  }

  private static String got(String address) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Test
  void holdsOneOfEach() throws Exception {
    try (JarFile jar = new JarFile(jar().toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Main-Class")).isEqualTo("dev.quern.cli.Main");
      assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
      List<String> names = jar.stream().map(e -> e.getName()).toList();
      assertThat(names)
          .doesNotHaveDuplicates()
          .contains("META-INF/LICENSE", "META-INF/services/com.fasterxml.jackson.core.JsonFactory")
          .contains("META-INF/licenses/TwelveMonkeys.txt")
          .noneMatch(
              n -> n.endsWith("module-info.class") || n.matches("META-INF/.*\\.(SF|RSA|DSA)"));
      assertThat(names.stream().filter(n -> n.matches("dev/quern/\\w+-\\w+/.*jniquern.*")))
          .as("where zig is missing, macOS is left out")
          .hasSizeBetween(
              Repository.hasAllPlatforms() ? 3 : 1, Repository.hasAllPlatforms() ? 4 : 1);
      assertThat(names.stream().filter(n -> n.matches("org/bytedeco/openblas/.*/libopenblas\\..*")))
          .hasSize(Repository.hasAllPlatforms() ? 4 : 1);
      try (InputStream in =
          jar.getInputStream(jar.getEntry("META-INF/services/dev.quern.data.ImageReader"))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
            .contains(
                "dev.quern.image.decode.PictureReader", "dev.quern.image.formats.PluginReader");
      }
      try (InputStream in = jar.getInputStream(jar.getEntry("META-INF/NOTICE"))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .contains("The Quern authors", "Jackson", "Apache Commons Compress");
      }
    }
  }

  private static Path jar() throws Exception {
    return Repository.find("quern-cli-all", "\\d\\.jar");
  }
}
