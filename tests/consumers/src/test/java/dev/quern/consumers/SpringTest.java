package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Spring Boot's executable jar, jars within a jar, answers many requests at once. */
class SpringTest {
  private static final int THREADS = 16;
  private static final int REQUESTS = 40;
  private static final int SIDE = 16;
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @ParameterizedTest
  @MethodSource("dev.quern.consumers.Jdk#all")
  void answersFromManyThreads(Jdk jdk) throws Exception {
    Path jar = Projects.built("spring").resolve("target/spring-1.jar");
    Path log = folder.resolve("log.txt");
    List<String> command = List.of(jdk.tool("java"), "-jar", jar.toString(), "--server.port=0");
    Process server = Command.start(folder, command, log);
    try {
      URI here = URI.create("http://localhost:" + port(server, log));
      URI uri = here.resolve("/classify");
      List<String> alone = new ArrayList<>();
      for (int image = 0; image < 2 * SIDE; image++) {
        HttpResponse<String> answer = ask(uri, bar(image % 2, image / 2));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
            .contains(image % 2 == 0 ? "\"label\":\"upright\"" : "\"label\":\"across\"");
        alone.add(answer.body());
      }
      assertThat(together(uri, alone)).isEqualTo(THREADS * REQUESTS);
      // bit-identical in batches, so the text is equal
      URI batches = here.resolve("/together");
      assertThat(together(batches, alone)).isEqualTo(THREADS * REQUESTS);
      assertThat(ask(batches, new byte[5]).statusCode()).isEqualTo(400);
      HttpResponse<String> refusal = ask(uri, new byte[5]);
      assertThat(refusal.statusCode()).isEqualTo(400);
      assertThat(refusal.body()).isEqualTo("classify: 5 bytes do not fill an image of 1x16x16");
    } finally {
      server.destroy();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).as("it stops").isTrue();
    }
    assertThat(Files.readString(log)).doesNotContain("WARNING", "ERROR");
  }

  /** Requests of all threads, each answered as when it was asked alone; returns how many. */
  private int together(URI uri, List<String> alone) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int first = t;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < REQUESTS; i++) {
                    int image = (first + i) % alone.size();
                    assertThat(ask(uri, bar(image % 2, image / 2)).body())
                        .isEqualTo(alone.get(image));
                  }
                  return REQUESTS;
                }));
      }
      int answers = 0;
      for (Future<Integer> one : all) {
        answers += one.get(60, TimeUnit.SECONDS);
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  private HttpResponse<String> ask(URI uri, byte[] pixels) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(pixels))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static byte[] bar(int label, int at) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int k = 0; k < SIDE; k++) {
      pixels[label == 0 ? k * SIDE + at : at * SIDE + k] = (byte) 255;
    }
    return pixels;
  }

  private static int port(Process server, Path log) throws Exception {
    for (int tenth = 0; tenth < 600; tenth++) {
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
